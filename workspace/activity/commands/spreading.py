"""Writing down what each webhook is to be told: in the order of the log, from the place that it has come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Max

from workspace import clock, db
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.activity.queries.webhooks import is_wanted

BATCH = 500


def spread_events() -> int:
    """Write the deliveries of all events that have come since; how many. 1 statement where nobody listens."""
    if not Webhook.objects.filter(state=Webhook.State.ACTIVE).exists():
        return 0
    made = 0
    while (more := _spread_batch()) is not None:
        made += more
    return made


@db.command
def _spread_batch() -> int | None:
    """Write the deliveries of up to 500 events for the webhooks of each place; None where nobody is behind.

    One who is far behind has a place of its own in the log, so nobody else waits for it.
    """
    if not db.try_lock("activity.webhooks"):
        return None
    last = Event.objects.aggregate(last=Max("seq"))["last"] or 0
    behind = Webhook.objects.filter(state=Webhook.State.ACTIVE, seq__lt=last).select_related("owner").order_by("pk")
    by_place: defaultdict[int, list[Webhook]] = defaultdict(list)
    for webhook in behind:
        by_place[webhook.seq].append(webhook)
    made = 0
    for place, webhooks in by_place.items():
        events = list(Event.objects.in_order().filter(seq__gt=place)[:BATCH])
        made += _write(webhooks, events)
        if events:
            ids = [webhook.pk for webhook in webhooks]
            Webhook.objects.filter(pk__in=ids, seq=place).update(seq=events[-1].seq)
    return made if by_place else None


def _write(webhooks: Sequence[Webhook], events: Sequence[Event]) -> int:
    now = clock.now()
    rows = [
        WebhookDelivery(
            webhook=webhook, event=event, seq=event.seq or 0, subject_kind=event.subject_kind,
            subject_id=event.subject_id, next_at=now, made_at=now,
        )
        for webhook in webhooks
        for event in events
        if is_wanted(webhook, event)
    ]  # fmt: skip
    WebhookDelivery.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
