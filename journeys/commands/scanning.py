"""The full scan: every rule over everything, one transaction per rule, resumed after a crash where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from journeys import events
from journeys.commands.coverage import note_coverage
from journeys.commands.flagging import Source, apply_differences, asked_anew, kind_of, written_now
from journeys.models import Flag, Scan, Touchpoint
from journeys.queries.catalogue import rules
from journeys.queries.catalogue.base import Facts, ScanRule, facts_now
from journeys.queries.differences import (
    CHANGED,
    OPENED,
    REOPENED,
    RESOLVED,
    WOKEN,
    differences_from_found,
    findings_of,
)
from journeys.queries.limits import limits_now
from journeys.queries.scans import FULL_SCAN, top_decile_volume
from journeys.rules.flags import may_scan
from workspace import clock, db
from workspace.activity.commands.events import Happening, record, record_subjects
from workspace.activity.commands.jobs import enqueue, hold_lease
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


def request_scan(*, key: str = "full", actor: Person | None) -> Job:
    """Ask for a full scan; one that is under way already is returned. Raises NotAllowed."""
    may_scan(standing_of(actor)).or_not_allowed()
    return enqueue(FULL_SCAN, key=key, actor=actor)


def full_scan(job: Job) -> Iterator[Step]:
    """Work on a full scan: one step per rule, then the coverage of the day. Same input, same flags."""
    scan = _begin(job)
    catalogue = rules()
    for rule in catalogue:
        if rule.code not in scan.results:
            _scan_rule(job, scan, rule)
        yield Step(len(scan.results), len(catalogue), {"scan": scan.pk}, rule.code)
    _end(job, scan)
    job.result = {"scan": scan.pk}


@db.command
def _begin(job: Job) -> Scan:
    """The scan of this job: the one that it left behind, or a new one."""
    hold_lease(job)
    resumed = Scan.objects.filter(pk=job.cursor.get("scan", 0)).first()
    if resumed is not None:
        return resumed
    scan = Scan.objects.create(
        on=clock.today(),
        started_at=clock.now(),
        subjects=Touchpoint.objects.live().count(),
        volume_threshold=top_decile_volume(limits_now().top_volume_share),
    )
    job.cursor = {"scan": scan.pk}
    Job.objects.filter(pk=job.pk).update(cursor=job.cursor)
    return scan


@db.command
def _scan_rule(job: Job, scan: Scan, rule: ScanRule) -> None:
    """Judge one rule, and write what changes, what to tell of it, and how far the scan is, in one transaction."""
    hold_lease(job)
    db.lock(f"journeys.rule.{rule.code}")
    counts = _write_differences(rule, facts_now())
    scan.results[rule.code] = {
        "opened": counts.get(OPENED, 0),
        "resolved": counts.get(RESOLVED, 0),
        "reopened": counts.get(REOPENED, 0) + counts.get(WOKEN, 0),
        "changed": counts.get(CHANGED, 0),
    }
    Scan.objects.filter(pk=scan.pk).update(results=scan.results)


def _write_differences(rule: ScanRule, facts: Facts) -> dict[str, int]:
    """Put the findings of one rule into a temporary table, what they change into another, and write that set by set.

    Returns the counts by change.
    """
    with connection.cursor() as cursor:
        db.plan_for_bulk(cursor)
        db.make_temporary(cursor, "found", findings_of([rule], facts), index_on="subject_id")
        db.make_temporary(cursor, "difference", differences_from_found([rule], facts))
        cursor.execute("SELECT change, COUNT(*) FROM difference GROUP BY change")
        counts: dict[str, int] = dict(cursor.fetchall())
        if counts:
            if apply_differences(Source(), frozenset(counts), facts) != sum(counts.values()):
                counts = _forget_unwritten(cursor, facts)
            for change in (OPENED, REOPENED, WOKEN, CHANGED, RESOLVED):
                if change in counts:
                    _tell(rule, kind_of(change, rule.code, facts), change, counts[change], facts)
        db.leave_temporary(cursor, "difference")
        db.leave_temporary(cursor, "found")
    return counts


def _forget_unwritten(cursor: Any, facts: Facts) -> dict[str, int]:
    """Leave out the differences that a command wrote first, and told of, while the rule was judged; the counts then."""
    ours, params = written_now("f", facts)
    db.execute(
        cursor,
        f"DELETE FROM difference WHERE change <> %s AND NOT EXISTS (SELECT 1 FROM {db.table(Flag)} f"
        f" WHERE f.rule = difference.rule AND f.subject_id = difference.subject_id AND {ours})",
        (CHANGED, *params),
    )
    cursor.execute("SELECT change, COUNT(*) FROM difference GROUP BY change")
    return dict(cursor.fetchall())


def _tell(rule: ScanRule, kind: str, change: str, count: int, facts: Facts) -> None:
    """One event for all flags of a change, and its subjects, set-based."""
    data: dict[str, Any] = {"rule": rule.code, "count": count, **asked_anew(kind, facts)}
    event = record(None, Happening(kind, data=data, subjects=("flag", ())))[0]
    flag = db.table(Flag)
    record_subjects(
        event,
        f"SELECT 'flag', f.id, %s FROM difference d JOIN {flag} f ON f.rule = d.rule AND f.subject_id = d.subject_id"
        " WHERE d.change = %s",
        (event.pk, change),
    )


@db.command
def _end(job: Job, begun: Scan) -> None:
    hold_lease(job)
    scan = Scan.objects.get(pk=begun.pk)
    note_coverage(scan.on)  # nothing, where it was begun on another day
    if scan.state == Scan.State.DONE:
        return
    scan.state, scan.finished_at = Scan.State.DONE, clock.now()
    scan.save(update_fields=["state", "finished_at"])
    record(job.requested_by, Happening(events.SCAN_FINISHED, scan, {"subjects": scan.subjects}))
