"""After repeated failure somebody has to wait: whoever guesses, and nobody else."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, text_of, who_is_in
from workspace.activity.models import Event
from workspace.organisation.commands import set_password
from workspace.organisation.models import Person

HOME, AWAY = "198.51.100.7", "203.0.113.9"


def guess(client: Client, times: int = 5, email: str = "mia@example.com", **meta: str) -> list[int]:
    return [enter(client, email, ANOTHER, **{"REMOTE_ADDR": AWAY, **meta}).status_code for _ in range(times)]


def test_the_fifth_failure_locks_and_says_until_when(mia: Person, client: Client) -> None:
    assert guess(client) == [422, 422, 422, 422, 429]
    answer = enter(client, REMOTE_ADDR=AWAY)
    assert answer.status_code == 429, "the right password does not help"
    assert 800 < int(answer.headers["Retry-After"]) <= 900
    until = timezone.localtime(AccessAttempt.objects.get().attempt_time + timedelta(minutes=15))
    assert f"Try again at {until:%H:%M}" in text_of(answer)
    assert who_is_in(client) is None


def test_nobody_else_is_locked_out(cast: Cast, mia: Person, client: Client) -> None:
    set_password(cast.executive, password=PASSWORD, actor=None)
    guess(client, 6)
    assert enter(Client(), REMOTE_ADDR=HOME).status_code == 302, "she herself, elsewhere"
    assert enter(Client(), "eve@example.com", REMOTE_ADDR=AWAY).status_code == 302, "somebody else, from there"


def test_it_ends_after_the_time(mia: Person, client: Client) -> None:
    guess(client, 6)
    AccessAttempt.objects.update(attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=1))
    assert enter(client, REMOTE_ADDR=AWAY).status_code == 302


def test_trying_on_does_not_make_it_longer(mia: Person, client: Client) -> None:
    guess(client)
    last = AccessAttempt.objects.get().attempt_time
    guess(client, 3)
    assert AccessAttempt.objects.get().attempt_time == last


def test_success_forgets_the_failures(mia: Person, client: Client) -> None:
    guess(client, 4)
    assert enter(Client(), REMOTE_ADDR=AWAY).status_code == 302
    assert guess(client, 4) == [422] * 4


def test_neither_letters_nor_browsers_make_another_count(mia: Person, client: Client) -> None:
    guess(client, 2)
    guess(client, 2, "MIA@example.com")
    assert guess(client, 1, " mia@example.com ", HTTP_USER_AGENT="Another/1.0") == [429]


def test_an_address_that_nobody_has_is_locked_the_same(mia: Person) -> None:
    known, unknown = Client(), Client()
    assert guess(known, 6) == guess(unknown, 6, "nobody@example.com")
    pages = [text_of(enter(known, REMOTE_ADDR=AWAY)), text_of(enter(unknown, "nobody@example.com", REMOTE_ADDR=AWAY))]
    assert pages[0] == pages[1]


def test_it_is_recorded_once_without_saying_from_where(mia: Person, client: Client) -> None:
    guess(client, 8)
    guess(client, 8, "nobody@example.com")
    event = Event.objects.get(kind="person.locked_out")
    assert (event.subject_id, event.actor_id, event.data) == (mia.pk, None, {})


def test_the_question_in_between_is_locked_too(mia: Person, client: Client) -> None:
    enter(client, REMOTE_ADDR=AWAY)
    asked = [client.post("/account/again/", {"password": ANOTHER}, REMOTE_ADDR=AWAY).status_code for _ in range(5)]
    assert asked == [422, 422, 422, 422, 429]


def test_neither_log_nor_database_keeps_what_was_typed(
    mia: Person, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        guess(client, 6)
        client.get("/account/password/reset/1-hush-hush/")
    kept = caplog.text + repr(list(AccessAttempt.objects.values()))
    assert ANOTHER not in kept
    assert "csrf" not in kept.lower()
    assert kinds().count("person.locked_out") == 1


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "counted"),
    [
        (0, "1.2.3.4", AWAY, AWAY),  # nobody stands in front: what the header says is the visitor's own claim
        (1, "1.2.3.4, 198.51.100.7", "10.0.0.1", HOME),  # the proxy appended the last entry, the visitor wrote the rest
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.2", "10.0.0.1", HOME),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "hello", "10.0.0.1", "10.0.0.1"),
        (2, "198.51.100.7", "10.0.0.1", "10.0.0.1"),
        (1, "2001:db8::1", "10.0.0.1", "2001:db8::1"),
        (1, "198.51.100.7:4444", "10.0.0.1", HOME),  # some proxies name the port as well
        (1, "[2001:db8::1]:443", "10.0.0.1", "2001:db8::1"),
        (1, "[2001:db8::1]", "10.0.0.1", "2001:db8::1"),
        (1, "hello:80", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_only_what_proxies_append_is_believed(
    mia: Person, client: Client, settings, proxies: int, forwarded: str, peer: str, counted: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    enter(client, password=ANOTHER, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert AccessAttempt.objects.get().ip_address == counted


def test_too_many_requests_of_any_kind_are_slowed_down(mia: Person, client: Client) -> None:
    asked = [client.post("/account/password/reset/", {"email": f"a{n}@example.com"}).status_code for n in range(22)]
    assert asked[:20] == [302] * 20
    assert asked[20:] == [429, 429]
