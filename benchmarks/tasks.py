"""What runs in a process of its own on one database: `python -m benchmarks.tasks TASK [ARGUMENTS]`, JSON on stdout."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
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
    from journeys.models import Scan
    from workspace.activity.commands.jobs import work_on

    before = _peak()
    marks = [("", time.perf_counter())]
    job = request_scan(actor=None)
    done = work_on(job.pk, watch=lambda step: marks.append((step.note, time.perf_counter())))
    ended = time.perf_counter()
    if done is None or done.state != "done":
        raise SystemExit("The scan was not worked on to its end.")
    return {
        "seconds": ended - marks[0][1],
        "rules": {note: after - since for (_, since), (note, after) in pairwise(marks)},
        "started_mb": before,
        "peak_mb": _peak(),
        "counts": Scan.objects.get(pk=done.result["scan"]).results,
    }


def delta() -> dict[str, Any]:
    """One claim, once everything before it is delivered and known to the planner: medians of five touchpoints."""
    from benchmarks.delta import claim_and_deliver, full_reads
    from benchmarks.world import tidy
    from workspace.activity.commands.delivery import deliver_events

    deliver_events()
    tidy()
    claim_and_deliver()  # what only the first one reads
    claims = [claim_and_deliver(place=place) for place in range(1, 6)]
    return {
        "statements": median(len(claim.statements) for claim in claims),
        "read": median(claim.read for claim in claims),
        "seconds": median(claim.seconds for claim in claims),
        "full_reads": full_reads(claim_and_deliver(plans=True)),
    }


def import_csv(rows: str) -> dict[str, Any]:
    """Import a file of new touchpoints, and the same file again."""
    from django.conf import settings
    from django.core.management import call_command

    from benchmarks.files import write_touchpoints_csv

    file = Path(settings.DATA_DIR) / "touchpoints.csv"
    write_touchpoints_csv(file, int(rows))
    seconds: list[float] = []
    for _ in range(2):
        began = time.perf_counter()
        call_command("import_csv", "touchpoints", str(file), stdout=sys.stderr)
        seconds.append(time.perf_counter() - began)
    return {"rows": int(rows), "seconds": seconds[0], "again_seconds": seconds[1], "peak_mb": _peak()}


def pages() -> dict[str, Any]:
    """Statements and processor time of pages, as an executive sees them."""
    from benchmarks.pages import measure_pages
    from benchmarks.world import tidy

    tidy()
    return {"pages": measure_pages()}


def finding() -> dict[str, Any]:
    """What searches cost while somebody types."""
    from benchmarks.finding import measure_finding
    from benchmarks.world import tidy

    tidy()
    return {"finding": measure_finding()}


def boards() -> dict[str, Any]:
    """What boards and moves cost."""
    from benchmarks.boards import measure_boards

    return {"boards": measure_boards()}


def api() -> dict[str, Any]:
    """What requests of programs cost."""
    from benchmarks.api import measure_api

    return {"api": measure_api()}


def journey_map(files: str = "") -> dict[str, Any]:
    """What a journey's map costs at two sizes, and that of the largest journey of these files."""
    from benchmarks.map import measure_maps

    return {"map": measure_maps(Path(files) if files else None)}


def live(streams: str, processes: str) -> dict[str, Any]:
    """How soon open pages hear of a change."""
    from benchmarks.live import measure_live

    return measure_live(int(streams), int(processes))


def _peak() -> float:
    """The largest size in memory that this process ever had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "fill": fill,
    "bare": bare,
    "scan": scan,
    "delta": delta,
    "import": import_csv,
    "pages": pages,
    "finding": finding,
    "boards": boards,
    "api": api,
    "map": journey_map,
    "live": live,
}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
