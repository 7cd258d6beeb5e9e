"""The list of journeys with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from journeys.models import Flag, Journey, Touchpoint
from journeys.queries.finding import holding, words_of


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey with its live touchpoints, how many of them are owned, and the flags that ask for something now."""

    journey: Journey
    live: int
    owned: int
    flags: int
    worst: int | None


def journeys_named(journeys: QuerySet[Journey], words: str) -> QuerySet[Journey]:
    """Those whose name or persona holds every word."""
    for word in words_of(words):
        journeys = journeys.filter(holding(("name", "persona__name"), word))
    return journeys


def journey_rows(journeys: Sequence[Journey], *, with_flags: bool = True) -> list[JourneyRow]:
    """The journeys with their numbers: 2 statements, whatever their number; 1 without the flags."""
    ids = [journey.pk for journey in journeys]
    if not ids:
        return []
    live = Touchpoint.objects.live().with_owner().filter(stage__journey__in=ids).order_by()
    owned = live.values_list("stage__journey_id").annotate(live=Count("pk"), owned=Count("current"))
    coverage = {journey_id: (n, having) for journey_id, n, having in owned}
    flags = _flags(ids) if with_flags else {}
    return [
        JourneyRow(journey, *coverage.get(journey.pk, (0, 0)), *flags.get(journey.pk, (0, None)))
        for journey in journeys
    ]


def _flags(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many flags ask for something now, and how bad the worst is, by journey: 1 statement."""
    asking = Flag.objects.speaking().filter(journey__in=ids).order_by()
    rows = asking.values_list("journey_id").annotate(n=Count("pk"), worst=Max("severity"))
    return {journey_id: (n, worst) for journey_id, n, worst in rows}
