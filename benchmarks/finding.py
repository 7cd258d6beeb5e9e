"""What finding journeys and touchpoints costs while somebody types, and what the file of a journey costs."""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.delta import UNCOUNTED
from journeys.models import Touchpoint
from workspace.organisation.models import Person

REPEATS = 7
AS_ONE_TYPES = {"HX-Request": "true", "HX-Target": "journeys"}


def measure_finding() -> dict[str, dict[str, float]]:
    """Statements, milliseconds of processor time and of the clock for each search; the first one is not counted."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(Person.objects.filter(role=Person.Role.EXECUTIVE).order_by("id")[0])
    one = (
        Touchpoint.objects.live()
        .exclude(channel="")
        .select_related("stage__journey", "business_unit")
        .order_by("id")[0]
    )
    searches = {
        "nothing found": "zzzz",
        "a name": one.name,
        "a channel": one.channel,
        "a unit and a channel": f"{one.business_unit.name} {one.channel}",
        "a journey": one.stage.journey.name,
    }
    pages = {name: f"{reverse('journeys:journeys')}?{urlencode({'q': words})}" for name, words in searches.items()}
    pages["the file of a journey"] = reverse("journeys:export_journey", args=[one.stage.journey_id])
    return {name: _measure(client, address) for name, address in pages.items()}


def _measure(client: Client, address: str) -> dict[str, float]:
    _get(client, address)
    with CaptureQueriesContext(connection) as captured:
        _get(client, address)
    counted = [query["sql"] for query in captured.captured_queries if not UNCOUNTED.match(query["sql"])]
    processor: list[float] = []
    clock: list[float] = []
    for _ in range(REPEATS):
        began, began_work = time.perf_counter(), time.process_time()
        _get(client, address)
        processor.append(1000 * (time.process_time() - began_work))
        clock.append(1000 * (time.perf_counter() - began))
    return {"statements": len(counted), "cpu_ms": median(processor), "ms": median(clock)}


def _get(client: Client, address: str) -> None:
    response: Any = client.get(address, headers=AS_ONE_TYPES)
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    if response.streaming:
        b"".join(response.streaming_content)
