"""People over the API: added, changed, seen off, let in again and erased, by the commands of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from journeys.models import Ownership
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import AnsweredRequest, DepartmentLead, Person, Token

Made = Callable[..., Program]
NEW = {"email": "Nia@Example.com", "name": "Nia New", "job_title": "Writer", "time_zone": "Europe/Berlin"}


@pytest.fixture
def admin(cast: Cast, program: Made) -> Program:
    """A program of the administrator that may administer."""
    return program(cast.administrator, "admin")


def test_somebody_is_added_and_cannot_sign_in_yet(cast: Cast, admin: Program) -> None:
    made = admin.post("people/", NEW | {"department": cast.shops.pk, "role": "executive"})
    assert made.status_code == 201
    assert admin.get(made["Location"]).data == made.data
    told = {"email": "nia@example.com", "department": cast.shops.pk, "role": "executive", "job_title": "Writer"}
    assert told.items() <= made.data.items()
    person = Person.objects.get(pk=made.data["id"])
    assert (person.has_usable_password(), person.invitations.count()) == (False, 0)
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id, event.actor_id) == ("person.created", person.pk, cast.administrator.pk)


def test_what_nobody_can_be_added_with_is_told(cast: Cast, admin: Program) -> None:
    wrong: list[dict[str, Any]] = [
        {"email": "nobody"},
        {"name": " "},
        {"role": "king"},
        {"department": 999999},
        {"password": "secret"},
    ]
    for field in wrong:
        problem(admin.post("people/", NEW | field), 400, "not-valid")
    problem(admin.post("people/", {"name": "Nia"}), 400, "not-valid")
    taken = problem(admin.post("people/", NEW | {"email": "MIA@example.com"}), 422, "rule-broken")
    assert "mia@example.com" in taken["detail"]
    assert (
        "Mars/Olympus"
        in problem(admin.post("people/", NEW | {"time_zone": "Mars/Olympus"}), 422, "rule-broken")["detail"]
    )
    commands.archive_department(cast.care, actor=cast.administrator)
    problem(admin.post("people/", NEW | {"department": cast.care.pk}), 422, "rule-broken")
    assert not Person.objects.filter(email="nia@example.com").exists()


def test_a_person_is_changed_for_the_version_that_was_read(cast: Cast, admin: Program) -> None:
    path = f"people/{cast.member.pk}/"
    problem(admin.patch(path, {"name": "Mia"}), 428, "version-missing")
    tag = admin.get(path)["ETag"]
    changed = admin.patch(path, {"name": "Mia May", "department": None, "time_zone": "Asia/Tokyo"}, If_Match=tag)
    assert changed.status_code == 200
    told = {"name": "Mia May", "department": None, "time_zone": "Asia/Tokyo", "job_title": ""}
    assert told.items() <= changed.data.items()
    stale = problem(admin.patch(path, {"name": "Mia"}, If_Match=tag), 412, "stale")
    assert stale["current"]["name"] == "Mia May"
    problem(admin.patch(path, {"email": "mia@example.org"}, If_Match="*"), 400, "not-valid")
    problem(admin.patch(path, {"name": ""}, If_Match="*"), 400, "not-valid")
    problem(admin.patch(path, {"time_zone": "Nowhere"}, If_Match="*"), 422, "rule-broken")


def test_changes_of_other_fields_stand_together(cast: Cast, admin: Program) -> None:
    path = f"people/{cast.member.pk}/"
    base = admin.get(path).data["version"]
    commands.change_person(cast.member, job_title="Editor", actor=cast.administrator)
    merged = admin.patch(path, {"name": "Mia May", "base_version": base})
    assert (merged.data["name"], merged.data["job_title"]) == ("Mia May", "Editor")
    told = problem(admin.patch(path, {"job_title": "Author", "base_version": base}), 409, "changed")
    assert told["version"] == merged.data["version"]
    problem(admin.patch(path, {"job_title": "Author", "base_version": 99}), 409, "changed")
    commands.set_role(cast.member, role="executive", actor=cast.administrator)
    problem(admin.post(f"{path}role/", {"role": "member", "base_version": base}), 409, "changed")
    assert admin.post(f"{path}email/", {"email": "mia@example.org", "base_version": base}).status_code == 200


def test_address_and_role_are_steps(cast: Cast, admin: Program, program: Made) -> None:
    path = f"people/{cast.billing_lead.pk}/"
    assert admin.post(f"{path}email/", {"email": "Bela@Example.org"}).data["email"] == "bela@example.org"
    problem(admin.post(f"{path}email/", {"email": "mia@example.com"}), 422, "rule-broken")
    problem(admin.post(f"{path}email/", {"email": "bela"}), 400, "not-valid")
    before = admin.get(f"{path}consequences/?of=become-guest").data["items"]
    assert "leaderless" in [each["code"] for each in before]
    guest = admin.post(f"{path}role/", {"role": "guest"})
    assert guest.data["role"] == "guest"
    assert not DepartmentLead.objects.filter(person=cast.billing_lead).exists()
    own = f"people/{cast.administrator.pk}/role/"
    problem(admin.post(own, {"role": "executive"}), 403, "not-allowed")
    assert "last administrator" in problem(admin.post(own, {"role": "member"}), 422, "rule-broken")["detail"]
    problem(admin.post(f"{path}role/", {"role": "king"}), 400, "not-valid")


def test_one_names_ones_own_delegate_and_an_administrator_anybodys(cast: Cast, admin: Program, program: Made) -> None:
    path, mia = f"people/{cast.member.pk}/", program(cast.member)
    named = mia.post(f"{path}delegate/", {"delegate": cast.other_member.pk})
    assert (named.status_code, named.data["delegate"]) == (200, cast.other_member.pk)
    circle = admin.post(f"people/{cast.other_member.pk}/delegate/", {"delegate": cast.member.pk})
    assert "Omar Other → Mia Member → Omar Other" in problem(circle, 422, "rule-broken")["detail"]
    problem(mia.post(f"{path}delegate/", {"delegate": cast.guest.pk}), 422, "rule-broken")
    problem(mia.post(f"{path}delegate/", {"delegate": cast.leaver.pk}), 422, "rule-broken")
    problem(mia.post(f"{path}delegate/", {}), 400, "not-valid")
    theirs = f"people/{cast.other_member.pk}/delegate/"
    problem(mia.post(theirs, {"delegate": None}), 403, "not-allowed")
    asked = problem(program(cast.administrator).post(theirs, {"delegate": None}), 403, "not-allowed")
    assert "admin" in asked["detail"]
    problem(program(cast.member, "read").post(f"{path}delegate/", {"delegate": None}), 403, "not-allowed")
    assert admin.post(theirs, {"delegate": cast.care_lead.pk}).data["delegate"] == cast.care_lead.pk
    assert mia.post(f"{path}delegate/", {"delegate": None}, If_Match=mia.get(path)["ETag"]).data["delegate"] is None


def test_what_comes_of_leaving_is_told_before_and_taken_over_with_it(cast: Cast, admin: Program) -> None:
    path = f"people/{cast.billing_lead.pk}/"
    alone = {each["code"]: each["tone"] for each in admin.get(f"{path}consequences/").data["items"]}
    assert alone["leaderless"] == "bad"
    handed = admin.get(f"{path}consequences/?to={cast.member.pk}&with_leads=true")
    assert {each["code"]: each["tone"] for each in handed.data["items"]}["leads"] == "good"
    gone = admin.post(f"{path}deactivate/", {"to": cast.member.pk, "with_leads": True}, If_Match=handed["ETag"])
    assert (gone.status_code, gone.data["is_active"]) == (200, False)
    assert DepartmentLead.objects.get(department=cast.billing).person_id == cast.member.pk
    problem(admin.get(f"{path}consequences/?of=become-guest&to={cast.member.pk}"), 400, "not-valid")
    problem(admin.get(f"{path}consequences/?of=fire"), 400, "not-valid")
    problem(admin.get(f"{path}consequences/?to=999999"), 400, "not-valid")


def test_whoever_is_deactivated_is_out_and_can_be_let_in_again(cast: Cast, admin: Program, program: Made) -> None:
    path, mia = f"people/{cast.member.pk}/", program(cast.member)
    tag = admin.get(path)["ETag"]
    assert admin.post(f"{path}deactivate/").data["is_active"] is False
    problem(mia.get("me/"), 401, "not-signed-in")
    assert not Token.objects.filter(person=cast.member, revoked_at__isnull=True).exists()
    problem(admin.post(f"{path}reactivate/", If_Match=tag), 412, "stale")
    assert admin.post(f"{path}reactivate/").data["is_active"] is True
    last = problem(admin.post(f"people/{cast.administrator.pk}/deactivate/"), 422, "rule-broken")
    assert "last administrator" in last["detail"]
    problem(admin.post(f"{path}deactivate/", {"to": cast.member.pk}), 422, "rule-broken")
    problem(admin.post(f"{path}deactivate/", {"to": cast.guest.pk}), 422, "rule-broken")
    assert Person.objects.get(pk=cast.member.pk).is_active


def test_a_leaving_date_is_noted_and_taken_back(cast: Cast, admin: Program) -> None:
    path = f"people/{cast.billing_lead.pk}/leaving-date/"
    day = (clock.today() + timedelta(days=30)).isoformat()
    noted = admin.post(path, {"left_on": day, "to": cast.member.pk, "with_leads": True})
    assert (noted.data["left_on"], noted.data["is_active"]) == (day, True)
    assert DepartmentLead.objects.get(department=cast.billing).person_id == cast.member.pk
    assert Ownership.objects.current().accountable().get(touchpoint=cast.receipt).department_id == cast.billing.pk
    assert admin.post(path, {"left_on": None}).data["left_on"] is None
    problem(admin.post(path, {}), 400, "not-valid")
    problem(admin.post(path, {"left_on": "soon"}), 400, "not-valid")


def test_somebody_deactivated_is_erased_with_their_address_typed(cast: Cast, admin: Program) -> None:
    path, address = f"people/{cast.leaver.pk}/", cast.leaver.email
    wrong = problem(admin.post(f"{path}erase/", {"email": "mia@example.com"}), 400, "not-valid")
    assert (wrong["errors"][0]["field"], wrong["errors"][0]["value"]) == ("email", "mia@example.com")
    problem(admin.post(f"{path}erase/"), 400, "not-valid")
    erased = admin.post(f"{path}erase/", {"email": address.upper()})
    assert (erased.status_code, erased.data["name"]) == (200, "Erased person")
    assert erased.data["erased_at"]
    assert address not in erased.content.decode()
    assert cast.leaver.pk in [each["id"] for each in admin.get("people/?erased_at__isnull=false").data["items"]]
    problem(admin.post(f"{path}erase/", {"email": erased.data["email"]}), 422, "rule-broken")
    problem(admin.post(f"{path}reactivate/"), 422, "rule-broken")
    problem(admin.patch(path, {"name": "Lena"}, If_Match="*"), 422, "rule-broken")
    here = problem(admin.post(f"people/{cast.member.pk}/erase/", {"email": cast.member.email}), 422, "rule-broken")
    assert "not deactivated" in here["detail"]


def test_no_answer_that_is_kept_names_somebody_who_was_erased(cast: Cast, admin: Program) -> None:
    new = {"email": "quirin@example.com", "name": 'Quirin "Q" Zöldhegyi'}
    made = admin.post("people/", new, Idempotency_Key="quirin")
    path = f"people/{made.data['id']}/"
    admin.post(f"{path}deactivate/", Idempotency_Key="out")
    admin.post(f"{path}erase/", {"email": "quirin@example.com"}, Idempotency_Key="gone")
    kept = AnsweredRequest.objects.order_by("pk")
    assert [answer.key for answer in kept] == ["quirin", "out", "gone"]
    assert not [word for word in ("quirin@", "Quirin", "Zöldhegyi") for answer in kept if word in answer.body]
    again = admin.post("people/", new, Idempotency_Key="quirin")
    assert (again["Idempotency-Replayed"], again.data["id"], again.data["name"]) == (
        "true",
        made.data["id"],
        "Erased person",
    )


STEPS = ("email", "role", "leaving-date", "deactivate", "reactivate", "erase")


def test_people_are_for_administrators_with_the_scope_admin(cast: Cast, program: Made) -> None:
    one = f"people/{cast.leaver.pk}"
    refused: list[tuple[str, str, Any]] = [
        ("POST", "people/", NEW),
        ("PATCH", f"{one}/", {"name": "L"}),
        ("GET", f"{one}/consequences/", None),
    ]
    refused += [("POST", f"{one}/{step}/", {}) for step in STEPS]
    for method, path, body in refused:
        for asks in (program(cast.administrator), program(cast.executive), program(cast.shops_lead)):
            problem(asks.call(method, path, body), 403, "not-allowed")
    assert Person.objects.get(pk=cast.leaver.pk).version == cast.leaver.version
