"""The share of live touchpoints that somebody owns: now, and on a past day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from journeys.models import CoverageSnapshot, Touchpoint

Scope = CoverageSnapshot.Scope


@dataclass(frozen=True, slots=True)
class Coverage:
    """Live and owned touchpoints in one scope."""

    scope: str
    scope_id: int
    channel: str
    live: int
    owned: int

    @property
    def share(self) -> float | None:
        """Owned ÷ live, from 0 to 1; None where nothing is live."""
        return self.owned / self.live if self.live else None


def coverage_now() -> Iterator[Coverage]:
    """Coverage of the whole organisation, each unit, each journey and each channel: 4 statements."""
    live = Touchpoint.objects.live().with_owner().order_by()
    counts = {"live": Count("pk"), "owned": Count("current")}
    total = live.aggregate(**counts)
    yield Coverage(Scope.ALL, 0, "", total["live"], total["owned"])
    for scope, field in ((Scope.UNIT, "business_unit_id"), (Scope.JOURNEY, "stage__journey_id")):
        for subject_id, alive, owned in live.values_list(field).annotate(**counts).iterator():
            yield Coverage(scope, subject_id, "", alive, owned)
    for channel, alive, owned in live.values_list("channel").annotate(**counts):
        yield Coverage(Scope.CHANNEL, 0, channel, alive, owned)


def coverage_on(day: date) -> list[Coverage]:
    """Coverage as it was noted on `day`: 1 statement; empty where no snapshot was taken."""
    fields = ("scope", "scope_id", "channel", "live", "owned")
    return [Coverage(*row) for row in CoverageSnapshot.objects.filter(on=day).values_list(*fields)]
