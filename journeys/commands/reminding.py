"""Reminding departments of ownership that is to be confirmed within two weeks: each once, when it comes near."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.utils import timezone

from journeys import events
from journeys.models import Touchpoint
from journeys.queries.attesting import AHEAD_DAYS, due_soon
from journeys.queries.limits import limits_now
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Event


@db.command
def remind_of_attestations() -> int:
    """Record, for each department, what has come near since the last reminder; return for how many departments.

    `until` in the event is how far reminders have come: what was confirmed before it was reminded of. At most
    5 statements, 2 where today's reminders were recorded already.
    """
    db.lock("journeys.remind")
    limits = limits_now()
    today = datetime.combine(clock.today(), time(), tzinfo=timezone.get_default_timezone())
    until = today - timedelta(days=limits.attest_every_days - AHEAD_DAYS)
    last = Event.objects.filter(
        subject_kind=Touchpoint.NOUN, subject_id__isnull=True, kind=events.ATTESTATIONS_DUE
    ).newest_first()
    reminded = last.values_list("data__until", flat=True).first()
    since = datetime.fromisoformat(reminded) if reminded else None
    if since is not None and since >= until:
        return 0
    near = due_soon(limits).filter(confirmed_at__lt=until)
    if since is not None:
        near = near.filter(confirmed_at__gte=since)
    by_department: defaultdict[int, list[int]] = defaultdict(list)
    for department_id, touchpoint_id in near.order_by("pk").values_list("department_id", "touchpoint_id"):
        by_department[department_id].append(touchpoint_id)
    happenings = [
        Happening(
            events.ATTESTATIONS_DUE,
            data={"department": department_id, "count": len(ids), "until": until.isoformat()},
            subjects=(Touchpoint.NOUN, ids),
        )
        for department_id, ids in sorted(by_department.items())
    ]
    record(None, *happenings)
    return len(happenings)
