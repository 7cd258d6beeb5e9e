"""Touchpoints over the API: added, changed, moved, found, one by one and several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Touchpoint
from journeys.queries.lasting_ids import own_mark
from tests.api.doing import ids
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from workspace import clock
from workspace.activity.models import Event

Made = Callable[..., Program]


@pytest.fixture
def lead(cast: Cast, program: Made) -> Program:
    """A program of somebody who builds journeys."""
    return program(cast.shops_lead)


def told() -> tuple[str, str]:
    """What was recorded last about a touchpoint, and by whom."""
    event = Event.objects.filter(kind__startswith="touchpoint").latest("pk")
    assert event.actor is not None
    return event.kind, event.actor.name


def names(asks: Program, path: str) -> list[str]:
    return [each["name"] for each in asks.get(path).data["items"]]


def order(asks: Program, cast: Cast) -> list[tuple[str, int]]:
    """Name and step of everything in the stage Pay."""
    listed = asks.get(f"touchpoints/?stage={cast.pay.pk}&ordering=step,id&fields=name,step").data["items"]
    return [(each["name"], each["step"]) for each in listed]


def test_a_touchpoint_is_added_changed_and_retired(cast: Cast, lead: Program) -> None:
    body = {"name": "Cash desk", "stage": cast.pay.pk, "unit": cast.service.pk, "channel": "store", "emotion": -1}
    made = lead.post("touchpoints/", body)
    assert (made.status_code, told()) == (201, ("touchpoint.added", "Liam Lead"))
    one = made.data
    assert (one["journey"], one["step"], one["unit"], one["emotion"]) == (cast.journey.pk, 3, cast.service.pk, -1)
    assert (one["owner"], one["lifecycle"], one["flags"]) == (None, "live", 1), "that nobody owns it is flagged at once"
    assert lead.get(made["Location"]).data == one
    path = f"touchpoints/{one['id']}/"
    changed = lead.patch(path, {"volume": 400, "pain_point": "The queue"}, If_Match=made["ETag"]).data
    assert (changed["volume"], changed["pain_point"], changed["version"]) == (400, "The queue", 2)
    assert told() == ("touchpoint.changed", "Liam Lead")
    assert lead.post(f"{path}retire/").data["lifecycle"] == "retired"
    assert lead.patch(path, {"lifecycle": "live"}, If_Match="*").data["lifecycle"] == "live"


def test_a_touchpoint_is_known_by_one_id(cast: Cast, lead: Program) -> None:
    body = {"name": "Cash desk", "stage": cast.pay.pk, "unit": cast.service.pk, "external_id": " desk-1 "}
    made = lead.post("touchpoints/", body)
    assert (made.status_code, made.data["external_id"]) == (201, "desk-1")
    taken = problem(lead.post("touchpoints/", body), 422, "rule-broken")
    assert "“Cash desk” has the external id “desk-1” already" in taken["detail"]
    path = f"touchpoints/{cast.till.pk}/"
    problem(lead.patch(path, {"external_id": "desk-1"}, If_Match="*"), 422, "rule-broken")
    problem(lead.patch(path, {"external_id": "x" * 201}, If_Match="*"), 400, "not-valid")
    own = f"{own_mark()}{cast.receipt.pk}"
    assert problem(lead.patch(path, {"external_id": own}, If_Match="*"), 422, "rule-broken")["next_step"]
    assert lead.patch(path, {"external_id": "till-1"}, If_Match="*").data["external_id"] == "till-1"
    assert told() == ("touchpoint.changed", "Liam Lead")
    assert ids(lead.get("touchpoints/?external_id__in=till-1,desk-1")) == [cast.till.pk, made.data["id"]]
    assert lead.patch(made["Location"], {"external_id": None}, If_Match="*").data["external_id"] is None
    assert lead.post("undo/", {}).status_code == 200
    assert lead.get(made["Location"]).data["external_id"] == "desk-1"
    results = lead.post("touchpoints/bulk-create/", {"items": [body, body | {"external_id": "desk-2"}]}).data["results"]
    assert [each["status"] for each in results] == [422, 201]


def test_changes_of_others_are_kept_or_told(cast: Cast, lead: Program) -> None:
    path = f"touchpoints/{cast.till.pk}/"
    seen = lead.get(path)
    problem(lead.patch(path, {"name": "Cash desk"}), 428, "version-missing")
    commands.change_touchpoint(cast.till, name="Checkout", emotion=-1, actor=cast.executive)
    stale = problem(lead.patch(path, {"name": "Cash desk"}, If_Match=seen["ETag"]), 412, "stale")
    assert stale["current"]["name"] == "Checkout"
    base = seen.data["version"]
    refused = problem(lead.patch(path, {"name": "Cash desk", "base_version": base}), 409, "changed")
    assert "Checkout" in refused["detail"]
    assert (refused["version"], refused["current"]["name"]) == (base + 1, "Checkout")
    assert [each["field"] for each in refused["errors"]] == ["name"]
    merged = lead.patch(path, {"volume": 5, "base_version": base}).data
    assert (merged["name"], merged["emotion"], merged["volume"]) == ("Checkout", -1, 5)
    moved = lead.post(f"{path}move/", {"before": cast.receipt.pk}, If_Match=f'"{merged["version"]}-ab"')
    assert moved.status_code == 200
    problem(lead.post(f"{path}move/", {"stage": cast.use.pk}, If_Match=seen["ETag"]), 412, "stale")


def test_a_touchpoint_is_moved_to_where_it_is_wanted(cast: Cast, lead: Program) -> None:
    path = f"touchpoints/{cast.fault_line.pk}/move/"
    assert order(lead, cast) == [("Till", 1), ("Receipt", 2)]
    moved = lead.post(path, {"before": cast.receipt.pk}).data
    assert (moved["stage"], moved["before"], moved["after"]) == (cast.pay.pk, [cast.till.pk], [cast.receipt.pk])
    assert (order(lead, cast), told()) == (
        [("Till", 1), ("Fault line", 2), ("Receipt", 3)],
        ("touchpoint.placed", "Liam Lead"),
    )
    lead.post(path, {"after": cast.receipt.pk})
    assert [name for name, _step in order(lead, cast)] == ["Till", "Receipt", "Fault line"]
    beside = lead.post(path, {"beside": cast.till.pk}).data
    assert beside["step"] == order(lead, cast)[0][1], "an alternative has the same step"
    assert lead.post(path, {"stage": cast.pay.pk, "step": 7}).data["step"] == 7
    assert lead.post(path, {"stage": cast.use.pk}).data["stage"] == cast.use.pk
    problem(lead.post(path, {"stage": cast.use.pk, "before": cast.till.pk}), 422, "rule-broken")
    problem(lead.post(path, {"stage": cast.pay.pk, "step": 0}), 422, "rule-broken")
    (elsewhere,) = grow(cast, by=1, stages=1)
    problem(lead.post(path, {"stage": elsewhere.stages.get().pk}), 422, "rule-broken")
    commands.remove_stage(commands.add_stage(cast.journey, name="Gone", actor=None), actor=None)
    gone = cast.journey.stages.get(name="Gone")
    problem(lead.post(path, {"stage": gone.pk}), 422, "rule-broken")


def test_a_touchpoint_is_added_next_to_another(cast: Cast, lead: Program) -> None:
    lead.post("touchpoints/", {"name": "Wallet", "unit": cast.service.pk, "before": cast.receipt.pk})
    lead.post("touchpoints/", {"name": "App", "unit": cast.service.pk, "beside": cast.till.pk})
    assert order(lead, cast) == [("Till", 1), ("App", 1), ("Wallet", 2), ("Receipt", 3)]


def test_what_no_touchpoint_can_be_is_told_by_field(cast: Cast, lead: Program) -> None:
    good = {"name": "Desk", "unit": cast.service.pk, "stage": cast.pay.pk}
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["name", "unit"]),
        ({"name": "Desk", "unit": cast.service.pk}, ["stage"]),
        (good | {"stage": 999}, ["stage"]),
        (good | {"unit": 10**30}, ["unit"]),
        (good | {"system": 999}, ["system"]),
        (good | {"before": 999}, ["before"]),
        (good | {"step": 1, "before": cast.till.pk}, ["before"]),
        (good | {"lifecycle": "dead"}, ["lifecycle"]),
        (good | {"emotion": "good"}, ["emotion"]),
        (good | {"volume": 2**63}, ["volume"]),
        (good | {"channel": "x" * 51}, ["channel"]),
        (good | {"owner": cast.shops.pk}, ["owner"]),
    ]
    for body, fields in wrong:
        refused = problem(lead.post("touchpoints/", body), 400, "not-valid")
        assert sorted(each["field"] for each in refused["errors"]) == fields, body
    for against in ({"emotion": 3}, {"volume": -1}, {"step": 0}, {"step": 10**9}):
        assert problem(lead.post("touchpoints/", good | against), 422, "rule-broken")["next_step"], against
    assert not Touchpoint.objects.filter(name="Desk").exists()


def test_touchpoints_are_found_by_what_they_are(cast: Cast, lead: Program) -> None:
    grow(cast, by=1)
    system = commands.create_system("Cashbox", actor=cast.administrator)
    commands.change_touchpoint(
        cast.till, system=system, pain_point="A queue", visibility="backstage", actor=cast.administrator
    )
    Touchpoint.objects.filter(pk=cast.till.pk).update(external_id="T-1", unmatched_owner="Till Team")
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    for query in (
        f"id={cast.till.pk}",
        "name__contains=TIL",
        "external_id=T-1",
        f"unit={cast.service.pk}&channel=store",
        f"stage={cast.pay.pk}&step=1",
        "moment_of_truth=true",
        "volume__gte=12400&volume__lt=21000",
        f"system={system.pk}",
        "system__isnull=false",
        "pain_point__contains=queue",
        "claims=1",
        f"flags__gte=1&journey={cast.journey.pk}&claims__gt=0",
        f"emotion=0&owner__isnull=true&persona={cast.journey.persona_id}",
        "visibility=backstage",
        "lifecycle=live&unmatched_owner__startswith=till",
    ):
        assert names(lead, f"touchpoints/?{query}") == ["Till"], query


def test_touchpoints_are_found_by_who_owns_them(cast: Cast, lead: Program) -> None:
    owned = cast.compare_online.ownerships.get()
    commands.attest_ownership(owned, mine=True, actor=cast.online_lead)
    ends = clock.today() + timedelta(days=10)
    commands.call_for_owner(cast.compare_online, reason="Too much", ends_on=ends, actor=cast.online_lead)
    for query in (
        f"owner={cast.online.pk}",
        "owner_name__contains=ONLINE",
        f"accountable={cast.online_lead.pk}",
        "accountable_name__contains=olga",
        "owned_since__lte=2126-01-01T00:00:00Z&channel=web",
        "attested_at__isnull=false",
        "is_called=true",
        f"owner_unit={cast.retail.pk}&ordering=-volume,emotion&emotion__lte=0",
        f"disputed_at__isnull=true&owner__in={cast.online.pk}",
    ):
        assert names(lead, f"touchpoints/?{query}") == ["Compare online"], query


def test_several_are_added_and_changed_each_with_a_result(cast: Cast, lead: Program) -> None:
    good = {"name": "Desk", "unit": cast.service.pk, "stage": cast.pay.pk}
    items = [good, good | {"unit": 999}, good | {"emotion": 9}, good | {"name": "App", "beside": cast.till.pk}]
    answer = lead.post("touchpoints/bulk-create/", {"items": items})
    results = answer.data["results"]
    assert (answer.status_code, [each["status"] for each in results]) == (200, [201, 400, 422, 201])
    assert results[1]["problem"]["errors"][0]["field"] == "unit"
    assert order(lead, cast) == [("Till", 1), ("App", 1), ("Receipt", 2), ("Desk", 3)]
    version = lead.get(f"touchpoints/{cast.till.pk}/").data["version"]
    commands.change_touchpoint(cast.till, emotion=1, actor=cast.executive)
    items = [
        {"id": cast.till.pk, "volume": 7, "base_version": version},
        {"id": cast.till.pk, "emotion": 2, "base_version": version},
        {"id": 999, "emotion": 2, "base_version": None},
        {"id": results[0]["id"], "unit": cast.retail.pk, "base_version": None},
        {"id": results[3]["id"], "emotion": 2},
    ]
    results = lead.post("touchpoints/bulk-change/", {"items": items}).data["results"]
    assert [each["status"] for each in results] == [200, 409, 404, 403, 400]
    assert results[0]["version"] == version + 2
    assert Touchpoint.objects.get(pk=cast.till.pk).volume == 7
    problem(lead.post("touchpoints/bulk-change/", {"items": []}), 400, "not-valid")


def test_several_under_one_key_are_added_once(cast: Cast, lead: Program) -> None:
    body = {"items": [{"name": "Desk", "unit": cast.service.pk, "stage": cast.pay.pk}] * 2}
    first = lead.post("touchpoints/bulk-create/", body, Idempotency_Key="k-1")
    again = lead.post("touchpoints/bulk-create/", body, Idempotency_Key="k-1")
    assert first.data == again.data
    assert Touchpoint.objects.filter(name="Desk").count() == 2


def test_only_those_who_build_add_and_change(cast: Cast, program: Made) -> None:
    asks, path = program(cast.member), f"touchpoints/{cast.till.pk}/"
    good = {"name": "Desk", "unit": cast.service.pk, "stage": cast.pay.pk}
    for answer in (
        asks.post("touchpoints/", good),
        asks.patch(path, {"name": "Desk"}, If_Match="*"),
        asks.post(f"{path}move/", {"stage": cast.use.pk}),
        asks.post(f"{path}retire/"),
        asks.post("touchpoints/bulk-create/", {"items": [good]}),
        asks.post("touchpoints/bulk-change/", {"items": [{"id": cast.till.pk, "name": "Desk", "base_version": None}]}),
    ):
        assert "Leads" in problem(answer, 403, "not-allowed")["next_step"]
    problem(program(cast.executive, "read").post(f"{path}retire/"), 403, "not-allowed")
    problem(program(cast.executive, limits={"team": [1]}).get(path), 403, "not-allowed")


@pytest.mark.parametrize(
    "path",
    [
        "touchpoints/?limit=500&include=journey,stage,unit,owner,owner_unit,accountable",
        "crossings/?limit=500&include=journey,from_touchpoint,to_touchpoint,from_unit,from_department",
    ],
)
def test_statements_do_not_grow_with_the_lists(cast: Cast, program: Made, path: str) -> None:
    asks, counts, rows = program(cast.member, "read"), [], []
    asks.get("me/")  # notes that the token is used
    for more in (1, 4):
        grow(cast, by=more, owned=True)
        with CaptureQueriesContext(connection) as seen:
            rows.append(len(asks.get(path).data["items"]))
        counts.append(len(seen))
    assert rows[1] > 2 * rows[0]
    assert counts[0] == counts[1] <= 12
