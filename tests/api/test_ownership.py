"""Ownership over the API: what is done at a touchpoint, and who owned what and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Claim, Ownership, OwnershipCall
from journeys.queries.directory import directory
from journeys.queries.past import owned_on, past_rows
from tests.api.doing import done, ids
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from tests.journeys.reading import current, owner
from workspace import clock
from workspace.activity.models import Event

Made = Callable[..., Program]
LISTS = ("ownerships/", "claims/", "calls/", "handoffs/", "coverage/")
START = datetime(2031, 3, 1, 12, tzinfo=UTC)


def test_a_claim_in_ones_own_unit_owns_at_once(cast: Cast, program: Made) -> None:
    asks = program(cast.shops_lead)
    body = {"department": cast.shops.pk, "reason": "Ours.", "at_once": True}
    made = asks.post(f"touchpoints/{cast.ask_a_seller.pk}/claim/", body)
    assert (made.status_code, made.data["state"], made.data["who_decides"]) == (201, "accepted", None)
    assert (made.data["reason"], made.data["claimed_by"]) == ("Ours.", cast.shops_lead.pk)
    assert owner(cast.ask_a_seller) == cast.shops
    read = asks.get(made["Location"])
    assert (read.data, read["ETag"]) == (made.data, made["ETag"])
    assert Event.objects.filter(kind="ownership.started").latest("pk").actor_id == cast.shops_lead.pk


def test_another_claim_waits_and_says_for_whom_and_until_when(cast: Cast, program: Made) -> None:
    asks, path = program(cast.shops_lead), f"touchpoints/{cast.till.pk}/claim/"
    problem(asks.post(path, {"department": cast.shops.pk, "at_once": True}), 409, "changed")
    made, kinds = done(lambda: asks.post(path, {"department": cast.shops.pk, "at_once": False}), 201)
    assert (made["state"], made["who_decides"]) == ("waiting", "the head of Service, or an executive")
    claim = Claim.objects.get(pk=made["id"])
    assert (made["due_on"], made["denied_on"]) == (claim.due_on.isoformat(), claim.denied_on.isoformat())
    assert kinds[0] == "claim.made"
    told = problem(asks.post(path, {"department": cast.shops.pk}), 422, "rule-broken")
    assert told["next_step"]
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    assert asks.get(f"claims/{made['id']}/").data["who_decides"] == "an executive"


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("claim", {}, "department"),
        ("claim", {"department": 99999}, "department"),
        ("claim", {"department": "theirs", "colour": "red"}, "colour"),
        ("claim", {"department": "theirs", "reason": "x" * 2001}, "reason"),
        ("release", {"reason": ""}, "reason"),
        ("accountable-person", {"person": 99999}, "person"),
        ("attest", {"mine": "perhaps"}, "mine"),
        ("call", {"reason": "Away.", "ends_on": "soon"}, "ends_on"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(
    cast: Cast, program: Made, action: str, body: dict[str, Any], field: str
) -> None:
    if body.get("department") == "theirs":
        body = body | {"department": cast.billing.pk}
    told = problem(program(cast.billing_lead).post(f"touchpoints/{cast.receipt.pk}/{action}/", body), 400, "not-valid")
    assert [each["field"] for each in told["errors"]] == [field]
    assert owner(cast.receipt) == cast.billing


def test_ownership_is_assigned_handed_over_named_and_given_up(cast: Cast, program: Made) -> None:
    head, executive = program(cast.service_head), program(cast.executive)
    till = f"touchpoints/{cast.till.pk}/"
    given = {"department": cast.billing.pk, "person": cast.billing_lead.pk, "reason": "Yours."}
    _told, kinds = done(lambda: head.post(f"{till}assign/", given))
    assert kinds[0] == "ownership.started"
    problem(head.post(f"{till}assign/", given), 422, "rule-broken")
    assert (owner(cast.till), current(cast.till).person) == (cast.billing, cast.billing_lead)
    _told, kinds = done(lambda: head.post(f"{till}accountable-person/", {"person": None}))
    assert (kinds[0], current(cast.till).person) == ("ownership.person_set", None)
    problem(head.post(f"{till}accountable-person/", {"person": cast.guest.pk}), 422, "rule-broken")
    problem(head.post(f"{till}transfer/", {"department": cast.shops.pk}), 403, "not-allowed")
    _told, kinds = done(lambda: executive.post(f"{till}transfer/", {"department": cast.shops.pk}))
    assert (kinds[0], owner(cast.till)) == ("ownership.transferred", cast.shops)
    told, kinds = done(lambda: executive.post(f"{till}release/", {"reason": "Nobody's."}))
    assert (kinds[0], owner(cast.till), told["id"]) == ("ownership.released", None, cast.till.pk)


def test_an_owner_from_outside_is_approved(cast: Cast, program: Made) -> None:
    commands.release_ownership(cast.receipt, reason="Moved.", actor=cast.billing_lead)
    commands.assign_ownership(cast.receipt, department=cast.shops, actor=None)
    path, head = f"touchpoints/{cast.receipt.pk}/approve-owner/", program(cast.service_head)
    problem(head.post(path, {"owner": cast.online.pk}), 409, "changed")
    _told, kinds = done(lambda: head.post(path, {"owner": cast.shops.pk}))
    assert kinds[0] == "ownership.outside_approved"
    assert current(cast.receipt).outside_approved_by == cast.service_head


def test_whether_it_is_still_theirs_is_answered(cast: Cast, program: Made) -> None:
    asks, held = program(cast.billing_lead), current(cast.receipt)
    path = f"touchpoints/{cast.receipt.pk}/attest/"
    told, kinds = done(lambda: asks.post(path, {"mine": True}))
    assert (told["id"], bool(told["attested_at"]), kinds[0]) == (held.pk, True, "ownership.attested")
    seen = asks.get(f"ownerships/{held.pk}/")
    told, kinds = done(
        lambda: asks.post(f"ownerships/{held.pk}/dispute/", {"reason": "Care's."}, If_Match=seen["ETag"])
    )
    assert (bool(told["disputed_at"]), kinds[0], owner(cast.receipt)) == (True, "ownership.disputed", cast.billing)
    late = asks.post(f"ownerships/{held.pk}/attest/", If_Match=seen["ETag"])
    assert problem(late, 412, "stale")["current"]["disputed_at"] == told["disputed_at"]
    told, _kinds = done(lambda: asks.post(f"ownerships/{held.pk}/attest/"))
    assert told["disputed_at"] is None
    other = {"mine": True, "ownership": current(cast.shop_window).pk}
    problem(asks.post(path, other), 422, "rule-broken")
    problem(asks.post(f"ownerships/{current(cast.shop_window).pk}/attest/"), 403, "not-allowed")


def test_several_are_answered_each_for_itself(cast: Cast, program: Made) -> None:
    asks = program(cast.billing_lead)
    ours, theirs = current(cast.receipt), current(cast.shop_window)
    (read,) = asks.get(f"ownerships/?touchpoint={cast.receipt.pk}&fields=id,version").data["items"]
    answer = asks.post("ownerships/bulk-attest/", {"items": [read, {"id": theirs.pk}, {"id": 99999}, {}]})
    assert [one["status"] for one in answer.data["results"]] == [200, 403, 404, 400]
    assert answer.data["results"][0]["version"] > read["version"]
    late = asks.post("ownerships/bulk-dispute/", {"items": [{**read, "reason": "Care's."}]})
    assert [one["status"] for one in late.data["results"]] == [409]
    _told, kinds = done(
        lambda: asks.post("ownerships/bulk-dispute/", {"items": [{"id": ours.pk, "reason": "Care's."}]})
    )
    assert kinds[0] == "ownership.disputed"


def test_what_is_to_be_confirmed_is_found(cast: Cast, program: Made) -> None:
    with clock.at(clock.now() + timedelta(days=170)):
        commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead)
        asks = program(cast.billing_lead, "read")
        due = sorted(current(touchpoint).pk for touchpoint in (cast.shop_window, cast.compare_online))
        assert ids(asks.get("ownerships/?to_confirm=true")) == due
        assert ids(asks.get("ownerships/?to_confirm=false&current=true")) == [current(cast.receipt).pk]


def test_another_owner_is_called_for(cast: Cast, program: Made) -> None:
    asks = program(cast.billing_lead)
    made, kinds = done(lambda: asks.post(f"touchpoints/{cast.receipt.pk}/call/", {"reason": "Too much."}), 201)
    assert (kinds[0], made["state"]) == ("call.made", "open")
    assert made["ends_on"] == (clock.today() + timedelta(days=14)).isoformat()
    assert ids(asks.get(f"calls/?state=open&department={cast.billing.pk}&touchpoint={cast.receipt.pk}")) == [made["id"]]
    problem(program(cast.online_lead).post(f"calls/{made['id']}/withdraw/"), 403, "not-allowed")
    told, kinds = done(lambda: asks.post(f"calls/{made['id']}/withdraw/"))
    assert (told["state"], bool(told["ended_at"]), kinds[0]) == ("withdrawn", True, "call.withdrawn")
    problem(asks.post(f"calls/{made['id']}/withdraw/"), 422, "rule-broken")
    assert OwnershipCall.objects.get().state == "withdrawn"


def test_every_filter_of_ownerships(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    window, online, receipt = (current(t).pk for t in (cast.shop_window, cast.compare_online, cast.receipt))
    commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.service_head)
    commands.attest_ownership(current(cast.shop_window), mine=True, actor=cast.shops_lead)
    new = current(cast.receipt).pk
    claims = dict(Ownership.objects.values_list("pk", "claim"))
    early, late = "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
    everything = sorted([window, online, receipt, new])
    expected = {
        "current=true": sorted([window, online, new]),
        "current=false": [receipt],
        f"id__in={window},{new}": sorted([window, new]),
        f"touchpoint={cast.receipt.pk}": sorted([receipt, new]),
        f"journey={cast.journey.pk}": everything,
        "journey=99999": [],
        f"unit={cast.service.pk}": sorted([receipt, new]),
        f"department={cast.shops.pk}": [window],
        "type=accountable": everything,
        "type__in=informed,consulted": [],
        f"person={cast.billing_lead.pk}": [receipt],
        "person__isnull=true": [new],
        f"held_from__gte={late}": [],
        f"held_until__lte={late}": [receipt],
        f"approved_by={cast.service_head.pk}": [new],
        "outside_approved=true": [],
        "outside_approved_by__isnull=true": everything,
        f"claim={claims[receipt]}": [receipt],
        f"attested_at__gte={early}": [window],
        "disputed_at__isnull=false": [],
    }
    assert {query: ids(asks.get(f"ownerships/?{query}")) for query in expected} == expected
    told = problem(asks.get("ownerships/?colour=red"), 400, "not-valid")
    assert "as_of" in told["next_step"]
    along = asks.get(f"ownerships/?id={window}&include=touchpoint,journey,department,unit,person").data["included"]
    assert along["touchpoints"][str(cast.shop_window.pk)]["name"] == "Shop window"


def test_what_held_on_a_day_is_what_the_page_of_that_day_shows(cast: Cast, program: Made) -> None:
    with clock.at(START):
        commands.assign_ownership(cast.till, department=cast.billing, person=cast.billing_lead, actor=cast.executive)
    with clock.at(START + timedelta(days=1)):
        commands.set_accountable_person(cast.till, person=None, actor=cast.billing_lead)
    with clock.at(START + timedelta(days=2)):
        commands.transfer_ownership(cast.till, department=cast.care, actor=cast.service_head)
    with clock.at(START + timedelta(days=5)):
        asks, known = program(cast.member, "read"), directory()
        for number in range(-1, 6):
            day = START.date() + timedelta(days=number)
            shown = {row.ownership.pk: row.person for row in past_rows(owned_on(day), day, known)}
            told = asks.get(f"ownerships/?as_of={day}&include=person").data
            names = {pk: person["name"] for pk, person in told.get("included", {}).get("people", {}).items()}
            assert {one["id"]: names.get(str(one["person"]), "") for one in told["items"]} == shown
        moment = (START + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        (held,) = asks.get(f"ownerships/?as_of={moment}&touchpoint={cast.till.pk}&fields=person,department").data[
            "items"
        ]
        assert held == {"person": cast.billing_lead.pk, "department": cast.billing.pk}
        before = (START - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert asks.get(f"ownerships/?as_of={before}&touchpoint={cast.till.pk}").data["items"] == []
        for wrong in ("2031-13-01", "2031-03-01T12:00:00", "2031-03-07", "2131-03-01T12:00:00Z", "yesterday"):
            told = problem(asks.get(f"ownerships/?as_of={wrong}"), 400, "not-valid")
            assert [(each["field"], each["value"]) for each in told["errors"]] == [("as_of", wrong)]
        problem(asks.get("ownerships/?as_of=0001-01-01T00:00:00%2B14:00"), 400, "not-valid")


def test_lists_cost_as_many_statements_whatever_their_length(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    counts: list[dict[str, int]] = []
    asks.get("me/")  # notes that the token is used
    include = "include=department,touchpoint,journey,unit"
    paths = [
        f"ownerships/?{include},person,approved_by",
        f"ownerships/?as_of={clock.today()}",
        f"claims/?{include},claimed_by",
        f"calls/?{include},made_by",
        "handoffs/?include=from_department,to_department,from_touchpoint,to_touchpoint",
        "coverage/",
        f"coverage/?until={clock.today()}",
    ]
    commands.note_coverage(clock.today())
    for size in (1, 4):
        for journey in grow(cast, by=size, touchpoints=2, owned=True):
            for stage in journey.stages.all():
                first, second = stage.touchpoints.order_by("pk")
                commands.propose_handoff(cast.crossing(first, second), what="It", actor=cast.billing_lead)
                commands.claim_touchpoint(first, department=cast.online, actor=cast.online_lead)
                until = clock.today() + timedelta(days=9)
                commands.call_for_owner(second, reason="Away.", ends_on=until, actor=cast.billing_lead)
        counts.append({})
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                assert asks.get(path).data["items"]
            counts[-1][path.partition("&")[0]] = len(seen)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) <= 14, counts


def test_guests_find_nothing_of_it(cast: Cast, program: Made) -> None:
    asks = program(cast.guest)
    for path in LISTS:
        problem(asks.get(path), 404, "unknown")
    problem(asks.post(f"touchpoints/{cast.till.pk}/claim/", {"department": cast.shops.pk}), 404, "unknown")
