"""The ownership overview and the lists behind it: for everybody inside."""

from __future__ import annotations

from tests.access.ways import Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """The overview, and what a number of it leads to."""
    return [
        Way("journeys:overview", "/ownership/"),
        Way("journeys:owned_touchpoints", f"/ownership/touchpoints/?unit={cast.service.pk}&owned=no"),
        Way("journeys:crossings", f"/ownership/crossings/?from={cast.retail.pk}&to={cast.service.pk}&state=unowned"),
    ]
