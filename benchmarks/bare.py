"""The bare statements that a full scan is measured against.

For each rule its finding query, written straight into the table of flags with one `INSERT … SELECT`, all columns,
constraints and indexes of that table included, and committed. No differences to what is there, nobody asked, no job,
no coverage. With events: also one event for each rule, and its subjects by a second `INSERT … SELECT`.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from journeys.models import Flag
from journeys.queries.catalogue import rules
from journeys.queries.catalogue.base import REFERENCES, Facts, ScanRule, facts_now
from journeys.queries.differences import breaches_of
from workspace import db
from workspace.activity.models import Event, EventSubject


def write_bare(*, with_events: bool) -> dict[str, Any]:
    """Write the flags of all rules; seconds in all and by rule."""
    facts = facts_now()
    seconds: dict[str, float] = {}
    for rule in rules():
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            _write_flags(cursor, rule, facts)
            if with_events:
                _write_event(cursor, rule, facts)
        seconds[rule.code] = time.perf_counter() - began
    return {"seconds": sum(seconds.values()), "rules": seconds, "flags": Flag.objects.count()}


def _write_flags(cursor: Any, rule: ScanRule, facts: Facts) -> None:
    sql, params = breaches_of(rule, facts)
    typed = ", ".join(f"CAST(q.f_{name.removesuffix('_id')} AS bigint)" for name in REFERENCES)
    db.execute(
        cursor,
        f"INSERT INTO {db.table(Flag)} (rule, subject_kind, subject_id, severity, {', '.join(REFERENCES)}, evidence,"
        " state, opened_at, due_on, asked_level, silence, silence_reason, version)"
        f" SELECT '{rule.code}', '{rule.subject_kind}', q.f_subject, q.f_severity, {typed}, q.f_evidence,"
        f" 'open', %s, {db.typed_place('date')}, 0, '', '', 1 FROM ({sql}) q WHERE TRUE"
        " ON CONFLICT (rule, subject_id) DO NOTHING",
        [facts.now, facts.today + timedelta(days=5), *params],
    )


def _write_event(cursor: Any, rule: ScanRule, facts: Facts) -> None:
    event = Event.objects.create(
        at=facts.now, kind="flag.opened", subject_kind="flag", data={"rule": rule.code}, scope=""
    )
    db.execute(
        cursor,
        f"INSERT INTO {db.table(EventSubject)} (subject_kind, subject_id, event_id)"
        f" SELECT 'flag', id, %s FROM {db.table(Flag)} WHERE rule = %s",
        [event.pk, rule.code],
    )
