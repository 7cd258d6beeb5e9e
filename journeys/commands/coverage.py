"""Noting the coverage of a day."""

from __future__ import annotations

from datetime import date

from django.db import connection

from journeys import events
from journeys.models import CoverageSnapshot
from journeys.queries.coverage import coverage_counts
from workspace import clock, db
from workspace.activity.commands.events import Happening, record


@db.command
def note_coverage(day: date) -> int:
    """Write the snapshot of today from what holds now, once: a second call changes nothing. Return the rows written.

    Of another day nothing is written: what held on it is not what holds now.
    """
    if day != clock.today():
        return 0
    db.lock("journeys.coverage")
    if CoverageSnapshot.objects.filter(on=day).exists():
        return 0
    counts, params = coverage_counts()
    with connection.cursor() as cursor:
        db.execute(
            cursor,
            f'INSERT INTO {db.table(CoverageSnapshot)} ("on", scope, scope_id, channel, live, owned)'
            f" SELECT {db.typed_place('date')}, scope, scope_id, channel, live, owned FROM ({counts}) counted",
            (day, *params),
        )
        written: int = cursor.rowcount
    total = CoverageSnapshot.objects.get(on=day, scope=CoverageSnapshot.Scope.ALL)
    data = {"on": day.isoformat(), "live": total.live, "owned": total.owned}
    record(None, Happening(events.COVERAGE_NOTED, ("organisation", 0), data))
    return written
