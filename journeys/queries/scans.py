"""How the scans stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db.models import Count, Max, QuerySet

from journeys.models import Flag, Scan, Touchpoint
from workspace.activity.models import Event, Job

FULL_SCAN = "journeys.full_scan"
"""The kind of the jobs that scan everything."""


def open_by_rule(codes: Sequence[str]) -> dict[str, int]:
    """Unresolved flags of each rule, silenced ones included: 1 statement."""
    rows = Flag.objects.unresolved().order_by().values_list("rule").annotate(n=Count("pk"))
    found = dict(rows)
    return {code: found.get(code, 0) for code in codes}


def last_scan() -> Scan | None:
    """The newest full scan that has ended."""
    return Scan.objects.filter(state=Scan.State.DONE).order_by("-id").first()


def awaited_scan() -> Job | None:
    """The newest full scan that was asked for and has not ended."""
    return Job.objects.unfinished().filter(kind=FULL_SCAN).order_by("-id").first()


def requested_scans() -> QuerySet[Job]:
    """The full scans that were asked for, by somebody or by the schedule, as far as their jobs are remembered."""
    return Job.objects.filter(kind=FULL_SCAN)


def scans_of_jobs(jobs: Collection[int]) -> Mapping[int, Scan]:
    """The scans that these jobs have begun, by job: at most 2 statements."""
    begun = dict(requested_scans().filter(pk__in=jobs, cursor__has_key="scan").values_list("pk", "cursor__scan"))
    scans = Scan.objects.in_bulk(set(begun.values())) if begun else {}
    return {job: scans[scan] for job, scan in begun.items() if scan in scans}


def top_decile_volume(share: float) -> int | None:
    """The smallest volume that belongs to the highest tenth (`share`) of live touchpoints; None where none is known."""
    volumes = Touchpoint.objects.live().filter(volume__gt=0).order_by("-volume").values_list("volume", flat=True)
    known = volumes.count()
    if not known:
        return None
    place = max(int(known * share), 1) - 1
    return volumes[place]


def last_event_id() -> int:
    """The id of the newest event; 0 where there is none."""
    return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def changed_since(event_id: int) -> tuple[dict[str, dict[str, int]], int]:
    """What scans have changed since an event, by rule; and how many live touchpoints there are: 2 statements."""
    changes = {
        "flags.opened": "opened",
        "flags.reopened": "reopened",
        "flags.resolved": "resolved",
        "flags.switched_off": "resolved",
    }
    results: dict[str, dict[str, int]] = {}
    for kind, data in Event.objects.filter(pk__gt=event_id, kind__in=changes).values_list("kind", "data").iterator():
        row = results.setdefault(data["rule"], {})
        row[changes[kind]] = row.get(changes[kind], 0) + data["count"]
    return results, Touchpoint.objects.live().count()
