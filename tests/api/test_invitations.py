"""Invitations over the API: the link goes by mail to whoever is invited, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from journeys.models import Journey
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.organisation import commands
from workspace.organisation.models import AnsweredRequest, Invitation, Person
from workspace.organisation.queries.invitations import secret_of

Made = Callable[..., Program]
GUEST = {"email": "gina@agency.example", "name": "Gina Guest"}


@pytest.fixture
def admin(cast: Cast, program: Made) -> Program:
    """A program of the administrator that may administer."""
    return program(cast.administrator, "admin")


@pytest.fixture
def with_mail(settings: object) -> None:
    """Mail is set up."""
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}  # type: ignore[attr-defined]


@pytest.mark.usefixtures("with_mail")
def test_somebody_is_added_and_invited_and_the_link_is_in_the_mail_alone(cast: Cast, admin: Program) -> None:
    new = {"email": "nia@example.com", "name": "Nia New", "invite": True}
    made = admin.post("people/", new, Idempotency_Key="nia-1")
    assert made.status_code == 201
    invitation = admin.get(f"people/{made.data['id']}/invitation/")
    told = {"state": "waiting", "invited_by": cast.administrator.pk, "may_invite": True, "is_mailed": True}
    assert told.items() <= invitation.data.items()
    secret = secret_of(Invitation.objects.get(person=made.data["id"]))
    kept = AnsweredRequest.objects.get(key="nia-1")
    for text in (made.content.decode(), invitation.content.decode(), kept.body, str(kept.headers)):
        assert secret not in text
        assert "/invitations/" not in text
    assert admin.post("people/", new, Idempotency_Key="nia-1")["Idempotency-Replayed"] == "true"
    work_on_waiting()
    (letter,) = mail.outbox
    assert letter.to == ["nia@example.com"]
    link = re.search(r"/invitations/\S+/", str(letter.body))
    assert link is not None
    assert Client().get(link[0]).status_code == 200


def test_whoever_may_share_invites_guests_and_nobody_else(cast: Cast, program: Made, admin: Program) -> None:
    lead = program(cast.shops_lead)
    made = lead.post("people/invite-guest/", GUEST)
    assert (made.status_code, made.data["role"]) == (201, "guest")
    assert made["Location"] == f"/api/v1/people/{made.data['id']}/"
    assert lead.get(f"people/{made.data['id']}/invitation/").data["is_mailed"] is False
    problem(lead.post("people/invite-guest/", GUEST), 422, "rule-broken")
    problem(lead.post("people/invite-guest/", GUEST | {"email": "other@agency.example", "role": "member"}), 400,
            "not-valid")  # fmt: skip
    problem(lead.post("people/", GUEST | {"email": "other@agency.example", "invite": True}), 403, "not-allowed")
    problem(program(cast.member).post("people/invite-guest/", GUEST), 403, "not-allowed")
    problem(program(cast.guest).post("people/invite-guest/", GUEST), 404, "unknown")
    problem(program(cast.shops_lead, "read").post("people/invite-guest/", GUEST), 403, "not-allowed")


@pytest.mark.usefixtures("with_mail")
def test_inviting_again_makes_the_earlier_link_useless(cast: Cast, admin: Program, program: Made) -> None:
    invited = commands.invite_person("nia@example.com", name="Nia", actor=cast.administrator)
    path = f"people/{invited.person.pk}/"
    again = admin.post(f"{path}invite-again/")
    assert (again.status_code, again.data["state"]) == (200, "waiting")
    assert "link" not in again.content.decode()
    assert Client().get(invited.link).status_code == 404
    taken_back = admin.post(f"{path}revoke-invitation/")
    assert taken_back.data["state"] == "revoked"
    problem(admin.post(f"{path}revoke-invitation/"), 422, "rule-broken")
    asked = problem(program(cast.administrator).post(f"{path}invite-again/"), 403, "not-allowed")
    assert "admin" in asked["detail"]
    problem(program(cast.shops_lead).post(f"{path}invite-again/"), 403, "not-allowed")
    problem(admin.get(f"{path}invitation/?fields=state"), 400, "not-valid")
    problem(admin.post(f"{path}invite-again/", {"link": True}), 400, "not-valid")
    problem(admin.post(f"people/{cast.leaver.pk}/invite-again/"), 422, "rule-broken")
    assert admin.get(f"people/{cast.administrator.pk}/invitation/").data["state"] == "not-needed"
    assert admin.get(f"people/{cast.leaver.pk}/invitation/").data["state"] == "not-needed"
    assert admin.get(f"people/{cast.member.pk}/invitation/").data["state"] == "none"


def test_who_shared_in_the_same_step_may_invite_again(cast: Cast, program: Made) -> None:
    until = clock.today() + timedelta(days=3)
    Journey.objects.filter(pk=cast.journey.pk).update(accountable=cast.member)
    invited = commands.invite_and_share(Journey.NOUN, cast.journey.pk, **GUEST, until=until, actor=cast.member)
    path = f"people/{invited.person.pk}/"
    assert program(cast.member).post(f"{path}invite-again/").status_code == 200
    problem(program(cast.other_member).post(f"{path}invite-again/"), 403, "not-allowed")
    assert program(cast.other_member).get(f"{path}invitation/").data["may_invite"] is False
    assert Person.objects.get(pk=invited.person.pk).invitations.count() == 2
