"""What a person is needed for: the home page."""

from journeys.queries.home.page import Home, home_of
from journeys.queries.home.parts import PARTS, Window

__all__ = ["PARTS", "Home", "Window", "home_of"]
