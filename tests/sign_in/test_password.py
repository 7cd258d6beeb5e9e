"""E-mail address and password: who gets in, what a stranger learns, and where one is led."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, text_of, who_is_in
from workspace import clock
from workspace.organisation.commands import deactivate_person, set_leaving_date
from workspace.organisation.models import Person


def test_a_person_gets_in_whatever_the_case_of_the_address(mia: Person, client: Client) -> None:
    answer = enter(client, " MIA@Example.com ", next="/journeys/?q=coffee")
    assert answer.headers["Location"] == "/journeys/?q=coffee"
    assert who_is_in(client) == mia.pk


def test_whoever_is_in_is_led_on(mia: Person, client: Client) -> None:
    enter(client)
    assert client.get("/sign-in/?next=/journeys/").headers["Location"] == "/journeys/"


def test_a_wrong_password_is_said_and_the_address_kept(mia: Person, client: Client) -> None:
    answer = enter(client, password=ANOTHER)
    assert answer.status_code == 422
    assert "Email and password do not match a person here" in text_of(answer)
    assert 'value="mia@example.com"' in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert ANOTHER not in answer.content.decode()
    assert who_is_in(client) is None


def test_strangers_learn_nothing_about_who_is_here(cast: Cast, mia: Person, client: Client) -> None:
    """Unknown, without a password, wrong password, deactivated with the right one: same words, same statements."""
    Person.objects.filter(pk=cast.leaver.pk).update(password=mia.password)
    tried = {
        "nobody@example.com": PASSWORD,
        "eve@example.com": PASSWORD,
        "mia@example.com": ANOTHER,
        "lena@example.com": PASSWORD,
    }
    seen = set()
    for email, password in tried.items():
        with CaptureQueriesContext(connection) as captured:
            answer = enter(client, email, password)
        seen.add((answer.status_code, text_of(answer).replace(email, ""), len(captured)))
    assert len(seen) == 1, seen


def test_an_unknown_address_costs_a_hash_as_well(mia: Person, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def note(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    counts = []
    for email in ("mia@example.com", "nobody@example.com", "eve@example.com"):
        hashed.clear()
        enter(client, email, ANOTHER)
        counts.append(len(hashed))
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("how", ["deactivated", "left", "leaving today"])
def test_whoever_does_not_work_here_stays_out(cast: Cast, mia: Person, client: Client, how: str) -> None:
    if how == "deactivated":
        deactivate_person(mia, actor=cast.administrator)
    else:
        day = clock.today() - timedelta(days=1) if how == "left" else clock.today()
        set_leaving_date(mia, on=day, actor=cast.administrator)
    assert enter(client).status_code == 422
    assert who_is_in(client) is None


def test_a_leaving_date_to_come_keeps_nobody_out(cast: Cast, mia: Person, client: Client) -> None:
    set_leaving_date(mia, on=clock.today() + timedelta(days=1), actor=cast.administrator)
    enter(client)
    assert who_is_in(client) == mia.pk
    with clock.at(clock.now() + timedelta(days=1, hours=1)):
        assert who_is_in(client) is None


EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "http:///evil.example/",
    "javascript:alert(1)",
    "data:text/html,hello",
    "https://localhost:9/",
    "http://testserver.evil.example/",
    " //evil.example/",
    "journeys/",
]


@pytest.mark.parametrize("evil", EVIL)
def test_nobody_is_led_out_of_the_house(mia: Person, client: Client, evil: str) -> None:
    assert enter(client, next=evil).headers["Location"] == "/"
    assert client.get("/sign-in/", {"next": evil}).headers["Location"] == "/"
    assert client.post("/account/again/", {"password": PASSWORD, "next": evil}).headers["Location"] == "/"
    assert client.post("/sign-out/", {"next": evil}).headers["Location"] == "/sign-in/"


def test_a_session_from_before_is_worth_nothing_after(mia: Person, client: Client) -> None:
    client.cookies["sessionid"] = "a" * 32
    enter(client)
    assert client.cookies["sessionid"].value != "a" * 32
    before = client.cookies["sessionid"].value
    client.post("/sign-out/")
    enter(client)
    assert client.cookies["sessionid"].value != before
    client.cookies["sessionid"] = before
    assert who_is_in(client) is None


POSTS = [
    "/sign-in/", "/sign-in/passkey/", "/sign-in/elsewhere/", "/sign-out/", "/account/password/reset/",
    "/account/password/", "/account/again/", "/account/authenticator/", "/account/passkeys/add/",
    "/account/recovery-codes/make/", "/account/sessions/end-others/", "/account/sessions/1/end/",
]  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_is_refused(mia: Person, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(mia)
    before = kinds()
    assert client.post(path, {"login": mia.email, "password": PASSWORD}).status_code == 403
    assert kinds() == before


def test_there_is_no_sign_up(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    for path in (
        "/account/signup/",
        "/accounts/signup/",
        "/sign-up/",
        "/account/email/",
        "/account/login/",
        "/signup/",
    ):
        assert client.get(path).status_code == 404, path


def test_the_first_page_of_an_empty_house_says_how_to_begin(db: None, client: Client) -> None:
    assert "create_administrator" in text_of(client.get("/sign-in/"))


def test_a_house_with_people_does_not_say_it(mia: Person, client: Client) -> None:
    assert "create_administrator" not in text_of(client.get("/sign-in/"))


def test_the_admin_leads_to_our_own_sign_in(mia: Person, client: Client) -> None:
    assert client.get("/admin/").headers["Location"] == "/sign-in/?next=/admin/"
    assert client.get("/admin/login/").headers["Location"].startswith("/sign-in/")


def test_looking_at_the_sign_in_writes_nothing(mia: Person, client: Client) -> None:
    for path in ("/sign-in/", "/account/password/reset/", "/account/password/reset/sent/", "/account/address/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert not [q["sql"] for q in captured if not q["sql"].upper().startswith("SELECT")], path
        assert "sessionid" not in client.cookies
