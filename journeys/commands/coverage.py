"""Noting the coverage of a day."""

from __future__ import annotations

from datetime import date

from journeys import events
from journeys.models import CoverageSnapshot
from journeys.queries.coverage import coverage_now
from workspace import db
from workspace.activity.commands.events import Happening, record


@db.command
def note_coverage(day: date) -> int:
    """Write the snapshot of `day` from what holds now, once: a second call changes nothing. Return the rows written."""
    db.lock("journeys.coverage")
    if CoverageSnapshot.objects.filter(on=day).exists():
        return 0
    rows = [
        CoverageSnapshot(
            on=day, scope=row.scope, scope_id=row.scope_id, channel=row.channel, live=row.live, owned=row.owned
        )
        for row in coverage_now()
    ]
    CoverageSnapshot.objects.bulk_create(rows, batch_size=2000)
    total = next((row for row in rows if row.scope == CoverageSnapshot.Scope.ALL), None)
    data = {"on": day.isoformat(), "live": total.live if total else 0, "owned": total.owned if total else 0}
    record(None, Happening(events.COVERAGE_NOTED, ("organisation", 0), data))
    return len(rows)
