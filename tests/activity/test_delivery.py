"""Every consumer gets every event that it wants once, whatever breaks in between."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.activity.together import at_once
from workspace import clock
from workspace.activity import registry
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Delivery, Event, Job
from workspace.activity.registry import Consumer
from workspace.activity.rules.jobs import DELIVERY_ATTEMPTS, backoff
from workspace.organisation import events as organisation_events

pytestmark = pytest.mark.django_db(transaction=True)

KIND = organisation_events.UNIT_CREATED


class Listener:
    """A consumer that keeps what it hears in the database, and breaks where it is told to."""

    def __init__(self) -> None:
        self.breaks_on: set[int] = set()
        self.breaks_at_the_end = False
        self.batches: list[list[int]] = []

    def handle(self, events: Sequence[Event]) -> None:
        self.batches.append([event.subject_id or 0 for event in events])
        for event in events:
            Job.objects.create(kind="heard", args={"unit": event.subject_id}, created_at=clock.now())
            if event.subject_id in self.breaks_on:
                raise ArithmeticError(f"cannot hear of unit {event.subject_id}")
        if self.breaks_at_the_end:
            raise ArithmeticError("killed after the work, before the mark")

    @property
    def heard(self) -> list[int]:
        return [job.args["unit"] for job in Job.objects.filter(kind="heard").order_by("id")]


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """The only consumer there is."""
    listener = Listener()
    monkeypatch.setattr(registry, "_consumers", {})
    registry.add_consumer(Consumer("listener", lambda kind: kind == KIND, listener.handle, batch=3))
    return listener


def happen(*units: int, kind: str = KIND) -> None:
    with transaction.atomic():
        record(None, *(Happening(kind, ("unit", unit)) for unit in units))


def states() -> dict[int, str]:
    return {delivery.event.subject_id or 0: delivery.state for delivery in Delivery.objects.select_related("event")}


def test_events_are_heard_in_order_and_once(listener: Listener) -> None:
    happen(1, 2)
    happen(3, 4, 5)
    assert deliver_events() == 5
    assert deliver_events() == 0
    assert listener.heard == [1, 2, 3, 4, 5]
    assert listener.batches == [[1, 2, 3], [4, 5]]


def test_a_consumer_hears_only_of_what_it_wants(listener: Listener) -> None:
    happen(1, kind=organisation_events.UNIT_ARCHIVED)
    happen(2)
    deliver_events()
    assert listener.heard == [2]
    assert Delivery.objects.count() == 1


def test_a_consumer_that_breaks_midway_leaves_nothing_half_done(listener: Listener) -> None:
    listener.breaks_on = {2}
    happen(1, 2, 3)
    deliver_events()
    assert listener.heard == [1, 3]
    assert states() == {1: "done", 2: "pending", 3: "done"}
    failed = Delivery.objects.get(state="pending")
    assert failed.attempts == 1
    assert "cannot hear of unit 2" in failed.error


def test_one_event_that_cannot_be_handled_does_not_block_the_others(listener: Listener) -> None:
    listener.breaks_on = {1}
    happen(*range(1, 9))
    for _ in range(3):
        deliver_events()
    assert listener.heard == list(range(2, 9))
    happen(9)
    deliver_events()
    assert listener.heard == list(range(2, 10))


def test_it_is_tried_again_after_growing_waits_and_given_up_in_the_end(listener: Listener) -> None:
    listener.breaks_on = {1}
    happen(1)
    moment = clock.now()
    for attempt in range(1, DELIVERY_ATTEMPTS + 1):
        with clock.at(moment):
            deliver_events()
        delivery = Delivery.objects.get()
        assert delivery.attempts == attempt
        assert delivery.next_at == moment + backoff(attempt)
        with clock.at(moment + backoff(attempt) - timedelta(milliseconds=1)):
            deliver_events()
        assert Delivery.objects.get().attempts == attempt
        moment += backoff(attempt)
    assert Delivery.objects.get().state == "failed"
    with clock.at(moment + timedelta(days=1)):
        assert deliver_events() == 0


def test_it_is_heard_once_when_it_can_be_again(listener: Listener) -> None:
    listener.breaks_on = {1}
    happen(1)
    deliver_events()
    listener.breaks_on = set()
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert deliver_events() == 1
    assert listener.heard == [1]


def test_who_dies_between_the_work_and_the_mark_has_done_neither(listener: Listener) -> None:
    listener.breaks_at_the_end = True
    happen(1, 2)
    deliver_events()
    assert listener.heard == []
    assert set(states().values()) == {"pending"}
    listener.breaks_at_the_end = False
    with clock.at(clock.now() + timedelta(minutes=1)):
        deliver_events()
    assert listener.heard == [1, 2]


def test_several_who_deliver_at_once_deliver_once(listener: Listener) -> None:
    for first in range(1, 31, 3):
        happen(first, first + 1, first + 2)
    results = at_once(*[deliver_events] * 4)
    assert sum(results) == 30
    assert sorted(listener.heard) == list(range(1, 31))
    if connection.vendor == "postgresql":
        assert listener.heard == list(range(1, 31))


def test_a_consumer_that_is_new_hears_from_then_on(listener: Listener) -> None:
    happen(1)
    deliver_events()
    late = Listener()
    registry.add_consumer(Consumer("late", lambda kind: True, late.handle))
    happen(2)
    deliver_events()
    assert late.batches == [[2]]


def test_waits_grow_up_to_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 4, 20)] == [5, 10, 20, 40, 3600]
