"""Journeys over the API: personas, systems, journeys with their guests, and stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Journey, Stage
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation.commands import share

Made = Callable[..., Program]


@pytest.fixture
def lead(cast: Cast, program: Made) -> Program:
    """A program of somebody who builds journeys."""
    return program(cast.shops_lead)


@pytest.fixture
def invited(cast: Cast, program: Made) -> Program:
    """A program of a guest who sees one of two journeys."""
    grow(cast, by=1, owned=True)
    until = clock.today() + timedelta(days=3)
    share(Journey.NOUN, cast.journey.pk, guest=cast.guest, until=until, actor=cast.executive)
    return program(cast.guest)


def told() -> tuple[str, str]:
    """What was recorded last, and for whom it was done."""
    event = Event.objects.order_by("pk").last()
    assert event is not None
    assert event.actor is not None
    return event.kind, event.actor.name


def names(asks: Program, path: str) -> list[str]:
    return [each["name"] for each in asks.get(path).data["items"]]


def test_personas_and_systems_are_made_as_on_pages(cast: Cast, lead: Program) -> None:
    made = lead.post("personas/", {"name": "Otto, retires", "description": "Has time."})
    assert (made.status_code, told()) == (201, ("persona.created", "Liam Lead"))
    assert lead.get(made["Location"]).data == made.data
    assert names(lead, "personas/?description__contains=TIME") == ["Otto, retires"]
    assert names(lead, f"personas/?id={cast.journey.persona_id}&name__startswith=freya") == ["Freya, moves house"]
    problem(lead.post("personas/", {"name": "Otto, retires"}), 422, "rule-broken")
    system = lead.post("systems/", {"name": "Cashbox", "technology_owner": cast.care_lead.pk}).data
    assert (system["technology_owner"], system["version"]) == (cast.care_lead.pk, 2)
    path = f"systems/{system['id']}/technology-owner/"
    assert lead.post(path, {"person": None}).data["technology_owner"] is None
    assert told() == ("system.technology_owner_set", "Liam Lead")
    assert names(lead, "systems/?technology_owner__isnull=true&name=Cashbox") == ["Cashbox"]
    problem(lead.post(path, {"person": cast.leaver.pk}), 422, "rule-broken")
    refused = problem(lead.post(path, {"person": 999}), 400, "not-valid")
    assert [each["field"] for each in refused["errors"]] == ["person"]


def test_personas_and_systems_are_changed(cast: Cast, lead: Program, program: Made) -> None:
    persona = f"personas/{cast.journey.persona_id}/"
    changed = lead.patch(persona, {"name": " Freya, settled ", "description": "At home."}).data
    assert (changed["name"], changed["description"]) == ("Freya, settled", "At home.")
    assert told() == ("persona.changed", "Liam Lead")
    taken = lead.post("personas/", {"name": "Otto, retires"}).data["name"]
    assert taken in problem(lead.patch(persona, {"name": taken}), 422, "rule-broken")["detail"]
    problem(lead.patch(persona, {"name": ""}), 400, "not-valid")
    assert lead.post("undo/", {}).status_code == 200
    assert lead.get(persona).data["name"] == "Freya, moves house"
    system = lead.post("systems/", {"name": "Cashbox"})
    path = system["Location"]
    lead.post("systems/", {"name": "Web shop"})
    problem(lead.patch(path, {"name": "Till"}), 428, "version-missing")
    assert lead.patch(path, {"name": "Till"}, If_Match=system["ETag"]).data == {
        **system.data,
        "name": "Till",
        "version": 2,
    }
    assert told() == ("system.renamed", "Liam Lead")
    problem(lead.patch(path, {"name": "Register"}, If_Match=system["ETag"]), 412, "stale")
    late = problem(lead.patch(path, {"name": "Register", "base_version": 1}), 409, "changed")
    assert (late["current"]["name"], late["errors"][0]["field"]) == ("Till", "name")
    problem(lead.patch(path, {"name": "Web shop", "base_version": 2}), 422, "rule-broken")
    assert lead.post("undo/", {}).data["done"] == "The system is called “Cashbox” again."
    for one, headers in ((persona, {}), (path, {"If_Match": "*"})):
        assert problem(program(cast.member).patch(one, {"name": "X"}, **headers), 403, "not-allowed")["next_step"]
        problem(program(cast.shops_lead, scope="read").patch(one, {"name": "X"}, **headers), 403, "not-allowed")
        problem(program(cast.guest).patch(one, {"name": "X"}, **headers), 404, "unknown")


def test_a_removed_stage_comes_back_to_where_it_stood(cast: Cast, lead: Program, program: Made) -> None:
    here = f"stages/?journey={cast.journey.pk}"
    stage = commands.add_stage(cast.journey, name="Wrap", actor=cast.executive)
    commands.move_stage(stage, before=cast.pay, actor=cast.executive)
    path = f"stages/{stage.pk}/"
    problem(lead.post(f"{path}restore/"), 422, "rule-broken")
    assert lead.call("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    problem(program(cast.member).post(f"{path}restore/"), 403, "not-allowed")
    problem(program(cast.guest).post(f"{path}restore/"), 404, "unknown")
    assert lead.post(f"{path}restore/").data["name"] == "Wrap"
    assert told() == ("stage.restored", "Liam Lead")
    assert names(lead, here) == ["Notice", "Choose", "Wrap", "Pay", "Use"]
    problem(lead.post("stages/1000000/restore/"), 404, "unknown")


def test_a_journey_lives_its_life_over_the_api(cast: Cast, lead: Program) -> None:
    made = lead.post("journeys/", {"name": "Returning it", "state": "future", "accountable": cast.executive.pk})
    assert (made.status_code, told()) == (201, ("journey.created", "Liam Lead"))
    assert (made.data["accountable_name"], made.data["live"], made.data["flags"]) == ("Eve Executive", 0, 0)
    path = f"journeys/{made.data['id']}/"
    changed = lead.patch(path, {"name": "Returning", "persona": cast.journey.persona_id}, If_Match=made["ETag"])
    assert (changed.data["name"], changed.data["persona"]) == ("Returning", cast.journey.persona_id)
    assert told() == ("journey.changed", "Liam Lead")
    assert lead.post(f"{path}archive/").data["archived_at"]
    assert told() == ("journey.archived", "Liam Lead")
    problem(lead.post(f"{path}archive/"), 422, "rule-broken")
    assert names(lead, "journeys/?archived_at__isnull=false") == ["Returning"]
    assert lead.post(f"{path}restore/").data["archived_at"] is None


def test_a_change_of_a_journey_says_for_which_version(cast: Cast, lead: Program) -> None:
    path = f"journeys/{cast.journey.pk}/"
    problem(lead.patch(path, {"name": "Coffee"}), 428, "version-missing")
    tag, version = lead.get(path)["ETag"], lead.get(path).data["version"]
    commands.change_journey(cast.journey, name="Tea", actor=cast.executive)
    assert problem(lead.patch(path, {"name": "Coffee"}, If_Match=tag), 412, "stale")["current"]["name"] == "Tea"
    stale = problem(lead.patch(path, {"name": "Coffee", "base_version": version}), 409, "changed")
    assert "Eve Executive" in stale["detail"]
    assert "Tea" in stale["detail"]
    assert (stale["current"]["name"], stale["errors"][0]["field"]) == ("Tea", "name")
    merged = lead.patch(path, {"description": "All of it.", "base_version": version}).data
    assert (merged["name"], merged["description"]) == ("Tea", "All of it.")
    problem(lead.post(f"{path}archive/", If_Match=tag), 412, "stale")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "Ok", "state": "past"}, "state"),
        ({"name": "Ok", "persona": 999}, "persona"),
        ({"name": "Ok", "accountable": "me"}, "accountable"),
        ({"name": "Ok", "version": 1}, "version"),
    ],
)
def test_what_no_journey_can_be_is_told_by_field(lead: Program, body: dict[str, Any], field: str) -> None:
    refused = problem(lead.post("journeys/", body), 400, "not-valid")
    assert [each["field"] for each in refused["errors"]] == [field]


def test_journeys_are_found_by_what_they_are(cast: Cast, lead: Program) -> None:
    grow(cast, by=2)
    Journey.objects.filter(pk=cast.journey.pk).update(external_id="J-1", description="With milk.")
    coffee = [cast.journey.name]
    assert names(lead, f"journeys/?persona={cast.journey.persona_id}") == coffee
    assert names(lead, f"journeys/?accountable={cast.executive.pk}&accountable_name__contains=eve") == coffee
    assert names(lead, "journeys/?external_id=J-1&description__contains=milk") == coffee
    assert names(lead, f"journeys/?id={cast.journey.pk}&name__contains=coffee&state=current") == coffee
    assert names(lead, "journeys/?owned__gte=1&unowned=3&live__lte=6") == coffee
    assert names(lead, "journeys/?flags=3") == coffee
    assert names(lead, "journeys/?persona__isnull=true&ordering=-name") == ["Journey 2", "Journey 1"]
    page = lead.get(f"journeys/{cast.journey.pk}/?fields=name&include=persona,accountable").data
    assert page["included"]["personas"][str(cast.journey.persona_id)]["name"] == "Freya, moves house"
    assert page["included"]["people"][str(cast.executive.pk)]["name"] == "Eve Executive"


def test_a_journey_is_shared_with_a_guest_until_a_day(cast: Cast, lead: Program, program: Made) -> None:
    path, guest = f"journeys/{cast.journey.pk}/", program(cast.guest, "read")
    problem(guest.get(path), 404, "unknown")
    until = clock.today() + timedelta(days=3)
    shared = lead.post(f"{path}share/", {"guest": cast.guest.pk, "until": until.isoformat()})
    assert [(each["guest"], each["until"]) for each in shared.data["items"]] == [(cast.guest.pk, until.isoformat())]
    assert told() == ("share.started", "Liam Lead")
    assert guest.get(path).status_code == 200
    later = (until + timedelta(days=1)).isoformat()
    lead.post(f"{path}change-share/", {"guest": cast.guest.pk, "until": later})
    assert lead.get(f"{path}shares/").data["items"][0]["until"] == later
    problem(lead.get(f"{path}shares/?fields=name"), 400, "not-valid")
    problem(lead.post(f"{path}share/", {"guest": cast.member.pk, "until": later}), 422, "rule-broken")
    problem(lead.post(f"{path}share/", {"guest": cast.guest.pk, "until": "2020-01-01"}), 422, "rule-broken")
    assert lead.post(f"{path}unshare/", {"guest": cast.guest.pk}).data["items"] == []
    problem(guest.get(path), 404, "unknown")
    refused = problem(lead.post(f"{path}unshare/", {"guest": cast.guest.pk}), 400, "not-valid")
    assert refused["errors"][0]["value"] == cast.guest.pk


def test_stages_are_added_named_moved_and_removed(cast: Cast, lead: Program) -> None:
    here = f"stages/?journey={cast.journey.pk}"
    made = lead.post("stages/", {"journey": cast.journey.pk, "name": "Repair"})
    assert (made.status_code, told()) == (201, ("stage.added", "Liam Lead"))
    assert names(lead, here) == ["Notice", "Choose", "Pay", "Use", "Repair"]
    path = f"stages/{made.data['id']}/"
    assert lead.patch(path, {"name": "Return"}, If_Match=made["ETag"]).data["name"] == "Return"
    problem(lead.patch(path, {"name": "Send back", "base_version": 1}), 409, "changed")
    problem(lead.patch(path, {"name": "pay"}, If_Match="*"), 422, "rule-broken")
    lead.post(f"{path}move/", {"before": cast.choose.pk})
    assert (names(lead, here), told()) == (["Notice", "Return", "Choose", "Pay", "Use"], ("stage.moved", "Liam Lead"))
    lead.post(f"{path}move/", {"after": cast.choose.pk, "before": cast.notice.pk})
    assert names(lead, here) == ["Notice", "Choose", "Return", "Pay", "Use"], "after wins"
    problem(lead.call("DELETE", path), 428, "version-missing")
    problem(lead.call("DELETE", path, headers={"If-Match": made["ETag"]}), 412, "stale")
    assert lead.call("DELETE", path, headers={"If-Match": lead.get(path)["ETag"]}).status_code == 204
    assert told() == ("stage.removed", "Liam Lead")
    problem(lead.get(path), 404, "unknown")
    full = problem(lead.call("DELETE", f"stages/{cast.pay.pk}/", headers={"If-Match": "*"}), 422, "rule-broken")
    assert "still holds 2 touchpoints" in full["detail"]


def test_stages_are_found_by_what_they_are(cast: Cast, lead: Program) -> None:
    assert names(lead, "stages/?unowned__gte=1&ordering=-position") == ["Use", "Pay", "Choose"]
    assert names(lead, f"stages/?position=1&name__in=Notice,Pay&id__in={cast.notice.pk},{cast.pay.pk}") == ["Notice"]
    assert names(lead, "stages/?live=2&owned=1") == ["Choose", "Pay"]
    page = lead.get(f"stages/{cast.pay.pk}/?include=journey").data
    assert page["included"]["journeys"][str(cast.journey.pk)]["name"] == cast.journey.name


@pytest.mark.parametrize("path", ["personas/", "journeys/?include=persona,accountable", "stages/?include=journey"])
def test_statements_do_not_grow_with_the_lists(cast: Cast, program: Made, path: str) -> None:
    asks, counts, rows = program(cast.member, "read"), [], []
    asks.get("me/")  # notes that the token is used
    for more in (0, 12):
        for journey in grow(cast, by=more, stages=1, touchpoints=1, owned=True):
            persona = commands.create_persona(f"Persona {journey.pk}", actor=cast.administrator)
            commands.change_journey(journey, persona=persona, accountable=cast.member, actor=cast.administrator)
        with CaptureQueriesContext(connection) as seen:
            rows.append(len(asks.get(path).data["items"]))
        counts.append(len(seen))
    assert rows[1] == rows[0] + 12
    assert counts[0] == counts[1] <= 4


def test_a_guest_sees_the_journeys_shared_with_them_and_nothing_of_the_house(cast: Cast, invited: Program) -> None:
    commands.create_persona("Otto, retires", description="Ours", actor=cast.administrator)
    Journey.objects.filter(pk=cast.journey.pk).update(external_id="J-1")
    listed = invited.get("journeys/?include=persona").data
    assert [each["name"] for each in listed["items"]] == [cast.journey.name]
    one = listed["items"][0]
    assert (one["live"], one["owned"], one["accountable_name"]) == (6, 3, "Eve Executive")
    assert (one["flags"], one["external_id"], one["accountable"]) == (None, None, None)
    assert [each["name"] for each in listed["included"]["personas"].values()] == ["Freya, moves house"]
    for query in ("flags__gte=0", "external_id=J-1", f"accountable={cast.executive.pk}"):
        assert names(invited, f"journeys/?{query}") == [], query
    assert names(invited, "personas/") == ["Freya, moves house"]
    assert names(invited, "stages/") == ["Notice", "Choose", "Pay", "Use"]
    other = Stage.objects.exclude(journey=cast.journey).latest("pk")
    for path in (f"journeys/{other.journey_id}/", f"stages/{other.pk}/", "systems/", "crossings/"):
        problem(invited.get(path), 404, "unknown")
    refused = problem(invited.get("journeys/?include=accountable"), 400, "not-valid")
    assert refused["errors"][0]["next_step"] == "Known are: persona."


def test_a_guest_changes_nothing_and_shares_nothing(cast: Cast, invited: Program) -> None:
    path = f"journeys/{cast.journey.pk}/"
    before = Event.objects.count()
    problem(invited.patch(path, {"name": "Ours"}, If_Match="*"), 404, "unknown")
    problem(invited.post(f"{path}archive/"), 404, "unknown")
    problem(invited.post("stages/", {"journey": cast.journey.pk, "name": "Ours"}), 404, "unknown")
    problem(invited.get(f"{path}shares/"), 404, "unknown")
    assert Event.objects.count() == before


def test_a_member_is_told_who_could(cast: Cast, program: Made) -> None:
    asks = program(cast.member)
    for method, path, body in (
        ("POST", "journeys/", {"name": "Mine"}),
        ("PATCH", f"journeys/{cast.journey.pk}/", {"name": "Mine"}),
        ("DELETE", f"stages/{cast.pay.pk}/", None),
        ("GET", f"journeys/{cast.journey.pk}/shares/", None),
    ):
        refused = problem(asks.call(method, path, body, {"If-Match": "*"}), 403, "not-allowed")
        assert "executives and administrators" in refused["next_step"], path


def test_whoever_is_accountable_for_a_journey_shares_it(cast: Cast, program: Made) -> None:
    commands.change_journey(cast.journey, accountable=cast.member, actor=cast.executive)
    path, until = f"journeys/{cast.journey.pk}/", (clock.today() + timedelta(days=3)).isoformat()
    shared = program(cast.member).post(f"{path}share/", {"guest": cast.guest.pk, "until": until})
    assert [each["guest"] for each in shared.data["items"]] == [cast.guest.pk]
