"""Authenticator apps, recovery codes and passkeys, as far as they can be tried without a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.cast import Cast
from tests.sign_in.ways import (
    ANOTHER,
    PASSWORD,
    code_now,
    confirm_it_is_me,
    enter,
    kinds,
    letters,
    set_up_authenticator,
    text_of,
    who_is_in,
)
from workspace.organisation.commands import change_email, deactivate_person, set_password
from workspace.organisation.models import Person


def test_after_the_password_the_code_is_asked(
    mia: Person, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    enter(client)
    with django_capture_on_commit_callbacks(execute=True):
        secret, _codes = set_up_authenticator(client)
    other = Client()
    assert enter(other, next="/journeys/").headers["Location"] == "/sign-in/code/"
    assert who_is_in(other) is None
    wrong = other.post("/sign-in/code/", {"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is not right" in text_of(wrong)
    right = other.post("/sign-in/code/", {"code": code_now(secret, step=1)})
    assert right.headers["Location"] == "/journeys/"
    assert who_is_in(other) == mia.pk
    assert kinds()[-2:] == ["person.authenticator_added", "person.recovery_codes_made"]


def test_a_code_works_once(mia: Person, client: Client) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    code = code_now(secret, step=1)
    first, second = Client(), Client()
    for each in (first, second):
        enter(each)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    assert second.post("/sign-in/code/", {"code": code}).status_code == 422


def test_a_recovery_code_works_once(mia: Person, client: Client) -> None:
    enter(client)
    _secret, codes = set_up_authenticator(client)
    assert len(codes) == 10
    first, second = Client(), Client()
    for each in (first, second):
        enter(each)
    assert first.post("/sign-in/code/", {"code": codes[0]}).status_code == 302
    assert who_is_in(first) == mia.pk
    assert second.post("/sign-in/code/", {"code": codes[0]}).status_code == 422
    assert "9 recovery codes are left" in text_of(first.get("/account/"))


def test_new_recovery_codes_end_the_old_ones(
    mia: Person, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    enter(client)
    _secret, codes = set_up_authenticator(client)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/account/recovery-codes/make/").headers["Location"] == "/account/recovery-codes/"
    assert codes[0] not in text_of(client.get("/account/recovery-codes/"))
    other = Client()
    enter(other)
    assert other.post("/sign-in/code/", {"code": codes[0]}).status_code == 422
    assert kinds()[-1] == "person.recovery_codes_made"


def test_there_are_no_codes_that_stand_in_for_nothing(mia: Person, client: Client) -> None:
    enter(client)
    confirm_it_is_me(client)
    assert client.get("/account/recovery-codes/").status_code == 404
    assert client.post("/account/recovery-codes/make/").status_code == 422


def test_codes_cannot_be_guessed_at_leisure(mia: Person, client: Client) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    thief = Client()
    enter(thief)
    for _ in range(5):
        assert thief.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    answer = thief.post("/sign-in/code/", {"code": code_now(secret, step=1)})
    assert answer.status_code == 422
    assert "That failed too often" in text_of(answer)


def test_the_code_page_is_for_nobody_without_a_password(mia: Person, client: Client) -> None:
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": "123456"}).headers["Location"] == "/sign-in/"


def test_one_can_begin_again(mia: Person, client: Client) -> None:
    enter(client)
    set_up_authenticator(client)
    other = Client()
    enter(other)
    assert other.post("/sign-in/code/", {"cancel": "yes"}).headers["Location"] == "/sign-in/"
    assert other.get("/sign-in/").status_code == 200


def test_whoever_is_deactivated_between_password_and_code_stays_out(cast: Cast, mia: Person, client: Client) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    other = Client()
    enter(other)
    deactivate_person(mia, actor=cast.administrator)
    answer = other.post("/sign-in/code/", {"code": code_now(secret, step=1)}, follow=True)
    assert "You cannot sign in here any more" in text_of(answer)
    assert "_auth_user_id" not in other.session


def let_choose_another(cast: Cast, person: Person) -> None:
    set_password(person, password=ANOTHER, actor=None)


def give_another_address(cast: Cast, person: Person) -> None:
    change_email(person, email="mia.new@example.com", actor=cast.administrator)


@pytest.mark.parametrize("change", [let_choose_another, give_another_address])
def test_whoever_waits_for_the_code_begins_again_after_a_change(
    cast: Cast, mia: Person, client: Client, change: Callable[[Cast, Person], None]
) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    thief = Client()
    enter(thief)
    change(cast, mia)
    answer = thief.post("/sign-in/code/", {"code": code_now(secret, step=1)}, follow=True)
    assert "Begin again" in text_of(answer)
    assert answer.redirect_chain[-1][0] == "/sign-in/"
    assert who_is_in(thief) is None
    assert thief.post("/sign-in/code/", {"code": code_now(secret, step=1)}).headers["Location"] == "/sign-in/"


def test_sensitive_pages_ask_once_more(mia: Person, client: Client) -> None:
    enter(client)
    for path in ("/account/authenticator/", "/account/passkeys/add/", "/account/recovery-codes/"):
        assert client.get(path).headers["Location"].startswith("/account/again/?next="), path
    assert client.post("/account/again/", {"password": ANOTHER}).status_code == 422
    confirm_it_is_me(client)
    assert client.get("/account/authenticator/").status_code == 200


def test_the_question_comes_back_after_a_while(mia: Person, client: Client, settings) -> None:
    enter(client)
    confirm_it_is_me(client)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    assert client.get("/account/authenticator/").status_code == 302


def test_a_code_answers_the_question_too(mia: Person, client: Client) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    other = Client()
    enter(other)
    other.post("/sign-in/code/", {"code": code_now(secret, step=1)})
    assert other.get("/account/again/code/?next=/account/recovery-codes/").status_code == 200
    right = {"code": code_now(secret, step=-1), "next": "/account/recovery-codes/"}
    assert other.post("/account/again/code/", {"code": "000000"}).status_code == 422
    assert other.post("/account/again/code/", right).headers["Location"] == "/account/recovery-codes/"


def test_the_app_is_removed_with_its_codes(mia: Person, client: Client) -> None:
    enter(client)
    set_up_authenticator(client)
    assert client.get("/account/authenticator/").headers["Location"] == "/account/authenticator/remove/"
    assert client.get("/account/authenticator/remove/").status_code == 200
    assert client.post("/account/authenticator/remove/").headers["Location"] == "/account/"
    assert not Authenticator.objects.filter(user=mia).exists()
    assert enter(Client()).headers["Location"] == "/"
    assert kinds()[-1] == "person.authenticator_removed"


def test_a_wrong_first_code_sets_nothing_up(mia: Person, client: Client) -> None:
    enter(client)
    confirm_it_is_me(client)
    client.get("/account/authenticator/")
    assert client.post("/account/authenticator/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.filter(user=mia).exists()


def test_a_letter_tells_of_it_where_mail_is_configured(
    mia: Person, client: Client, settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    enter(client)
    with django_capture_on_commit_callbacks(execute=True):
        secret, codes = set_up_authenticator(client)
    told = "\n".join(letter.body for letter in letters())
    assert "An authenticator app was set up." in told
    assert not [word for word in (secret, *codes, PASSWORD) if word in told]


def test_the_picture_is_drawn_into_the_page(mia: Person, client: Client) -> None:
    enter(client)
    confirm_it_is_me(client)
    page = client.get("/account/authenticator/").content.decode()
    assert "<svg" in page
    assert "data:image" not in page
    assert "style=" not in page


# --- Passkeys: the ceremony itself is in tests/browser/test_sign_in.py -----------------------------------------------


def test_the_challenge_for_a_passkey_is_asked_for_by_post_and_names_nobody(mia: Person, client: Client) -> None:
    assert client.get("/sign-in/passkey/").status_code == 405
    asked = client.post("/sign-in/passkey/").json()["publicKey"]
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    assert asked["challenge"] != client.post("/sign-in/passkey/").json()["publicKey"]["challenge"]


def handle_of(person: Person) -> str:
    import base64

    from allauth.account.utils import user_pk_to_url_str

    return base64.urlsafe_b64encode(user_pk_to_url_str(person).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "{}", "no JSON", '{"response": {}}', '{"id": "AAAA", "response": {"userHandle": "Mg"}}'],
)
def test_a_made_up_credential_opens_nothing(mia: Person, client: Client, credential: str) -> None:
    client.post("/sign-in/passkey/")
    answer = client.post("/sign-in/passkey/", {"credential": credential}, follow=True)
    assert "This passkey does not open Throughline" in text_of(answer)
    assert who_is_in(client) is None


def test_a_credential_with_somebodys_handle_opens_nothing(mia: Person, client: Client) -> None:
    client.post("/sign-in/passkey/")
    said = {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AAAA", "userHandle": handle_of(mia)}
    made_up = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "clientExtensionResults": {}, "response": said}
    answer = client.post("/sign-in/passkey/", {"credential": json.dumps(made_up)}, follow=True)
    assert "This passkey does not open Throughline" in text_of(answer)
    assert who_is_in(client) is None


@pytest.mark.parametrize("credential", ["", "{}", "null", '{"id": "AAAA"}'])
def test_a_made_up_passkey_is_not_added(mia: Person, client: Client, credential: str) -> None:
    enter(client)
    confirm_it_is_me(client)
    client.get("/account/passkeys/add/")
    answer = client.post("/account/passkeys/add/", {"name": "x", "passwordless": "True", "credential": credential})
    assert answer.status_code == 422
    assert not Authenticator.objects.filter(user=mia).exists()


def test_the_passkey_of_another_is_not_there(cast: Cast, mia: Person, client: Client) -> None:
    hers = Authenticator.objects.create(
        user=cast.executive, type=Authenticator.Type.WEBAUTHN, data={"name": "Eve's", "credential": {}}
    )
    enter(client)
    confirm_it_is_me(client)
    for what in ("name", "remove"):
        path = f"/account/passkeys/{hers.pk}/{what}/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "Mine"}).status_code == 404
    hers.refresh_from_db()
    assert hers.data["name"] == "Eve's"
