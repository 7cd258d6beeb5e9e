"""Reading over the API: pages by cursor, filters, fields, what is sent along, and what has not changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.program import Program, problem
from tests.cast import Cast
from workspace.organisation import commands
from workspace.organisation.commands.saved_views import save_view

Made = Callable[..., Program]


def followed(program: Program, path: str, *, between: Callable[[], object] = lambda: None) -> list[dict[str, Any]]:
    """All items of a list, page after page; `between` is called before each further page."""
    items: list[dict[str, Any]] = []
    address: str | None = path
    while address:
        page = program.get(address).data
        items += page["items"]
        address = page["next"] and page["next"].removeprefix("http://testserver")
        if address:
            between()
    return items


def test_pages_lose_and_double_nothing_while_rows_come_in(cast: Cast, program: Made) -> None:
    asks, number = program(cast.member, "read"), iter(range(100))

    def found_another() -> None:
        commands.create_unit(f"A first one {next(number)}", actor=cast.administrator)

    for name in ("Sales", "Logistics", "Legal"):
        commands.create_unit(name, actor=cast.administrator)
    names = [unit["name"] for unit in followed(asks, "business-units/?limit=1", between=found_another)]
    assert names == sorted({"Sales", "Logistics", "Legal", "Retail", "Service"})


@pytest.mark.parametrize("order", ["left_on", "-left_on", "left_on,-name", "name", "-id"])
@pytest.mark.parametrize("limit", [1, 2, 5, 500])
def test_pages_together_are_the_whole_list_in_its_order(cast: Cast, program: Made, order: str, limit: int) -> None:
    for person, day in ((cast.leaver, "2026-01-05"), (cast.member, "2126-01-05"), (cast.guest, "2126-01-05")):
        type(person).objects.filter(pk=person.pk).update(left_on=day)
    asks = program(cast.executive, "read")
    whole = asks.get(f"people/?ordering={order}&limit=500").data["items"]
    assert followed(asks, f"people/?ordering={order}&limit={limit}") == whole
    assert len({each["id"] for each in whole}) == len(whole) == type(cast.guest).objects.count()
    if "left_on" in order:
        assert [each["left_on"] for each in whole][3:] == [None] * (len(whole) - 3), "who stays comes last, either way"


def test_statements_do_not_grow_with_the_list(cast: Cast, program: Made) -> None:
    asks, counts = program(cast.member, "read"), []
    asks.get("me/")  # notes that the token is used
    path = "departments/?limit=500&include=unit,leads,deputies"
    for more in (0, 40):
        for number in range(more):
            commands.create_department(f"D{number}", unit=cast.retail, code=f"D{number}", actor=cast.administrator)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert len(asks.get(path).data["items"]) == 4 + more
        counts.append(len(seen))
    assert counts == [6, 6], "the token; departments, their leads and deputies; units; people"


def test_filters_narrow_and_can_be_combined(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")

    def names(query: str) -> list[str]:
        return [each["name"] for each in asks.get(f"departments/?{query}").data["items"]]

    assert names(f"unit={cast.retail.pk}") == ["Online Store", "Shops"]
    assert names(f"unit__in={cast.retail.pk},{cast.service.pk}&name__contains=ONLINE") == ["Online Store"]
    assert names("code__in=BILL,CARE") == ["Billing", "Care"]
    assert names(f"lead={cast.shops_deputy.pk}") == ["Shops"]
    assert names(f"lead__in={cast.shops_deputy.pk},{cast.shops_lead.pk}") == ["Shops"], "each once"
    assert names(f"id={10**30}") == []
    assert names("archived_at__isnull=false") == []
    assert names("ordering=-code&limit=1") == ["Online Store"]


@pytest.mark.parametrize(
    ("repeated", "joined"),
    [
        ("fields=name&fields=unit", "fields=name,unit"),
        ("include=unit&include=leads", "include=unit,leads"),
        ("ordering=-code&ordering=name", "ordering=-code,name"),
        ("code__in=BILL&code__in=CARE,WEB", "code__in=BILL,CARE,WEB"),
        ("limit=1&fields=id&fields=name", "limit=1&fields=id,name"),
    ],
)
def test_a_set_may_come_in_several_parameters(cast: Cast, program: Made, repeated: str, joined: str) -> None:
    asks = program(cast.member, "read")
    several, one = (asks.get(f"departments/?{query}") for query in (repeated, joined))
    assert several.status_code == one.status_code == 200, several.data
    assert several.content.split(b'"next"')[0] == one.content.split(b'"next"')[0]
    if one.data["next"]:
        following = [asks.get(each.data["next"].removeprefix("http://testserver")).data for each in (several, one)]
        assert following[0]["items"] == following[1]["items"] != one.data["items"]
    problem(asks.get(f"departments/?{repeated}&fields=nme"), 400, "not-valid")


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("nme=Shops", "nme", "name__contains"),
        ("name=a&name=b", "name", "__in"),
        ("unit=Retail", "unit", "number"),
        ("id=1.5", "id", "number"),
        ("id=NaN", "id", "number"),
        ("unit__in=", "unit__in", "no value"),
        ("name= ", "name", "no value"),
        ("unit__in=1,,x", "unit__in", "number"),
        ("id__in=" + "1," * 500 + "1", "id__in", "501"),
        ("name__contains=" + "x" * 4001, "name__contains", "4001 characters"),
        ("name=%00", "name", "U+0000"),
        ("archived_at__gte=yesterday", "archived_at__gte", "date"),
        ("archived_at__gte=0001-01-01T00:00:00%2B10:00", "archived_at__gte", "calendar"),
        ("limit=0000011999", "limit", "500"),
        ("limit=501", "limit", "500"),
        ("archived_at__isnull=maybe", "archived_at__isnull", "true or false"),
        ("limit=0", "limit", "500"),
        ("limit=²", "limit", "500"),
        ("ordering=colour", "ordering", "archived_at"),
        ("ordering=name,-name", "ordering", "twice"),
        ("fields=name,colour", "fields", "version"),
        ("include=boss", "include", "deputies"),
        ("cursor=abc", "cursor", "next"),
    ],
)
def test_what_cannot_be_asked_is_named_with_what_can(
    cast: Cast, program: Made, query: str, field: str, said: str
) -> None:
    told = problem(program(cast.member, "read").get(f"departments/?{query}"), 400, "not-valid")
    assert [each["field"] for each in told["errors"]] == [field]
    assert said in str(told["errors"]), told


def test_what_answers_with_no_noun_takes_no_fields(cast: Cast, program: Made) -> None:
    asks = program(cast.administrator, "admin")
    view = f"saved-views/{save_view('Mine', page='flags', query='', filters=[], actor=cast.administrator).pk}/"
    for method, path in (
        ("GET", f"journeys/{cast.journey.pk}/shares/?fields=id"),
        ("POST", "touchpoints/bulk-change/?include=unit"),
        ("POST", f"touchpoints/{cast.till.pk}/claim/?fields=id"),
        ("DELETE", f"{view}?fields=id"),
    ):
        wrong = problem(asks.call(method, path, {}, {"If-Match": "*"}), 400, "not-valid")
        assert wrong["errors"][0]["reason"] == "This is no parameter here.", path


def test_a_cursor_leads_on_only_in_its_own_list(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    cursor = asks.get("departments/?limit=1").data["next"].partition("cursor=")[2]
    assert asks.get(f"departments/?cursor={cursor}").status_code == 200
    for other in ("business-units/?", "departments/?name=Care&", "departments/?ordering=-name&"):
        told = problem(asks.get(f"{other}cursor={cursor}"), 400, "not-valid")
        assert "another list" in told["detail"]
    problem(asks.get(f"departments/?cursor={cursor[:-2]}xx"), 400, "not-valid")


def test_only_the_fields_that_are_asked_for_are_sent(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    page = asks.get(f"departments/?fields=leads,name&unit={cast.service.pk}&include=leads").data
    assert page["items"] == [
        {"name": "Billing", "leads": [cast.billing_lead.pk]},
        {"name": "Care", "leads": [cast.care_lead.pk]},
    ]
    assert page["included"]["people"][str(cast.care_lead.pk)]["name"] == "Cara Care"
    assert asks.get(f"departments/{cast.care.pk}/?fields=name").data == {"name": "Care"}


def test_what_is_sent_along_does_not_hang_on_the_fields(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    page = asks.get("departments/?fields=name&include=unit&limit=1").data
    assert page["items"] == [{"name": "Billing"}]
    assert [unit["name"] for unit in page["included"]["business-units"].values()] == ["Service"]
    one = asks.get(f"departments/{cast.care.pk}/?fields=name&include=leads").data
    assert set(one) == {"name", "included"}
    assert [person["name"] for person in one["included"]["people"].values()] == ["Cara Care"]


def test_what_has_not_changed_is_not_sent_again(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    for path in ("departments/?limit=1", f"departments/{cast.care.pk}/", "me/"):
        first = asks.get(path)
        again = asks.get(path, If_None_Match=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    commands.change_department(cast.care, name="Customer Care", actor=cast.administrator)
    path = f"departments/{cast.care.pk}/"
    assert asks.get(path, If_None_Match='"1-0", W/"nothing"').data["name"] == "Customer Care"


def test_things_that_are_not_there_and_addresses_that_are_none(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    for path in ("departments/999/", f"departments/{2**70}/", "departments/x/", "nothing/", "/api/", "/api/v2/people/"):
        told = problem(asks.get(path), 404, "unknown")
        assert told["next_step"], path
    allowed = asks.call("PUT", f"departments/{cast.care.pk}/", {})
    problem(allowed, 405, "method-not-taken")
    assert allowed["Allow"] == "GET, HEAD, PATCH"
    problem(asks.get("people/", Accept="text/csv"), 406, "not-acceptable")


def test_a_request_for_another_house_is_refused_as_a_problem(program: Made, cast: Cast) -> None:
    asks = program(cast.member, "read")
    told = asks.get("me/", Host="elsewhere.example.com")
    assert "elsewhere" not in str(problem(told, 400, "not-valid"))


def test_a_guest_finds_nothing_of_the_organisation(cast: Cast, program: Made) -> None:
    asks = program(cast.guest, "write")
    for path in ("business-units/", "departments/", "people/", f"people/{cast.guest.pk}/"):
        problem(asks.get(path), 404, "unknown")
    problem(asks.post("business-units/", {"name": "Mine"}), 403, "not-allowed")
    assert asks.get("me/").data["person"]["email"] == cast.guest.email
