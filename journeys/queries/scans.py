"""How the scans stand."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Max

from journeys.models import Flag, Scan, Touchpoint
from workspace.activity.models import Event


def open_by_rule(codes: Sequence[str]) -> dict[str, int]:
    """Unresolved flags of each rule, silenced ones included: 1 statement."""
    rows = Flag.objects.unresolved().order_by().values_list("rule").annotate(n=Count("pk"))
    found = dict(rows)
    return {code: found.get(code, 0) for code in codes}


def last_scan() -> Scan | None:
    """The newest full scan that has ended."""
    return Scan.objects.filter(state=Scan.State.DONE).order_by("-id").first()


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
    changes = {"flags.opened": "opened", "flags.reopened": "reopened", "flags.resolved": "resolved"}
    results: dict[str, dict[str, int]] = {}
    for kind, data in Event.objects.filter(pk__gt=event_id, kind__in=changes).values_list("kind", "data").iterator():
        row = results.setdefault(data["rule"], {})
        row[changes[kind]] = row.get(changes[kind], 0) + data["count"]
    return results, Touchpoint.objects.live().count()
