"""What the overview costs: twelve statements at most, the same for every size, none that reads a large table twice."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.delta import UNCOUNTED
from journeys.models import Flag
from journeys.queries.overview.coverage import figures
from journeys.queries.overview.crossings import pairs_of_units
from tests.caching import empty_cache
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements

pytestmark = pytest.mark.usefixtures("fresh_cache")

LISTS = ("/ownership/touchpoints/?owned=no", "/ownership/crossings/?state=unowned")


def enter(client: Client, cast: Cast) -> None:
    client.force_login(cast.executive, backend="workspace.organisation.backends.WorksHereBackend")


def cold(client: Client, path: str) -> int:
    empty_cache()
    return statements(client, path)


def test_the_overview_takes_twelve_statements_and_nine_where_nothing_has_happened(cast: Cast, client: Client) -> None:
    enter(client, cast)
    for by in ("unit", "stage", "channel"):
        assert cold(client, f"/ownership/?by={by}") == 12
        assert statements(client, f"/ownership/?by={by}") == 9
    few = {path: cold(client, path) for path in LISTS}
    grow(cast, by=60, stages=2, touchpoints=3)
    scan()
    assert cold(client, "/ownership/?rows=all&matrix=all") == 12
    assert {path: cold(client, path) for path in LISTS} == few
    assert max(few.values()) <= 8


def test_what_is_kept_is_never_older_than_what_happened(cast: Cast, client: Client) -> None:
    from journeys import commands

    enter(client, cast)
    assert client.get("/ownership/").context["whole"].owned == 3
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    page = client.get("/ownership/")
    assert page.context["whole"].owned == 4
    assert cast.flag("no-owner", cast.till).pk not in page.context["seen"].now.gaps


def test_looking_writes_nothing(cast: Cast, client: Client) -> None:
    enter(client, cast)
    for path in ("/ownership/", *LISTS):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        written = [q["sql"] for q in captured.captured_queries if re.match("INSERT|UPDATE|DELETE", q["sql"])]
        assert written == []


def reads(plan: list[str], table: str) -> int:
    """How often a plan goes to a table, from end to end or by an index."""
    return sum(bool(re.search(rf"(?:Scan.* on|^(?:SCAN|SEARCH)) {table}\b", line)) for line in plan)


def plans(make: object) -> list[list[str]]:
    with CaptureQueriesContext(connection) as captured:
        make()  # type: ignore[operator]
    found = []
    for query in captured.captured_queries:
        if UNCOUNTED.match(query["sql"]):
            continue
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append([row[0] for row in cursor.fetchall()])
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                found.append([row[3] for row in cursor.fetchall()])
    return found


def test_the_dear_statements_go_to_each_large_table_once(cast: Cast) -> None:
    grow(cast, by=40)
    scan()
    assert Flag.objects.exists()
    for make in (figures, pairs_of_units):
        (plan,) = plans(make)
        text = "\n".join(plan)
        for table in ("journeys_touchpoint", "journeys_crossing", "journeys_ownership"):
            assert reads(plan, table) <= 1, text
        assert reads(plan, "journeys_touchpoint") == 1, text
    (plan,) = plans(pairs_of_units)
    names = ("journeys_crossing", "c")  # SQLite calls a table by its alias
    assert sum(reads(plan, name) for name in names) == 1
