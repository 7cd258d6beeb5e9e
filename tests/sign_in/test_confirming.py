"""Where mail is configured, an address that nobody has proven is confirmed by a link before it lets anybody in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.sign_in.ways import PASSWORD, enter, letters, link_in, text_of, who_is_in
from workspace.organisation.commands import create_person, set_password
from workspace.organisation.models import Person


@pytest.fixture
def with_mail(settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


@pytest.mark.usefixtures("with_mail")
def test_an_unproven_address_is_confirmed_first(mia: Person, client: Client) -> None:
    assert enter(client).headers["Location"] == "/account/address/"
    assert who_is_in(client) is None
    (letter,) = letters()
    assert letter.to == ["mia@example.com"]
    path = link_in(letter)
    assert "mia@example.com is your address" in text_of(client.get(path))
    assert enter(Client()).headers["Location"] == "/account/address/", "opening the link alone confirms nothing"
    assert client.post(path).headers["Location"] == "/sign-in/"
    enter(client)
    assert who_is_in(client) == mia.pk
    assert "This link does not work any more" in text_of(Client().get(path))


@pytest.mark.usefixtures("with_mail")
def test_a_link_does_not_sign_out_whoever_opens_it(cast: Cast, mia: Person, client: Client) -> None:
    enter(Client())
    path = link_in(letters()[0])
    client.force_login(cast.executive)
    client.get(path)
    assert who_is_in(client) == cast.executive.pk


@pytest.mark.usefixtures("with_mail")
def test_whoever_adds_a_person_with_a_password_vouches_for_the_address(cast: Cast, client: Client) -> None:
    new = create_person("nina@example.com", name="Nina New", password=PASSWORD, actor=cast.administrator)
    enter(client, "nina@example.com")
    assert who_is_in(client) == new.pk


@pytest.mark.usefixtures("with_mail")
def test_the_link_of_a_reset_proves_the_address(mia: Person, client: Client) -> None:
    set_password(mia, password=PASSWORD, by_link=True, actor=mia)
    enter(client)
    assert who_is_in(client) == mia.pk


def test_without_mail_nobody_has_to_prove_anything(mia: Person, client: Client) -> None:
    enter(client)
    assert who_is_in(client) == mia.pk
    assert letters() == []


@pytest.mark.parametrize("key", ["abc", "MQ:1abc:xyz", "-"])
def test_a_made_up_link_confirms_nothing(mia: Person, client: Client, key: str) -> None:
    assert "This link does not work any more" in text_of(client.get(f"/account/address/{key}/"))
    assert client.post(f"/account/address/{key}/").status_code == 404
