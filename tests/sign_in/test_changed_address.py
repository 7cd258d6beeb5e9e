"""An administrator gives somebody another address: it holds at once, and whoever had the former one hears of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client

from tests.cast import Cast
from tests.sign_in.ways import PASSWORD, enter, letters, who_is_in
from workspace.activity.models import Event, Job
from workspace.organisation import commands
from workspace.organisation.commands.letters import RESET, link_to
from workspace.organisation.models import Person

BACKEND = "workspace.organisation.backends.WorksHereBackend"
HOUSE = "http://localhost:8000"


def by_invitation(cast: Cast) -> Person:
    invited = commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator)
    Client().post(invited.link.removeprefix(HOUSE), {"password": PASSWORD, "again": PASSWORD})
    return invited.person


def by_reset(cast: Cast) -> Person:
    client = Client()
    form = client.get(link_to(RESET, cast.member).removeprefix(HOUSE), follow=True)
    client.post(form.wsgi_request.path, {"password1": PASSWORD, "password2": PASSWORD})
    return cast.member


def with_a_password(cast: Cast) -> Person:
    return commands.create_person("zoe@example.com", name="Zoe", password=PASSWORD, actor=cast.administrator)


@pytest.mark.parametrize("came", [by_invitation, by_reset, with_a_password])
def test_whoever_had_proven_the_former_address_signs_in_with_the_new_one(
    cast: Cast, client: Client, came: Callable[[Cast], Person]
) -> None:
    person = came(cast)
    former = person.email
    client.force_login(cast.administrator, backend=BACKEND)
    answer = client.post(f"/organisation/people/{person.pk}/email/", {"email": "new.name@example.com"})
    assert answer.status_code == 302
    proven = EmailAddress.objects.values_list("email", "verified", "primary")
    assert list(proven.filter(user=person)) == [("new.name@example.com", True, True)]
    fresh = Client()
    assert enter(fresh, former).status_code == 422
    enter(fresh, "new.name@example.com")
    assert who_is_in(fresh) == person.pk


def test_the_former_address_is_told_and_everything_ends(cast: Cast, client: Client, settings) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    person = with_a_password(cast)
    enter(client, "zoe@example.com")
    commands.change_email(person, email="zoe.new@example.com", actor=cast.administrator)
    assert not Session.objects.exists()
    assert who_is_in(client) is None
    (letter,) = letters()
    assert (letter.to, letter.subject) == (["zoe@example.com"], "Throughline: your sign-in was changed")
    assert "gave you another address to sign in with at http://localhost:8000" in letter.body
    assert not [word for word in ("zoe.new", "password/reset", PASSWORD) if word in letter.body]
    kept = [*Job.objects.values(), *Event.objects.values()]
    assert "zoe" not in json.dumps(kept, default=str), "nothing keeps the former address"


def test_without_mail_nobody_is_told_and_nothing_waits(cast: Cast) -> None:
    person = with_a_password(cast)
    commands.change_email(person, email="zoe.new@example.com", actor=cast.administrator)
    assert not Job.objects.filter(kind="organisation.letter").exists()


def test_an_address_that_stays_ends_nothing(cast: Cast, client: Client) -> None:
    person = with_a_password(cast)
    enter(client, "zoe@example.com")
    commands.change_email(person, email="Zoe@Example.com", actor=cast.administrator)
    assert who_is_in(client) == person.pk
