"""Webhooks to receivers that fail, hang, drip, redirect or cannot be reached: nothing is lost, nobody else waits."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any

import pytest

from tests.activity.hooked import HERE, NOON, happen, spread, states, webhook, work
from tests.activity.receiver import Receiver, answer, hang_up, receiver
from tests.cast import Cast
from workspace import clock
from workspace.activity import posting, senders
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.sending import take_turn
from workspace.activity.models import Event, EventSubject, Notification, WebhookDelivery
from workspace.organisation import commands

pytestmark = pytest.mark.django_db


def test_six_hours_of_500_and_everything_arrives_once_and_in_order(cast: Cast, hooks: Receiver) -> None:
    """One stage fails for six hours; others go on, and a later event of the same stage waits for the earlier one."""
    hook, sick = webhook(hooks, cast.member), cast.notice.pk
    hooks.answers = lambda handler, came: answer(500 if came.data["subject"]["id"] == sick else 200)(handler, came)
    first = happen(cast, cast.notice, name="First")
    second = happen(cast, cast.notice, cast.choose, name="Second")
    work(NOON + timedelta(minutes=1))
    assert [came.data["subject"]["id"] for came in hooks.taken] == [cast.choose.pk]
    work(NOON + timedelta(hours=6), start=NOON + timedelta(minutes=1))
    tries = [came.id for came in hooks.came if came.data["subject"]["id"] == sick]
    assert 10 <= len(tries) <= 25, "again and again, and less and less often"
    assert set(tries) == {f"evt_{first[0]}_{hook.pk}"}, "always the first one, with the same id"

    hooks.answers = answer(200)
    work(NOON + timedelta(hours=8), start=NOON + timedelta(hours=6))
    taken = [came.data["id"] for came in hooks.taken if came.data["subject"]["id"] == sick]
    assert taken == [first[0], min(second)]
    assert set(states(hook)) == {"delivered"}


def test_an_event_with_many_subjects_keeps_its_place_among_those_of_each(cast: Cast, hooks: Receiver) -> None:
    hook = webhook(hooks, cast.member)

    def event(*subjects: int) -> None:
        one = subjects[0] if len(subjects) == 1 else None
        made = Event.objects.create(at=NOON, kind="stage.renamed", subject_kind="stage", subject_id=one)
        if len(subjects) > 1:
            EventSubject.objects.bulk_create(
                EventSubject(subject_kind="stage", subject_id=pk, event=made) for pk in subjects
            )

    for subjects in ((1,), (1, 2), (2,), (3,), (4, 5)):
        event(*subjects)
    spread()
    hooks.answers = answer(503)
    take_turn(hook.pk)
    tried = [came.data["subject"]["id"] or tuple(came.data["subjects"]) for came in hooks.came]
    assert tried == [1, 3], "those about 1 and 2 wait for 1, those about many for one another"
    hooks.answers = answer(200)
    work(NOON + timedelta(minutes=1))
    taken = [came.data["subject"]["id"] or tuple(came.data["subjects"]) for came in hooks.taken]
    assert [each for each in taken if each not in (3, (4, 5))] == [1, (1, 2), 2]


def test_what_fails_for_a_day_is_given_up_while_others_arrive_and_can_be_replayed(cast: Cast, hooks: Receiver) -> None:
    hook, sick = webhook(hooks, cast.member), cast.notice.pk
    hooks.answers = lambda handler, came: answer(400 if came.data["subject"]["id"] == sick else 200)(handler, came)
    happen(cast, cast.notice, name="First")
    for hours in (0, 10, 20, 26):
        with clock.at(NOON + timedelta(hours=hours)):
            happen(cast, cast.choose, name=f"Hour {hours}")
        moment = NOON + timedelta(hours=hours)
        work(moment + timedelta(hours=1), start=moment)
    assert sorted(states(hook)) == ["delivered"] * 4 + ["failed"]
    hook.refresh_from_db()
    assert hook.state == "active"

    hooks.answers = answer(200)
    failed = WebhookDelivery.objects.get(webhook=hook, state="failed")
    assert (failed.status, failed.error) == (400, "Answered with 400.")
    with clock.at(NOON + timedelta(hours=28)):
        commands.replay_delivery(failed, actor=cast.member)
        work(clock.now(), start=clock.now())
    assert hooks.came[-1].id == f"evt_{failed.event_id}_{hook.pk}"
    assert set(states(hook)) == {"delivered"}


def test_who_reaches_nobody_for_a_day_is_paused_and_told_and_loses_nothing(cast: Cast, hooks: Receiver) -> None:
    hook = webhook(hooks, cast.member)
    hooks.answers = hang_up
    happen(cast, cast.notice, cast.choose, name="First")
    work(NOON + timedelta(hours=30))
    hook.refresh_from_db()
    assert (hook.state, states(hook)) == ("paused", ["pending", "pending"])
    assert "Nothing has arrived for 24 hours" in hook.reason
    assert hook.since < NOON + timedelta(hours=26)
    deliver_events()
    assert Notification.objects.filter(person=cast.member, group="webhooks", event__kind="webhook.paused").count() == 1
    before = len(hooks.came)
    with clock.at(NOON + timedelta(hours=31)):
        happen(cast, cast.notice, name="Second")
    work(NOON + timedelta(hours=32), start=NOON + timedelta(hours=31))
    assert len(hooks.came) == before, "nothing is sent while it is paused"

    hooks.answers = answer(204)
    with clock.at(NOON + timedelta(hours=33)):
        commands.resume_webhook(hook, actor=cast.member)
    work(NOON + timedelta(hours=33), start=NOON + timedelta(hours=33))
    assert states(hook) == ["delivered"] * 3
    assert [came.data["subject"]["id"] for came in hooks.taken].count(cast.notice.pk) == 2


def test_what_happened_more_than_a_week_before_it_is_resumed_is_left_out(cast: Cast, hooks: Receiver) -> None:
    hook = webhook(hooks, cast.member)
    commands.pause_webhook(hook, actor=cast.member)
    happen(cast, cast.notice, name="Long ago")
    with clock.at(NOON + timedelta(days=6)):
        happen(cast, cast.notice, name="Lately")
    with clock.at(NOON + timedelta(days=8)):
        commands.resume_webhook(hook, actor=cast.member)
        spread()
    assert states(hook) == ["pending"]


def test_redirects_are_not_followed_and_count_as_failures(cast: Cast, hooks: Receiver) -> None:
    with receiver() as inside:
        hook = webhook(hooks, cast.member)
        hooks.answers = answer(307, body=b"x" * 70_000, Location=inside.url)
        happen(cast, cast.notice, name="First")
        work(NOON)
        assert inside.came == []
    delivery = WebhookDelivery.objects.get(webhook=hook)
    assert (delivery.state, delivery.status, delivery.attempts) == ("pending", 307, 1)
    assert delivery.response == "x" * 1000


def test_who_drips_or_hangs_is_left_after_a_while(hooks: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.6)

    def drip(handler: Any, _came: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _piece in range(100):
            time.sleep(0.1)
            handler.wfile.write(b"a")

    for answering in (drip, hooks.hang):
        hooks.answers = answering
        began = time.monotonic()
        told = posting.post(hooks.url, b"{}", {})
        assert (told.status, told.has_arrived) == (None, False)
        assert "Timeout" in told.error
        assert time.monotonic() - began < 3


def test_a_name_that_takes_long_leaves_no_time_to_send(hooks: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise another process would have taken the delivery over by then, and both would send."""
    ask = socket.getaddrinfo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.3)
        return ask(*args, **kwargs)

    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    told = posting.post(hooks.url, b"{}", {})
    assert told.status is None
    assert "not over within 0.2 s" in told.error
    assert hooks.came == []


def test_only_the_beginning_of_an_endless_answer_is_read(hooks: Receiver) -> None:
    def endless(handler: Any, _came: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            while True:
                handler.wfile.write(b"\0y" * 8192)

    hooks.answers = endless
    told = posting.post(hooks.url, b"{}", {})
    assert (told.status, len(told.response)) == (200, 1000)
    assert "\0" not in told.response


@pytest.mark.django_db(transaction=True)
def test_one_that_hangs_keeps_nobody_else_waiting(cast: Cast, settings: Any) -> None:
    settings.WEBHOOKS_MAY_REACH = HERE
    deliver_events()
    with ExitStack() as stack:
        hanging, lively = (stack.enter_context(receiver()) for _ in range(2))
        hanging.answers = hanging.hang
        slow = [webhook(hanging, cast.member, name=f"Slow {number}") for number in range(3)]
        quick = webhook(lively, cast.other_member)
        happen(cast, cast.notice, cast.choose, cast.pay, name="First")
        threads = senders.send_webhooks()
        deadline = time.monotonic() + 8
        while len(lively.taken) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(lively.taken) == 3, "while the others still hang"
        assert states(quick)[:2] == ["delivered"] * 2
        assert all(set(states(each)) == {"pending"} for each in slow)
        hanging.over.set()
        for thread in threads:
            thread.join(timeout=20)
    assert not [thread for thread in threading.enumerate() if thread.name == "webhooks"]


def test_who_cannot_be_reached_is_left_alone_for_a_while_as_a_whole(cast: Cast, hooks: Receiver) -> None:
    hook = webhook(hooks, cast.member)
    hooks.answers = hang_up
    happen(cast, cast.notice, cast.choose, cast.pay, name="First")
    assert take_turn(hook.pk) == 1
    assert take_turn(hook.pk) == 0
    hooks.answers = answer(200)
    work(NOON + timedelta(seconds=30))
    assert states(hook) == ["delivered"] * 3
