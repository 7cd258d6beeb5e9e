"""Sending what webhooks wait for: one process for each at a time, at least once, and bounded, so that nobody waits."""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.events import WEBHOOK_PAUSED
from workspace.activity.models import Webhook, WebhookDelivery
from workspace.activity.posting import Answer, post
from workspace.activity.queries.webhooks import (
    body_of,
    free_webhooks,
    is_wanted,
    message_id_of,
    next_delivery,
    salts_of,
)
from workspace.activity.rules.webhooks import (
    LEASE,
    TRIED_FOR,
    TURN_DELIVERIES,
    TURN_SECONDS,
    hold_after,
    retry_after,
)
from workspace.activity.signatures import headers_of

log = logging.getLogger(__name__)

Deliver = Callable[[str, bytes, Mapping[str, str]], Answer]
"""Brings a body with these headers to an address, and says what came of it."""


def take_turn(webhook_id: int, *, deliver: Deliver = post) -> int:
    """Send for a webhook, if nobody else does: at most 50 deliveries, and none begun after 20 seconds; how many.

    A receiver that cannot be reached is left alone for a while, up to five minutes. A process that is killed leaves its
    lease behind: another one goes on when that is over, and sends again what was not noted, with the same id.
    """
    lease = _claim(webhook_id)
    if not lease:
        return 0
    began, sent = time.monotonic(), 0
    try:
        while sent < TURN_DELIVERIES and time.monotonic() - began < TURN_SECONDS:
            webhook = _renew(webhook_id, lease)
            delivery = next_delivery(webhook, clock.now()) if webhook is not None else None
            if webhook is None or delivery is None:
                break
            if not _is_wanted_still(webhook, delivery):
                continue
            sent += 1
            if not _send(webhook, delivery, deliver):
                break
    finally:
        Webhook.objects.filter(pk=webhook_id, lease=lease).update(lease_until=clock.now(), lease="")
    return sent


def _claim(webhook_id: int) -> str:
    """Take the lease by a guarded update; "" where somebody else has it."""
    now, lease = clock.now(), uuid.uuid4().hex
    taken = free_webhooks(now).filter(pk=webhook_id).update(lease=lease, lease_until=now + LEASE)
    return lease if taken else ""


def _renew(webhook_id: int, lease: str) -> Webhook | None:
    """The webhook, with its owner, if the lease is still ours and it still sends; the lease lasts anew."""
    mine = Webhook.objects.filter(pk=webhook_id, lease=lease, state=Webhook.State.ACTIVE)
    if not mine.update(lease_until=clock.now() + LEASE):
        return None
    return mine.select_related("owner").first()


def _is_wanted_still(webhook: Webhook, delivery: WebhookDelivery) -> bool:
    """Whether it is still to be sent: rights and wishes may have changed since it was written. If not, it goes."""
    if is_wanted(webhook, delivery.event):
        return True
    WebhookDelivery.objects.filter(pk=delivery.pk, state=WebhookDelivery.State.PENDING).delete()
    return False


def _send(webhook: Webhook, delivery: WebhookDelivery, deliver: Deliver) -> bool:
    """Send one delivery and note what came of it; whether the receiver can be reached."""
    now = clock.now()
    body = body_of(webhook, delivery.event)
    headers = headers_of(message_id_of(delivery.event_id, webhook.pk), body, salts=salts_of(webhook, now), at=now)
    answer = deliver(webhook.url, body.encode(), headers)
    _note(webhook.pk, delivery.pk, answer)
    return answer.status is not None


@db.command
def _note(webhook_id: int, delivery_id: int, answer: Answer) -> None:
    """Note an attempt: it has arrived, is tried again, or is given up; who fails at everything for a day is paused."""
    db.lock_row(Webhook, webhook_id)
    webhook = Webhook.objects.filter(pk=webhook_id).first()
    delivery = WebhookDelivery.objects.filter(pk=delivery_id, state=WebhookDelivery.State.PENDING).first()
    if webhook is None or delivery is None:  # removed meanwhile
        return
    now = clock.now()
    delivery.attempts += 1
    delivery.first_tried_at = delivery.first_tried_at or now
    delivery.tried_at, delivery.duration = now, answer.duration
    delivery.status, delivery.error, delivery.response = answer.status, answer.error, answer.response
    if answer.has_arrived:
        delivery.state, delivery.next_at = WebhookDelivery.State.DELIVERED, None
    else:
        _put_off(webhook, delivery, now)
    delivery.save()
    _note_health(webhook, answer, now)


def _put_off(webhook: Webhook, delivery: WebhookDelivery, now: datetime) -> None:
    """Try it again later, or give it up after a day; not when all has failed for a day: then the webhook is paused."""
    fails_at_all = webhook.failing_since is not None and webhook.failing_since <= now - TRIED_FOR
    first = delivery.first_tried_at or now
    if first <= now - TRIED_FOR and not fails_at_all:
        delivery.state, delivery.next_at = WebhookDelivery.State.FAILED, None
        return
    delivery.next_at = now + retry_after(delivery.attempts, random.random())


def _note_health(webhook: Webhook, answer: Answer, now: datetime) -> None:
    mine = Webhook.objects.filter(pk=webhook.pk)
    if answer.has_arrived:
        mine.filter(Q(failing_since__isnull=False) | Q(unreachable__gt=0)).update(failing_since=None, unreachable=0)
        return
    times = webhook.unreachable + 1 if answer.status is None else 0
    held = now + hold_after(times, random.random()) if times else None
    since = webhook.failing_since or now
    mine.update(failing_since=since, unreachable=times, held_until=held)
    if since <= now - TRIED_FOR and webhook.state == Webhook.State.ACTIVE:
        pause_by_itself(webhook, since=since, last=answer.error)


def pause_by_itself(webhook: Webhook, *, since: datetime, last: str) -> None:
    """Pause a webhook that reaches nobody, in the caller's transaction. What waits goes on waiting."""
    hours = (clock.now() - since) // timedelta(hours=1)
    reason = _("Nothing has arrived for %(hours)d hours. The last error: %(error)s") % {"hours": hours, "error": last}
    Webhook.objects.filter(pk=webhook.pk).update(
        state=Webhook.State.PAUSED, reason=reason[:300], since=clock.now(), version=F("version") + 1
    )
    record(None, Happening(WEBHOOK_PAUSED, ("person", webhook.owner_id), {"webhook": webhook.pk, "reason": reason}))
    log.warning("Webhook %s is paused: %s", webhook.pk, reason)
