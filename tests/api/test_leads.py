"""Departments over the API: who leads them, and what becomes of what they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from journeys.models import Ownership
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import DepartmentLead, Person

Made = Callable[..., Program]


@pytest.fixture
def head(cast: Cast, program: Made) -> Program:
    """A program of the head of Service, to which Billing and Care belong."""
    return program(cast.service_head)


@pytest.fixture
def admin(cast: Cast, program: Made) -> Program:
    """A program of the administrator that may administer."""
    return program(cast.administrator, "admin")


def test_the_head_of_the_unit_appoints_leads_and_deputies(cast: Cast, head: Program) -> None:
    path = f"departments/{cast.billing.pk}/leads/"
    made = head.post(path, {"person": cast.member.pk, "role": "deputy"})
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/{path}{cast.member.pk}/")
    assert made.data == {"department": cast.billing.pk, "person": cast.member.pk, "role": "deputy"}
    assert Event.objects.latest("pk").kind == "department.deputy_added"
    assert head.get(f"departments/{cast.billing.pk}/").data["deputies"] == [cast.member.pk]
    assert head.patch(made["Location"], {"role": "lead"}).data["role"] == "lead"
    assert [each["person"] for each in head.get(f"{path}?role=lead&ordering=name").data["items"]] == [
        cast.billing_lead.pk,
        cast.member.pk,
    ]
    included = head.get(f"{path}?include=person&person={cast.member.pk}").data["included"]
    assert included["people"][str(cast.member.pk)]["name"] == "Mia Member"
    assert head.call("DELETE", made["Location"]).status_code == 204
    problem(head.get(made["Location"]), 404, "unknown")


def test_what_comes_of_it_is_told_before(cast: Cast, head: Program) -> None:
    path = f"departments/{cast.billing.pk}/leads/{cast.billing_lead.pk}/"
    told = head.get(f"{path}consequences/").data["items"]
    assert told[0]["code"] == "leaderless"
    assert told[0]["tone"] == "bad"
    problem(head.get(f"{path}consequences/?of=it"), 400, "not-valid")
    commands.add_lead(cast.billing, person=cast.member, actor=cast.administrator)
    assert "leaderless" not in [each["code"] for each in head.get(f"{path}consequences/").data["items"]]


def test_who_may_not_appoint_is_refused_and_what_cannot_be_is_told(cast: Cast, head: Program, program: Made) -> None:
    path, new = f"departments/{cast.billing.pk}/leads/", {"person": cast.member.pk}
    lead = program(cast.billing_lead)
    assert "head of the business unit" in problem(lead.post(path, new), 403, "not-allowed")["detail"]
    problem(program(cast.retail_head).post(path, new), 403, "not-allowed")
    problem(lead.get(f"{path}{cast.billing_lead.pk}/consequences/"), 403, "not-allowed")
    problem(program(cast.service_head, "read").post(path, new), 403, "not-allowed")
    problem(program(cast.service_head, limits={"team": [1]}).get(path), 403, "not-allowed")
    problem(program(cast.guest).get(path), 404, "unknown")
    problem(head.post("departments/999999/leads/", new), 404, "unknown")
    problem(head.call("DELETE", f"{path}{cast.member.pk}/"), 404, "unknown")
    problem(head.post(path, {"person": 999999}), 400, "not-valid")
    problem(head.post(path, new | {"role": "boss"}), 400, "not-valid")
    problem(head.post(path, new | {"is_deputy": True}), 400, "not-valid")
    problem(head.post(path, {"person": cast.guest.pk}), 422, "rule-broken")
    problem(head.post(path, {"person": cast.leaver.pk}), 422, "rule-broken")
    assert DepartmentLead.objects.filter(department=cast.billing).count() == 1


def test_a_refusal_is_that_of_the_page(cast: Cast, program: Made) -> None:
    """Alike, in the same words."""
    page = Client()
    page.force_login(cast.billing_lead, backend="workspace.organisation.backends.WorksHereBackend")
    refused = page.get(f"/organisation/departments/{cast.billing.pk}/leads/add/")
    told = problem(
        program(cast.billing_lead).post(f"departments/{cast.billing.pk}/leads/", {"person": cast.member.pk}),
        403,
        "not-allowed",
    )
    assert refused.status_code == 403
    assert told["detail"] in refused.content.decode()


def test_a_department_is_merged_into_another(cast: Cast, admin: Program) -> None:
    path = f"departments/{cast.billing.pk}/"
    before = admin.get(f"{path}consequences/?of=merge&into={cast.care.pk}")
    assert {"people", "leads"} <= {each["code"] for each in before.data["items"]}
    merged = admin.post(f"{path}merge/", {"into": cast.care.pk}, If_Match=before["ETag"])
    assert (merged.status_code, merged.data["merged_into"]) == (200, cast.care.pk)
    assert merged.data["archived_at"]
    owner = Ownership.objects.current().accountable().get(touchpoint=cast.receipt)
    assert owner.department_id == cast.care.pk
    assert Person.objects.get(pk=cast.billing_lead.pk).department_id == cast.care.pk
    stale = problem(admin.post(f"{path}merge/", {"into": cast.care.pk}, If_Match=before["ETag"]), 412, "stale")
    assert stale["current"]["merged_into"] == cast.care.pk
    problem(admin.post(f"departments/{cast.care.pk}/merge/", {"into": cast.care.pk}), 422, "rule-broken")
    problem(admin.post(f"departments/{cast.care.pk}/merge/", {"into": cast.billing.pk}), 422, "rule-broken")


def test_changes_of_other_fields_of_a_department_and_a_unit_stand_together(cast: Cast, admin: Program) -> None:
    path, base = f"departments/{cast.billing.pk}/", cast.billing.version
    problem(admin.patch(path, {"name": "Invoices"}), 428, "version-missing")
    commands.change_department(cast.billing, unit=cast.retail, actor=cast.administrator)
    merged = admin.patch(path, {"name": "Invoices", "base_version": base}).data
    assert (merged["name"], merged["unit"]) == ("Invoices", cast.retail.pk)
    told = problem(admin.patch(path, {"unit": cast.service.pk, "base_version": base}), 409, "changed")
    assert told["version"] == merged["version"]
    path, base = f"business-units/{cast.service.pk}/", admin.get(f"business-units/{cast.service.pk}/").data["version"]
    commands.set_unit_head(cast.service, head=cast.care_lead, actor=cast.administrator)
    renamed = admin.patch(path, {"name": "Help", "base_version": base}).data
    assert (renamed["name"], renamed["head"]) == ("Help", cast.care_lead.pk)
    problem(admin.patch(path, {"head": None, "base_version": base}), 409, "changed")


def test_a_successor_is_named_afterwards(cast: Cast, admin: Program) -> None:
    path = f"departments/{cast.billing.pk}/"
    problem(admin.post(f"{path}successor/", {"merged_into": cast.care.pk}), 422, "rule-broken")
    admin.post(f"{path}archive/")
    assert admin.post(f"{path}successor/", {"merged_into": cast.care.pk}).data["merged_into"] == cast.care.pk
    assert Ownership.objects.current().accountable().get(touchpoint=cast.receipt).department_id == cast.billing.pk
    old = commands.create_unit("Old", actor=cast.administrator)
    commands.archive_unit(old, actor=cast.administrator)
    named = admin.post(f"business-units/{old.pk}/successor/", {"merged_into": cast.retail.pk})
    assert named.data["merged_into"] == cast.retail.pk


def test_what_would_come_of_archiving_or_moving_is_for_administrators(
    cast: Cast, admin: Program, program: Made
) -> None:
    path = f"departments/{cast.billing.pk}/consequences/"
    kept = {each["code"]: each["tone"] for each in admin.get(path).data["items"]}
    assert kept["people"] == "warn"
    moved = admin.get(f"{path}?of=move&unit={cast.retail.pk}")
    assert (moved.status_code, bool(moved.data["items"])) == (200, True)
    stands = admin.get(f"business-units/{cast.service.pk}/consequences/").data["items"]
    assert [(each["code"], each["count"]) for each in stands][:1] == [("open", 2)]
    assert {each["name"] for each in stands[0]["first"]} == {"Billing", "Care"}
    for wrong in ("of=burn", "of=merge", "of=move", f"of=archive&into={cast.care.pk}", "of=merge&into=999999", "x=1"):
        problem(admin.get(f"{path}?{wrong}"), 400, "not-valid")
    problem(program(cast.administrator).get(path), 403, "not-allowed")
    problem(program(cast.service_head).get(path), 403, "not-allowed")
    problem(program(cast.guest).get(path), 403, "not-allowed")
