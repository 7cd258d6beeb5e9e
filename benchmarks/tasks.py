"""What runs in a process of its own on one database: `python -m benchmarks.tasks TASK [ARGUMENTS]`, JSON on stdout."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import django


def fill(touchpoints: str) -> dict[str, Any]:
    """Migrate an empty database and fill it."""
    from django.core.management import call_command

    from benchmarks.world import World

    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    World(int(touchpoints)).fill(lambda line: print(f"  {line}", file=sys.stderr))
    return {"seconds": time.perf_counter() - began}


def bare(with_events: str) -> dict[str, Any]:
    """The bare statements of all rules."""
    from benchmarks.bare import write_bare

    return write_bare(with_events=with_events == "with-events")


def scan() -> dict[str, Any]:
    """A full scan by the product's own job."""
    from journeys.commands.scanning import request_scan
    from workspace.activity.commands.jobs import work_on

    before = _peak()
    marks: list[tuple[str, float]] = [("", time.perf_counter())]
    job = request_scan(actor=None)
    done = work_on(job.pk, watch=lambda step: marks.append((step.note, time.perf_counter())))
    ended = time.perf_counter()
    if done is None or done.state != "done":
        raise SystemExit("The scan was not worked on to its end.")
    rules = {note: after - since for (_n, since), (note, after) in zip(marks, marks[1:], strict=False)}
    return {
        "seconds": ended - marks[0][1],
        "rules": rules,
        "peak_mb": _peak(),
        "before_mb": before,
        "counts": _counts(done.result["scan"]),
    }


def _counts(scan_id: int) -> dict[str, Any]:
    from journeys.models import Scan

    return dict(Scan.objects.get(pk=scan_id).results)


def _peak() -> float:
    """The largest size in memory that this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


TASKS: dict[str, Callable[..., dict[str, Any]]] = {"fill": fill, "bare": bare, "scan": scan}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
