"""What a page costs: statements, and the processor time of the process that makes it."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.delta import UNCOUNTED
from journeys.models import Touchpoint
from workspace.organisation.models import Person

REPEATS = 7


def measure_pages() -> dict[str, dict[str, float]]:
    """Statements, milliseconds of processor time and of the clock for each page; the first request is not counted."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    # The names of static files come out of a list that `collectstatic` makes; here nothing was collected.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    client = Client()
    client.force_login(Person.objects.filter(role=Person.Role.EXECUTIVE).order_by("id")[0])
    touchpoint = Touchpoint.objects.live().filter(claims__isnull=False).order_by("id")[3]
    measured = {name: _measure(client, address) for name, address in _addresses(touchpoint).items()}
    for name, address in _after_a_change().items():
        measured[f"{name}, after a change"] = _measure(client, address, forget=True)
    return measured


def _addresses(touchpoint: Touchpoint) -> dict[str, str]:
    return {
        "home": reverse("home"),
        "flags inbox": reverse("journeys:flags"),
        "journeys": reverse("journeys:journeys"),
        "a journey": reverse("journeys:journey", args=[touchpoint.stage.journey_id]),
        "a touchpoint": reverse("journeys:touchpoint", args=[touchpoint.pk]),
        "its history": reverse("journeys:touchpoint_history", args=[touchpoint.pk]),
        "overview": reverse("journeys:overview"),
        "overview, all units": f"{reverse('journeys:overview')}?matrix=all&rows=all",
        "unowned touchpoints": f"{reverse('journeys:owned_touchpoints')}?owned=no",
        "crossings from a unit": f"{reverse('journeys:crossings')}?from={touchpoint.business_unit_id}",
    }


def _after_a_change() -> dict[str, str]:
    """Pages whose numbers are kept until something happens, as the first one sees them who looks after that."""
    return {"overview": reverse("journeys:overview")}


def _measure(client: Client, address: str, *, forget: bool = False) -> dict[str, float]:
    _get(client, address)
    if forget:
        cache.clear()
    with CaptureQueriesContext(connection) as captured:
        _get(client, address)
    counted = [query["sql"] for query in captured.captured_queries if not UNCOUNTED.match(query["sql"])]
    processor: list[float] = []
    clock: list[float] = []
    for _ in range(REPEATS):
        if forget:
            cache.clear()
        began, began_work = time.perf_counter(), time.process_time()
        _get(client, address)
        processor.append(1000 * (time.process_time() - began_work))
        clock.append(1000 * (time.perf_counter() - began))
    return {"statements": len(counted), "cpu_ms": median(processor), "ms": median(clock)}


def _get(client: Client, address: str) -> Any:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return response
