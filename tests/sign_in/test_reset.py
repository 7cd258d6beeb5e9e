"""A forgotten password: one answer for everybody, a letter for those who work here, a link that works once."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, letters, link_in, text_of, who_is_in
from workspace import clock
from workspace.activity.models import Job
from workspace.organisation.commands import deactivate_person, set_leaving_date
from workspace.organisation.models import Person

RESET = "/account/password/reset/"


def ask(client: Client, email: str = "mia@example.com", **meta: str):
    return client.post(RESET, {"email": email}, **meta)  # type: ignore[arg-type]  # META in capitals


def follow(client: Client, path: str, password: str = ANOTHER):
    form = client.get(path, follow=True)
    return client.post(form.wsgi_request.path, {"password1": password, "password2": password})


def test_the_link_of_the_letter_gives_a_new_password_once(mia: Person, client: Client) -> None:
    assert ask(client).headers["Location"] == f"{RESET}sent/"
    (letter,) = letters()
    assert letter.to == ["mia@example.com"]
    path = link_in(letter)
    assert follow(client, path).headers["Location"] == "/sign-in/"
    assert who_is_in(client) is None, "the link alone lets nobody in"
    assert enter(client, password=PASSWORD).status_code == 422
    assert enter(client, password=ANOTHER).status_code == 302
    again = Client().get(path)
    assert again.status_code == 410
    assert "This link does not work any more" in text_of(again)
    assert kinds()[-1] == "person.password_reset"


def test_the_link_leaves_the_address_bar_at_once(mia: Person, client: Client) -> None:
    ask(client)
    path = link_in(letters()[0])
    assert client.get(path).headers["Location"].endswith("-set-password/")


def test_a_new_password_ends_all_sessions(mia: Person, client: Client) -> None:
    thief = Client()
    enter(thief)
    ask(client)
    follow(client, link_in(letters()[0]))
    assert who_is_in(thief) is None
    assert not UserSession.objects.filter(user=mia).exists()


def test_a_new_password_ends_a_lock_out(mia: Person, client: Client) -> None:
    for _ in range(6):
        enter(client, password="wrong-wrong-wrong")
    ask(client)
    follow(client, link_in(letters()[0]))
    assert enter(client, password=ANOTHER).status_code == 302


def test_strangers_learn_nothing_about_who_is_here(cast: Cast, mia: Person, client: Client) -> None:
    """The same answer and the same work; the letter is written by the worker, later."""
    seen = set()
    for email in ("mia@example.com", "lena@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as captured:
            answer = ask(client, email)
        page = client.get(answer.headers["Location"])
        seen.add((answer.status_code, answer.headers["Location"], text_of(page), len(captured)))
    assert len(seen) == 1
    assert Job.objects.filter(kind="organisation.letter").count() == 3
    assert "@" not in repr(list(Job.objects.values_list("args", flat=True)))
    assert [letter.to for letter in letters()] == [["mia@example.com"]]


@pytest.mark.parametrize("how", ["deactivated", "left"])
def test_whoever_left_gets_no_letter_and_an_older_one_is_void(
    cast: Cast, mia: Person, client: Client, how: str
) -> None:
    ask(client)
    path = link_in(letters()[0])
    if how == "deactivated":
        deactivate_person(mia, actor=cast.administrator)
    else:
        set_leaving_date(mia, on=clock.today(), actor=cast.administrator)
    assert client.get(path).status_code == 410
    ask(client)
    assert len(letters()) == 1


def test_people_without_a_password_get_their_first_this_way(cast: Cast, client: Client) -> None:
    ask(client, "Eve@example.com")
    follow(client, link_in(letters()[0]))
    assert enter(client, "eve@example.com", ANOTHER).status_code == 302


@pytest.mark.parametrize(
    "tricks",
    [
        {"HTTP_HOST": "localhost:31337"},
        {"HTTP_HOST": "127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_HOST": "localhost", "HTTP_X_FORWARDED_PROTO": "https"},
    ],
)
def test_the_link_leads_to_the_installation_whatever_the_request_says(
    mia: Person, client: Client, tricks: dict[str, str]
) -> None:
    ask(client, **tricks)
    (letter,) = letters()
    assert "evil" not in letter.body
    assert "31337" not in letter.body
    assert link_in(letter).startswith(RESET)


def test_a_host_that_is_not_ours_is_no_host(mia: Person, client: Client) -> None:
    assert ask(client, HTTP_HOST="evil.example").status_code == 400


def test_the_link_is_too_old_after_a_day(mia: Person, client: Client, settings) -> None:
    ask(client)
    path = link_in(letters()[0])
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("path", ["1-abc", "zzz-abc", "1-set-password", "99999999999999999999-abc"])
def test_a_made_up_link_is_none(mia: Person, client: Client, path: str) -> None:
    assert client.get(f"{RESET}{path}/").status_code == 410
    assert client.post(f"{RESET}{path}/", {"password1": ANOTHER, "password2": ANOTHER}).status_code == 410


def test_the_link_of_one_is_none_for_another(cast: Cast, mia: Person, client: Client) -> None:
    from allauth.account.utils import user_pk_to_url_str

    ask(client)
    path = link_in(letters()[0])
    key = path.removeprefix(RESET).split("-", 1)[1]
    assert client.get(f"{RESET}{user_pk_to_url_str(cast.administrator)}-{key}").status_code == 410


@pytest.mark.parametrize(("password", "told"), [("short", "too short"), ("password123", "too common")])
def test_a_weak_password_is_sent_back(mia: Person, client: Client, password: str, told: str) -> None:
    ask(client)
    answer = follow(client, link_in(letters()[0]), password)
    assert answer.status_code == 422
    assert told in text_of(answer)


def test_one_address_gets_five_letters_in_a_quarter_of_an_hour(mia: Person, client: Client) -> None:
    assert [ask(client).status_code for _ in range(6)] == [302] * 5 + [429]
    assert [ask(client, "nobody@example.com").status_code for _ in range(6)] == [302] * 5 + [429]


def test_without_mail_the_page_says_where_the_link_is(mia: Person, client: Client) -> None:
    assert "sends no mail" in text_of(client.get(RESET))


def test_changing_it_keeps_this_session_and_ends_the_others(mia: Person, client: Client) -> None:
    other = Client()
    enter(other)
    enter(client)
    new = {"password1": ANOTHER, "password2": ANOTHER}
    wrong = client.post("/account/password/", {"oldpassword": "not-it-at-all", **new})
    assert wrong.status_code == 422
    assert "This is not your present password." in text_of(wrong)
    assert client.post("/account/password/", {"oldpassword": PASSWORD, **new}).headers["Location"] == "/account/"
    assert (who_is_in(client), who_is_in(other)) == (mia.pk, None)
    assert kinds()[-1] == "person.password_changed"
    assert UserSession.objects.filter(user=mia, session_key=client.session.session_key).exists()


def test_a_first_password_is_chosen_by_who_is_in_already(cast: Cast, client: Client) -> None:
    client.force_login(cast.executive)
    assert client.get("/account/password/").headers["Location"] == "/account/password/first/"
    client.post("/account/password/first/", {"password1": ANOTHER, "password2": ANOTHER})
    assert enter(Client(), "eve@example.com", ANOTHER).status_code == 302


def test_a_letter_tells_of_changes_where_mail_is_configured(mia: Person, client: Client, settings) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    enter(client)
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER})
    (letter,) = letters()
    assert "The password was changed." in letter.body
