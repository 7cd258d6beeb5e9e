"""What a journey's map costs at 12 and at 300 touchpoints, with its cards kept and in a process that just started.

Where there are files of a real organisation, also the map of the journey with the most touchpoints among them.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.delta import UNCOUNTED
from journeys import commands
from journeys.models import Journey, Touchpoint
from workspace.organisation.commands.imports import import_file
from workspace.organisation.models import BusinessUnit, Department, Person

SIZES = {12: (4, 3), 300: (6, 50)}
"""Stages, and touchpoints in each."""
REPEATS = 9
UNITS, OWNED = 5, 0.82


def make_journey(stages: int, touchpoints: int) -> Journey:
    """A journey through five units, four fifths owned, a fifth of the touchpoints alternatives of the one before."""
    chance = random.Random(5)
    units = list(BusinessUnit.objects.filter(archived_at__isnull=True).order_by("id")[:UNITS])
    owners = {unit.pk: _first(unit) for unit in units}
    executive = Person.objects.filter(role=Person.Role.EXECUTIVE).order_by("id")[0]
    journey = commands.create_journey(f"{stages * touchpoints} touchpoints", accountable=executive, actor=None)
    for number in range(stages):
        stage = commands.add_stage(journey, name=f"Stage {number}", actor=None)
        step = 0
        for place in range(touchpoints):
            step += not place or chance.random() < 0.8
            unit = chance.choice(units)
            made = commands.add_touchpoint(
                stage,
                name=f"Touchpoint {number}.{place}",
                business_unit=unit,
                channel=chance.choice(["web", "phone", "store"]),
                step=step,
                emotion=chance.choice([None, -2, -1, 0, 1, 2]),
                actor=None,
            )
            if chance.random() < OWNED:
                commands.assign_ownership(made, department=owners[unit.pk], actor=executive)
    return journey


def _first(unit: BusinessUnit) -> Department:
    return unit.departments.filter(archived_at__isnull=True).order_by("id")[0]


def largest_of(files: Path) -> tuple[Journey, int]:
    """Import org.csv and touchpoints.csv; the journey with the most touchpoints among them, and how many it has."""
    known = set(Journey.objects.values_list("pk", flat=True))
    with tempfile.TemporaryDirectory(prefix="throughline-files-") as folder:  # rejected rows are written beside a file
        for kind in ("org", "touchpoints"):
            import_file(kind, Path(shutil.copy(files / f"{kind}.csv", folder)))
    new = Journey.objects.exclude(pk__in=known).annotate(n=Count("stages__touchpoints")).order_by("-n", "pk")
    return new[0], Touchpoint.objects.filter(stage__journey=new[0]).count()


def measure_maps(files: Path | None = None) -> dict[str, dict[str, float]]:
    """Statements, processor time, time and kilobytes of the map, as a lead who may edit it and claim on it."""
    from django.conf import settings

    from journeys.views import map_cards

    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    client = Client()
    client.force_login(Person.objects.active().filter(leaderships__isnull=False).order_by("id")[0])
    measured = {}
    for size, (stages, touchpoints) in SIZES.items():
        address = reverse("journeys:journey", args=[make_journey(stages, touchpoints).pk])
        measured[f"map of {size}, cards not kept yet"] = _page(client, address, map_cards.forget)
        measured[f"map of {size}"] = _page(client, address, lambda: None)
        measured[f"map of {size}, the whole"] = _page(client, f"{address}?zoom=whole", lambda: None)
    if files is not None:
        journey, size = largest_of(files)
        address = journey.get_absolute_url()
        measured[f"{journey.name} ({size}), cards not kept yet"] = _page(client, address, map_cards.forget)
        measured[f"{journey.name} ({size})"] = _page(client, address, lambda: None)
    return measured


def _page(client: Client, address: str, before: Callable[[], None]) -> dict[str, float]:
    client.get(address)
    before()
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    statements = sum(not UNCOUNTED.match(query["sql"]) for query in captured.captured_queries)
    cpu, clock = [], []
    for _ in range(REPEATS):
        before()
        began, began_work = time.perf_counter(), time.process_time()
        answer = client.get(address)
        cpu.append(1000 * (time.process_time() - began_work))
        clock.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}.")
    return {
        "statements": statements,
        "cpu_ms": median(cpu),
        "ms": median(clock),
        "kb": len(answer.content) / 1000,
    }
