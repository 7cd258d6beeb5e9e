"""Writing over the API: versions, keys that make a request safe to send again, and inputs that cannot be taken."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from sprints.commands import create_team
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import AnsweredRequest, BusinessUnit

Made = Callable[..., Program]


@pytest.fixture
def admin(cast: Cast, program: Made) -> Program:
    """A program of the administrator that may administer."""
    return program(cast.administrator, "admin")


def test_what_is_made_has_an_address_and_a_version(cast: Cast, admin: Program) -> None:
    made = admin.post("business-units/", {"name": "Logistics", "head": cast.member.pk})
    assert made.status_code == 201
    assert made.data["head"] == cast.member.pk
    read = admin.get(made["Location"])
    assert (read.data, read["ETag"]) == (made.data, made["ETag"])
    assert Event.objects.filter(kind="unit.created").latest("pk").actor_id == cast.administrator.pk


def test_a_change_names_the_version_that_it_was_made_for(cast: Cast, admin: Program) -> None:
    path = f"departments/{cast.care.pk}/"
    problem(admin.patch(path, {"name": "Help"}), 428, "version-missing")
    tag = admin.get(path)["ETag"]
    commands.change_department(cast.care, name="Customer Care", actor=cast.administrator)
    told = problem(admin.patch(path, {"name": "Help"}, If_Match=tag), 412, "stale")
    assert told["current"]["name"] == "Customer Care"
    assert told["version"] == told["current"]["version"]
    problem(admin.patch(path, {"name": "Help"}, If_Match='"what"'), 412, "stale")
    changed = admin.patch(path, {"name": "Help"}, If_Match=admin.get(path)["ETag"])
    assert (changed.status_code, changed.data["name"]) == (200, "Help")
    assert admin.patch(path, {"name": "Care"}, If_Match="*").data["name"] == "Care"


def test_a_request_with_a_key_is_answered_once(cast: Cast, admin: Program) -> None:
    first = admin.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-1")
    again = admin.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-1")
    assert (first.status_code, first["Idempotency-Replayed"]) == (201, "false")
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    assert (again.data, again["ETag"], again["Location"]) == (first.data, first["ETag"], first["Location"])
    assert BusinessUnit.objects.filter(name="Logistics").count() == 1
    problem(admin.post("business-units/", {"name": "Legal"}, Idempotency_Key="k-1"), 409, "key-in-use")
    problem(admin.post("departments/", {"name": "Logistics"}, Idempotency_Key="k-1"), 409, "key-in-use")


def test_a_key_does_not_tell_a_token_what_it_does_not_reach(cast: Cast, admin: Program, program: Made) -> None:
    """Keys are a person's own, and each token of theirs reaches as far as it does."""
    team = create_team("Growth", key="GROW", actor=cast.administrator)
    sent = {"name": "Tracker", "url": "https://hooks.example.com/in"}
    made = admin.post("webhooks/", sent, Idempotency_Key="one")
    assert made.data["secret"].startswith("whsec_")
    limited = program(cast.administrator, "admin", limits={"team": [team.pk]})
    told = problem(limited.post("webhooks/", sent, Idempotency_Key="one"), 409, "key-in-use")
    assert "whsec_" not in str(told)
    other = program(cast.administrator, "admin").post("webhooks/", sent, Idempotency_Key="one")
    assert other.data == made.data, "a new token that reaches as far goes on where the old one was"


def test_the_same_request_is_the_same_in_whatever_order_it_is_written(cast: Cast, admin: Program) -> None:
    first = admin.call("POST", "business-units/", '{"name": "Lab", "head": null}', {"Idempotency-Key": "one"})
    again = admin.call("POST", "business-units/", '{"head": null, "name": "Lab"}', {"Idempotency-Key": "one"})
    assert (first.status_code, again.data) == (201, first.data)
    assert again["Idempotency-Replayed"] == "true"
    assert "RateLimit" in again
    tags = [admin.get(f"business-units/{first.data['id']}/")["ETag"], "*"]
    path, body = f"business-units/{first.data['id']}/", {"name": "Laboratory"}
    assert admin.patch(path, body, If_Match=tags[0], Idempotency_Key="two").status_code == 200
    problem(admin.patch(path, body, If_Match=tags[1], Idempotency_Key="two"), 409, "key-in-use")


def test_what_was_refused_can_be_sent_again_under_its_key(cast: Cast, admin: Program) -> None:
    body = {"name": "Retail"}
    problem(admin.post("business-units/", body, Idempotency_Key="k-2"), 422, "rule-broken")
    assert not AnsweredRequest.objects.exists()
    commands.rename_unit(cast.retail, name="Stores", actor=cast.administrator)
    assert admin.post("business-units/", body, Idempotency_Key="k-2").status_code == 201
    problem(admin.post("business-units/", {"name": "X"}, Idempotency_Key="k" * 201), 400, "not-valid")


def test_a_key_belongs_to_the_person_who_sent_it(cast: Cast, admin: Program, program: Made) -> None:
    admin.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-3")
    refused = program(cast.member).post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-3")
    problem(refused, 403, "not-allowed")
    problem(Program().post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-3"), 401, "not-signed-in")


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_ten_times_at_once_does_it_once(cast: Cast, admin: Program) -> None:
    answers = []

    def send() -> None:
        try:
            caller = Program()
            caller.sent = admin.sent
            answers.append(caller.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-4"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 10
    assert len({answer.data["id"] for answer in answers}) == 1
    assert sorted(answer["Idempotency-Replayed"] for answer in answers) == ["false"] + ["true"] * 9
    assert BusinessUnit.objects.filter(name="Logistics").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fault_in_the_middle_leaves_neither_the_change_nor_the_answer(
    cast: Cast, admin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away(Exception):
        """The database goes away."""

    def gone(*_args: object, **_kwargs: object) -> None:
        raise Away

    with monkeypatch.context() as patch:
        patch.setattr(AnsweredRequest.objects, "update_or_create", gone)
        admin.client.raise_request_exception = False
        problem(admin.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-5"), 500, "fault")
    assert not BusinessUnit.objects.filter(name="Logistics").exists()
    assert admin.post("business-units/", {"name": "Logistics"}, Idempotency_Key="k-5").status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": ["a"]}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ok", "head": 999}, "head"),
        ({"name": "Ok", "head": "me"}, "head"),
        ({"name": "Ok", "head": 10**18}, "head"),
        ({"name": "Ok", "head": 1e30}, "head"),
        ({"name": "Ok", "head": True}, "head"),
        ({"name": "Ok", "head": {"id": 1}}, "head"),
        ({"name": "a\0b"}, "name"),
        ({"name": "Ok", "colour": "red"}, "colour"),
        ([1, 2], "body"),
        ("text", "body"),
    ],
)
def test_a_body_that_cannot_be_taken_is_told_field_by_field(admin: Program, body: object, field: str) -> None:
    told = problem(
        admin.call("POST", "business-units/", body if not isinstance(body, str) else '"text"'), 400, "not-valid"
    )
    assert [each["field"] for each in told["errors"]] == [field]


def test_a_wrong_value_is_told_back(admin: Program) -> None:
    told = problem(admin.post("business-units/", {"name": "Ok", "head": "me"}), 400, "not-valid")
    assert told["errors"][0]["value"] == "me"
    told = problem(admin.post("flags/bulk-acknowledge/", {"items": [{"id": 1}, "no"]}), 400, "not-valid")
    assert (told["errors"][0]["field"], told["errors"][0]["value"]) == ("items.1", "no")


@pytest.mark.parametrize("query", ["fields=colour", "include=colour", "name=Legal", "limit=5"])
def test_parameters_that_mean_nothing_are_refused_before_anything_is_done(
    cast: Cast, admin: Program, query: str
) -> None:
    problem(admin.post(f"business-units/?{query}", {"name": "Legal"}), 400, "not-valid")
    problem(admin.patch(f"departments/{cast.care.pk}/?{query}", {"name": "Legal"}, If_Match="*"), 400, "not-valid")
    problem(admin.post(f"departments/{cast.care.pk}/archive/?{query}"), 400, "not-valid")
    assert not BusinessUnit.objects.filter(name="Legal").exists()
    cast.care.refresh_from_db()
    assert (cast.care.name, cast.care.archived_at) == ("Care", None)


def test_bodies_that_are_no_json(admin: Program) -> None:
    problem(admin.call("POST", "business-units/", b"{"), 400, "not-json")
    problem(admin.call("POST", "business-units/", b'{"name": "\xff"}'), 400, "not-json")
    problem(admin.call("POST", "business-units/", b"[" * 100_000), 400, "not-json")
    problem(admin.call("POST", "business-units/", b'"' + b"x" * 5_000_000 + b'"'), 413, "too-large")
    form = admin.client.post("/api/v1/business-units/", {"name": "Ok"}, headers=admin.sent)
    problem(form, 415, "media-type")


def test_units_and_departments_live_their_lives_over_the_api(cast: Cast, admin: Program) -> None:
    unit = admin.post("business-units/", {"name": "Logistics"}).data["id"]
    made = admin.post("departments/", {"name": "Fleet", "code": "FLEET", "unit": unit}).data
    told = problem(admin.post(f"business-units/{unit}/archive/", {}), 422, "rule-broken")
    assert told["next_step"]
    archived = admin.post(f"departments/{made['id']}/archive/", {"merged_into": cast.shops.pk}).data
    assert (archived["merged_into"], bool(archived["archived_at"])) == (cast.shops.pk, True)
    assert admin.post(f"business-units/{unit}/archive/", {}).data["archived_at"]
    assert admin.post(f"business-units/{unit}/restore/", {}).data["archived_at"] is None
    assert admin.post(f"departments/{made['id']}/restore/").data["archived_at"] is None
