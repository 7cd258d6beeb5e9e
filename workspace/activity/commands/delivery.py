"""Delivering: events get their place in commit order, then each consumer works on what it wants, once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max, Q

from workspace import clock, db
from workspace.activity import registry
from workspace.activity.models import Delivery, Event
from workspace.activity.rules.jobs import DELIVERY_ATTEMPTS, backoff

log = logging.getLogger(__name__)

SEQUENCE_BATCH = 1000


def deliver_events(*, wait: bool = True) -> int:
    """Give waiting events their `seq`, hand them to every consumer; return how many deliveries were made.

    Without `wait`, a consumer that another process feeds at this moment is left to it, and to the next sweep.
    """
    while sequence_events():
        pass
    return sum(_feed(consumer, wait=wait) for consumer in registry.consumers())


@db.command
def sequence_events() -> int:
    """Give up to 1,000 committed events their `seq`, and write their deliveries; return how many.

    Under one lock, so that `seq` follows the order of commits: an event that is not yet committed cannot be seen
    here, and gets a later place.
    """
    db.lock("activity.sequence")
    waiting = list(Event.objects.filter(seq__isnull=True).order_by("id").values_list("id", "kind")[:SEQUENCE_BATCH])
    if not waiting:
        return 0
    last = Event.objects.aggregate(last=Max("seq"))["last"] or 0
    numbered = [(event_id, kind, last + place) for place, (event_id, kind) in enumerate(waiting, start=1)]
    _write_seq(numbered)
    Delivery.objects.bulk_create(
        [
            Delivery(event_id=event_id, consumer=consumer.name, seq=seq)
            for event_id, kind, seq in numbered
            for consumer in registry.consumers()
            if consumer.wants(kind)
        ]
    )
    return len(waiting)


def _write_seq(numbered: Sequence[tuple[int, str, int]]) -> None:
    first, last_seq = numbered[0], numbered[0][2] - 1
    ids = [event_id for event_id, _kind, _seq in numbered]
    event = db.table(Event)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {event} SET seq = place.seq FROM (SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS seq"
            f" FROM {event} WHERE id >= %s AND id IN ({db.places(ids)})) AS place WHERE {event}.id = place.id",
            [last_seq, first[0], *ids],
        )


def _feed(consumer: registry.Consumer, *, wait: bool) -> int:
    """Feed one consumer until nothing is due. A batch that fails is tried event by event: one cannot block others."""
    made = 0
    while True:
        try:
            handled = _feed_batch(consumer, wait=wait)
        except Exception:
            log.exception("Consumer %s failed on a batch; its events are tried one by one.", consumer.name)
            return made + _feed_singly(consumer)
        if not handled:
            return made
        made += handled


def _due(consumer: registry.Consumer) -> list[Delivery]:
    """The next deliveries in order, at most one of an event with many subjects: that is work enough for one lock."""
    pending = Delivery.objects.filter(consumer=consumer.name, state=Delivery.State.PENDING)
    due = pending.filter(Q(next_at__isnull=True) | Q(next_at__lte=clock.now()))
    batch = list(due.select_related("event").order_by("seq")[: consumer.batch])
    bulk = next((place for place, delivery in enumerate(batch) if delivery.event.subject_id is None), len(batch))
    return batch[: bulk + 1]


@db.command
def _feed_batch(consumer: registry.Consumer, *, wait: bool) -> int:
    lock = f"activity.consumer.{consumer.name}"
    if wait:
        db.lock(lock)
    elif not db.try_lock(lock):
        return 0
    deliveries = _due(consumer)
    if deliveries:
        consumer.handle([delivery.event for delivery in deliveries])
        Delivery.objects.filter(id__in=[delivery.id for delivery in deliveries]).update(state=Delivery.State.DONE)
    return len(deliveries)


def _feed_singly(consumer: registry.Consumer) -> int:
    made = 0
    for delivery in _due(consumer):
        try:
            with transaction.atomic():
                db.lock(f"activity.consumer.{consumer.name}")
                taken = Delivery.objects.filter(id=delivery.id, state=Delivery.State.PENDING)
                if taken.update(state=Delivery.State.DONE):
                    consumer.handle([delivery.event])
                    made += 1
        except Exception as error:
            log.exception("Consumer %s failed on event %s.", consumer.name, delivery.event_id)
            _postpone(delivery, error)
    return made


def _postpone(delivery: Delivery, error: Exception) -> None:
    attempts = delivery.attempts + 1
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.PENDING).update(
        attempts=attempts,
        error=f"{type(error).__name__}: {error}"[:2000],
        state=Delivery.State.FAILED if attempts >= DELIVERY_ATTEMPTS else Delivery.State.PENDING,
        next_at=clock.now() + backoff(attempts),
    )
