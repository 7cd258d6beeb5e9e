"""Who owned what, over the API: at the end of a day, and between the ends of two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys.models import Ownership, Touchpoint
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from tests.ten_days import day, on, ten_days
from workspace import clock

Made = Callable[..., Program]
CHANGES = f"ownerships/changes/?from={on(1)}&until={on(10)}"


@pytest.fixture
def history(cast: Cast) -> Iterator[Cast]:
    """Ten days: Till goes to Care, Receipt from Billing to Care, Shop window from Shops to nobody."""
    with ten_days(cast) as told:
        yield told


@pytest.fixture
def asks(history: Cast, program: Made) -> Program:
    """A program that reads for a member."""
    return program(history.member, "read")


def names_of(answer: Any) -> list[str]:
    names = dict(Touchpoint.objects.values_list("pk", "name"))
    return [names[item["touchpoint"]] for item in answer.data["items"]]


def test_says_who_owned_it_before_and_after_who_decided_and_why(history: Cast, asks: Program) -> None:
    cast, answer = history, asks.get(CHANGES)
    (window, receipt, till) = answer.data["items"]
    assert answer.data["next"] is None
    assert window == {
        "touchpoint": cast.shop_window.pk,
        "journey": cast.journey.pk,
        "unit": cast.retail.pk,
        "way": "lost",
        "before": cast.shops.pk,
        "after": None,
        "changed_at": f"{on(6)}T12:00:00Z",
        "by": cast.shops_lead.pk,
        "reason": "The shop closed.",
    }
    assert (receipt["way"], receipt["before"], receipt["after"]) == ("transferred", cast.billing.pk, cast.care.pk)
    assert (receipt["by"], receipt["reason"]) == (cast.service_head.pk, "Care prints it.")
    assert (till["way"], till["before"], till["after"]) == ("gained", None, cast.care.pk)


def test_it_is_what_the_page_tells(history: Cast, asks: Program, client: Client) -> None:
    client.force_login(history.member)
    for first, last in ((1, 10), (3, 5), (4, 4), (0, 6), (-30, 10)):
        told = asks.get(f"ownerships/changes/?from={on(first)}&until={on(last)}").data["items"]
        page = client.get(f"/ownership/changes/?from={on(first)}&to={on(last)}").context
        rows = page.get("rows", [])
        assert [(one["touchpoint"], one["way"], one["before"], one["after"], one["reason"]) for one in told] == [
            (
                row.touchpoint.pk,
                row.kind,
                row.before.id if row.before else None,
                row.after.id if row.after else None,
                row.reason,
            )
            for row in rows
        ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("way=gained", {"Till"}),
        ("way__in=lost,transferred", {"Shop window", "Receipt"}),
        ("department={billing}", {"Receipt"}),
        ("department={care}", {"Till", "Receipt"}),
        ("department__in={billing},{shops}", {"Receipt", "Shop window"}),
        ("before={billing}", {"Receipt"}),
        ("after={care}", {"Till", "Receipt"}),
        ("before__isnull=true", {"Till"}),
        ("after__isnull=true", {"Shop window"}),
        ("unit={retail}", {"Shop window"}),
        ("journey={journey}", {"Till", "Receipt", "Shop window"}),
        ("touchpoint_name__contains=window", {"Shop window"}),
        ("touchpoint={receipt}", {"Receipt"}),
        ("channel=store&unit={service}", {"Till"}),
        ("changed_at__gte=2031-03-06T00:00:00Z", {"Shop window"}),
        ("touchpoint=99999", set()),
    ],
)
def test_narrows_the_changes(history: Cast, asks: Program, query: str, names: set[str]) -> None:
    known = ("billing", "care", "shops", "retail", "service", "receipt", "journey")
    ids = {name: getattr(history, name).pk for name in known}
    assert set(names_of(asks.get(f"{CHANGES}&{query.format(**ids)}"))) == names


def test_pages_follow_each_other_while_owners_change(history: Cast, asks: Program) -> None:
    for order in ("", "&ordering=changed_at", "&ordering=before,touchpoint", "&ordering=-after"):
        whole = names_of(asks.get(f"{CHANGES}{order}"))
        assert len(whole) == 3
        found, address = [], f"{CHANGES}{order}&limit=1&include=touchpoint"
        while address:
            answer = asks.get(address)
            found += names_of(answer)
            address = (answer.data["next"] or "").removeprefix("http://testserver")
        assert found == whole
    first = asks.get(f"{CHANGES}&limit=1").data
    with clock.at(day(10)):
        Ownership.objects.filter(touchpoint=history.compare_online).update(held_until=day(9))
    following = asks.get(first["next"].removeprefix("http://testserver"))
    assert names_of(following) == ["Receipt"]
    moved = first["next"].replace(f"from={on(1)}", f"from={on(2)}").removeprefix("http://testserver")
    assert problem(asks.get(moved), 400, "not-valid")["errors"][0]["field"] == "cursor"


def test_sends_along_what_is_asked_for_and_no_more(history: Cast, asks: Program) -> None:
    told = asks.get(f"{CHANGES}&include=before,after,by,touchpoint&fields=reason").data
    assert [set(item) for item in told["items"]] == [{"reason"}] * 3
    assert "The shop closed." in [item["reason"] for item in told["items"]]
    departments = {str(one.pk) for one in (history.billing, history.care, history.shops)}
    assert set(told["included"]["departments"]) == departments
    assert str(history.shops_lead.pk) in told["included"]["people"]


@pytest.mark.parametrize(
    ("asked", "field", "words"),
    [
        ("", "from", "2026-03-31"),
        ("from=2031-03-02", "until", "2026-03-31"),
        ("from=x&until=2031-03-02", "from", "2026-03-31"),
        ("from=2031-03-02&until=2031-13-02", "until", "2026-03-31"),
        ("from=2031-03-09&until=2031-03-02", "until", "Put the earlier day first."),
        ("from=2031-03-01&until=2032-01-01", "until", "Name a day"),
        ("from=2031-03-01&until=2031-03-02&to=2031-03-02", "to", "Known are"),
    ],
)
def test_days_that_cannot_be_are_refused(asks: Program, asked: str, field: str, words: str) -> None:
    (wrong,) = problem(asks.get(f"ownerships/changes/?{asked}"), 400, "not-valid")["errors"]
    assert wrong["field"] == field
    assert words in wrong["next_step"]


def test_the_changes_leave_as_the_file_of_the_page(history: Cast, asks: Program, client: Client) -> None:
    client.force_login(history.member)
    here, there = "ownerships/changes/export/", "/ownership/changes/export/"
    answer = asks.file(f"{here}?from={on(1)}&until={on(10)}", Accept="text/csv")
    page = client.get(f"{there}?from={on(1)}&to={on(10)}")
    assert answer.getvalue() == page.getvalue()
    assert answer["Content-Disposition"] == page["Content-Disposition"]
    gained = asks.file(f"{here}?from={on(1)}&until={on(10)}&way=gained").getvalue()
    assert gained == client.get(f"{there}?from={on(1)}&to={on(10)}&way=gained").getvalue()
    problem(asks.get(here), 400, "not-valid")
    problem(asks.get(f"{here}?from={on(1)}&until={on(10)}&limit=3"), 400, "not-valid")


def test_before_the_history_everything_was_unowned(asks: Program) -> None:
    told = asks.get(f"ownerships/changes/?from=0001-01-01&until={on(1)}").data["items"]
    assert {(item["way"], item["before"]) for item in told} == {("gained", None)}
    assert len(told) == 3
    assert asks.get("ownerships/changes/?from=2031-01-01&until=2031-02-09").data["items"] == []


def test_is_for_people_inside_and_tokens_without_limits(history: Cast, program: Made) -> None:
    problem(program(history.guest).get(CHANGES), 404, "unknown")
    problem(program(history.member, limits={"team": [1]}).get(CHANGES), 403, "not-allowed")
    problem(Program().get(CHANGES), 401, "not-signed-in")


def test_costs_as_many_statements_for_many_as_for_few(history: Cast, asks: Program) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert asks.get(f"{CHANGES}&include=touchpoint,before,after,by&limit=500").status_code == 200
        return len(told)

    asks.get("me/")
    few = cost()
    grow(history, by=1, owned=True)
    Ownership.objects.filter(touchpoint__stage__journey__name="Journey 1").update(held_from=day(5))
    assert len(asks.get(f"{CHANGES}&limit=500").data["items"]) == 15
    assert cost() == few


# --- A day ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("", ""),
        ("&unit={service}", "&unit={service}"),
        ("&department={billing}", "&department={billing}"),
        ("&touchpoint_name__contains=window", "&q=window"),
        ("&journey_name__contains=coffee", "&journey=coffee"),
        ("&journey={journey}", "&journey_id={journey}"),
        ("&channel=store", "&channel=store"),
        ("&touchpoint={receipt}", "&touchpoint={receipt}"),
    ],
)
def test_a_past_day_is_narrowed_as_on_the_page(
    history: Cast, asks: Program, client: Client, here: str, there: str
) -> None:
    ids = {name: getattr(history, name).pk for name in ("service", "billing", "receipt", "journey")}
    client.force_login(history.member)
    for number in (1, 3, 5, 7):
        told = asks.get(f"ownerships/?as_of={on(number)}&type=accountable{here.format(**ids)}").data["items"]
        rows = client.get(f"/ownership/past/?on={on(number)}{there.format(**ids)}").context["rows"]
        assert {(one["touchpoint"], one["department"]) for one in told} == {
            (row.ownership.touchpoint_id, row.department.id) for row in rows
        }
    assert asks.get(f"ownerships/?as_of={on(1)}&persona={history.journey.persona_id}").data["items"]
