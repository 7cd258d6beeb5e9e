"""Files over the API: a journey, and flags, as the pages give them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from django.test import Client

from tests.api.program import Program, problem
from tests.cast import Cast, scan

Made = Callable[..., Program]

HEADERS = ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control", "Content-Security-Policy")


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_journey_is_the_file_that_the_page_gives(cast: Cast, program: Made, client: Client) -> None:
    asks = program(cast.member, "read")
    answer = asks.file(f"journeys/{cast.journey.pk}/export/", Accept="text/csv")
    client.force_login(cast.member)
    page = client.get(f"/journeys/{cast.journey.pk}/export/")
    assert answer.status_code == 200
    assert answer.getvalue() == page.getvalue()
    assert {name: answer[name] for name in HEADERS} == {name: page[name] for name in HEADERS}
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    problem(asks.get("journeys/99999/export/", Accept="text/csv"), 404, "unknown")
    problem(asks.get(f"journeys/{cast.journey.pk}/export/?fields=name"), 400, "not-valid")
    problem(program(cast.guest).get(f"journeys/{cast.journey.pk}/export/"), 404, "unknown")


def test_flags_are_those_of_the_filters_as_on_the_page(cast: Cast, program: Made, client: Client) -> None:
    scan()
    asks = program(cast.member, "read")
    client.force_login(cast.member)
    speaking = asks.file("flags/export/?state__in=open,acknowledged")
    assert rows_of(speaking) == rows_of(client.get("/flags/export/"))
    critical = rows_of(asks.file("flags/export/?rule=no-owner&severity=critical"))
    assert {(row["Rule"], row["Severity"]) for row in critical} == {("No owner", "critical")}
    listed = asks.get("flags/?ordering=rule,-id&fields=id").data["items"]
    links = [row["Link"].rpartition("=")[2] for row in rows_of(asks.file("flags/export/?ordering=rule,-id"))]
    assert links == [str(one["id"]) for one in listed]


def test_what_flags_cannot_be_narrowed_by_is_named(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    for name in ("limit=3", "cursor=x", "fields=id", "include=unit", "colour=red", "severity=", "ordering=colour"):
        told = problem(asks.get(f"flags/export/?{name}"), 400, "not-valid")
        assert told["errors"][0]["field"] == name.partition("=")[0]
    problem(program(cast.guest).get("flags/export/"), 404, "unknown")
    problem(program(cast.member, limits={"team": [1]}).get("flags/export/"), 403, "not-allowed")


def test_what_a_file_costs_does_not_grow_with_the_flags(
    cast: Cast, program: Made, django_assert_max_num_queries: Any
) -> None:
    scan()
    asks = program(cast.member, "read")
    asks.get("me/")
    with django_assert_max_num_queries(6):
        asks.file("flags/export/").getvalue()
