"""Somebody who has lost their ways in gets back by a link that an administrator prints."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.cast import Cast
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, set_up_authenticator, who_is_in
from workspace.errors import NotAllowed
from workspace.organisation.commands import forget_ways_in, set_password
from workspace.organisation.models import Person


def printed(*arguments: str) -> str:
    said = StringIO()
    call_command("new_password_link", *arguments, stdout=said)
    return said.getvalue().strip()


def follow(client: Client, link: str) -> None:
    assert link.startswith("http://localhost:8000/account/password/reset/")
    form = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    client.post(form.wsgi_request.path, {"password1": ANOTHER, "password2": ANOTHER})


def test_the_link_gives_a_new_password(mia: Person, client: Client) -> None:
    follow(client, printed("Mia@example.com"))
    enter(client, password=ANOTHER)
    assert who_is_in(client) == mia.pk


def test_the_second_step_is_forgotten_if_asked_for(mia: Person, client: Client) -> None:
    enter(client)
    set_up_authenticator(client)
    link = printed("mia@example.com", "--without-second-step")
    assert who_is_in(client) is None
    assert enter(Client(), password=PASSWORD).status_code == 422
    follow(client, link)
    enter(client, password=ANOTHER)
    assert who_is_in(client) == mia.pk
    assert kinds()[-2:] == ["person.ways_in_forgotten", "person.password_reset"]


@pytest.mark.parametrize("email", ["nobody@example.com", "lena@example.com"])
def test_there_is_no_link_for_who_does_not_work_here(cast: Cast, email: str) -> None:
    with pytest.raises(CommandError, match="Nobody who works here"):
        printed(email)


def test_nobody_touches_the_ways_in_of_another(cast: Cast, mia: Person) -> None:
    for other in (cast.administrator, cast.shops_lead, cast.guest):
        with pytest.raises(NotAllowed):
            set_password(mia, password=ANOTHER, actor=other)
        with pytest.raises(NotAllowed):
            forget_ways_in(mia, actor=other)
