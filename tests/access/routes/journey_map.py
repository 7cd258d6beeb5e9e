"""A journey as a list, beside its map."""

from __future__ import annotations

from tests.access.routes.journeys import INVITED
from tests.access.ways import Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """Whoever sees the map sees the list."""
    return [Way("journeys:journey_list", f"/journeys/{cast.journey.pk}/list/", by=INVITED)]
