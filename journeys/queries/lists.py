"""The list of journeys with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from journeys.models import Flag, Journey, Touchpoint


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey with its live touchpoints, how many of them are owned, and the flags that ask for something now."""

    journey: Journey
    live: int
    owned: int
    flags: int
    worst: int | None


def journeys_named(journeys: QuerySet[Journey], words: str) -> QuerySet[Journey]:
    """Those whose name or persona holds the words."""
    words = words.strip()
    if not words:
        return journeys
    return journeys.filter(name__icontains=words) | journeys.filter(persona__name__icontains=words)


def journey_rows(journeys: Sequence[Journey]) -> list[JourneyRow]:
    """The journeys with their numbers: 2 statements, whatever their number."""
    ids = [journey.pk for journey in journeys]
    if not ids:
        return []
    live = Touchpoint.objects.live().with_owner().filter(stage__journey__in=ids).order_by()
    owned = live.values_list("stage__journey_id").annotate(live=Count("pk"), owned=Count("current"))
    coverage = {journey_id: (n, having) for journey_id, n, having in owned}
    asking = Flag.objects.speaking().filter(journey__in=ids).order_by()
    flags = {
        journey_id: (n, worst)
        for journey_id, n, worst in asking.values_list("journey_id").annotate(n=Count("pk"), worst=Max("severity"))
    }
    return [
        JourneyRow(journey, *coverage.get(journey.pk, (0, 0)), *flags.get(journey.pk, (0, None)))
        for journey in journeys
    ]
