"""The share of live touchpoints that somebody owns: now, and on a past day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, F

from journeys.models import CoverageSnapshot, Touchpoint
from workspace import db

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
    """Coverage of the whole organisation, each unit, each channel and each journey: 1 statement."""
    with connection.cursor() as cursor:
        db.execute(cursor, *coverage_counts())
        for row in cursor:
            yield Coverage(*row)


def coverage_counts() -> db.Sql:
    """SQL of the coverage in every scope (scope, scope id, channel, live, owned), the whole organisation first."""
    live = Touchpoint.objects.live().with_owner().order_by()
    counts = {"live": Count("pk"), "owned": Count("current")}
    by_unit, unit_params = db.compiled(live.values_list("business_unit_id", "channel").annotate(**counts))
    by_journey, journey_params = db.compiled(live.values(journey=F("stage__journey_id")).annotate(**counts))
    sums = "CAST(COALESCE(SUM(live), 0) AS bigint) AS live, CAST(COALESCE(SUM(owned), 0) AS bigint) AS owned"
    return (
        f"""WITH part AS MATERIALIZED ({by_unit})
        SELECT '{Scope.ALL}' AS scope, 0 AS scope_id, '' AS channel, {sums} FROM part
        UNION ALL SELECT '{Scope.UNIT}', business_unit_id, '', {sums} FROM part GROUP BY business_unit_id
        UNION ALL SELECT '{Scope.CHANNEL}', 0, channel, {sums} FROM part GROUP BY channel
        UNION ALL SELECT '{Scope.JOURNEY}', journey, '', live, owned FROM ({by_journey}) by_journey""",
        (*unit_params, *journey_params),
    )


def coverage_on(day: date) -> list[Coverage]:
    """Coverage as it was noted on `day`: 1 statement; empty where no snapshot was taken."""
    fields = ("scope", "scope_id", "channel", "live", "owned")
    return [Coverage(*row) for row in CoverageSnapshot.objects.filter(on=day).values_list(*fields)]
