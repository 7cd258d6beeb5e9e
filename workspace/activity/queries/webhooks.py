"""Webhooks: whose turn it is, what is sent next, and what a delivery says."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from workspace.activity import kinds, registry
from workspace.activity.audiences import Told
from workspace.activity.models import Event, EventSubject, Webhook, WebhookDelivery, WebhookSecret
from workspace.activity.queries.feed import subjects_told
from workspace.activity.registry import Named
from workspace.activity.rules.webhooks import HOUSE, wants_kind, wants_scope

MESSAGE = re.compile(r"evt_([0-9]{1,18})_([0-9]{1,18})")
"""The id of a message; no database counts farther."""


def name_webhooks(ids: Collection[int]) -> Mapping[int, Named]:
    """Names and pages of webhooks, by id."""
    found = Webhook.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: Named(name, reverse("webhook", args=[pk])) for pk, name in found}


def webhooks_for(person: Any) -> QuerySet[Webhook]:
    """The webhooks that somebody who works here looks after: their own; an administrator all."""
    seen = Webhook.objects.all()
    return seen if person.is_staff else seen.filter(owner=person.pk)


def deliveries_for(person: Any) -> QuerySet[WebhookDelivery]:
    """What these webhooks were sent, or wait to be."""
    seen = WebhookDelivery.objects.all()
    return seen if person.is_staff else seen.filter(webhook__owner=person.pk)


def waiting_of(ids: Collection[int]) -> Mapping[int, int]:
    """How many deliveries wait for each of these webhooks, none where it is not named: 1 statement."""
    rows = WebhookDelivery.objects.filter(webhook__in=ids, state=WebhookDelivery.State.PENDING).order_by()
    return dict(rows.values_list("webhook").annotate(n=Count("pk")))


def numbers_of(webhook: Webhook) -> Mapping[str, int]:
    """How many deliveries of a webhook are in each state: 1 statement, over all of its log."""
    rows = WebhookDelivery.objects.filter(webhook=webhook).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def subjects_of(deliveries: Iterable[WebhookDelivery]) -> Mapping[int, Named | None]:
    """What each delivery is about, by its id: None where it is gone, or about many: 1 statement per noun."""
    listed = [each for each in deliveries if each.subject_id is not None]
    wanted: dict[str, set[int | None]] = defaultdict(set)
    for each in listed:
        wanted[each.subject_kind].add(each.subject_id)
    names = registry.name_all(wanted)
    return {each.pk: names[each.subject_kind].get(each.subject_id) for each in listed}


def scopes_named(webhook: Webhook) -> Mapping[str, str]:
    """The scopes that a webhook asks for, in words; one that is gone by its code: 1 statement per noun."""
    scopes: list[str] = webhook.scopes
    wanted: dict[str, set[int]] = defaultdict(set)
    for noun, colon, number in (scope.partition(":") for scope in scopes):
        if colon:
            wanted[noun].add(int(number))
    names = registry.name_all(wanted)
    told = {f"{noun}:{pk}": named.text for noun, found in names.items() for pk, named in found.items()}
    return {scope: scope for scope in scopes} | told | {HOUSE: _("the house as a whole")}


def may_receive(owner: Any) -> bool:
    """Whether somebody's webhooks are sent anything: they work here, and are no guest."""
    return bool(owner.works_here and not owner.is_guest)


def may_know(owner: Any, event: Event) -> bool:
    """Whether the owner may see this event today, as in the history: what is personal is for whom it is about.

    No statement: people inside see all open work, others get nothing.
    """
    if not may_receive(owner):
        return False
    if not kinds.kind(event.kind).personal or owner.is_staff:
        return True
    return event.actor_id == owner.pk or (event.subject_kind, event.subject_id) == ("person", owner.pk)


def is_wanted(webhook: Webhook, event: Event) -> bool:
    """Whether the webhook asks for this event, and its owner may see it."""
    is_asked = wants_kind(webhook.kinds, event.kind) and wants_scope(webhook.scopes, event.scope)
    return is_asked and may_know(webhook.owner, event)


def owners_of_paused(events: Sequence[Event]) -> Iterable[Told]:
    """Who is told that a webhook was paused: its owner, where the house did it. No statement."""
    return [Told(event.pk, event.subject_id) for event in events if event.actor_id is None and event.subject_id]


def free_webhooks(now: datetime) -> QuerySet[Webhook]:
    """Webhooks that nobody sends for, and that are not left alone for a while."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    ready = Q(held_until__isnull=True) | Q(held_until__lte=now)
    people: Any = get_user_model()._default_manager
    here = people.active().exclude(role="guest").order_by().values("pk")
    return Webhook.objects.filter(free, ready, state=Webhook.State.ACTIVE, owner__in=here)


def due_webhooks(now: datetime) -> list[int]:
    """The ids of free webhooks with something to send now, whose last turn is longest ago first: 1 statement."""
    due = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state="pending", next_at__lte=now)
    waiting = free_webhooks(now).filter(Exists(due)).order_by(F("lease_until").asc(nulls_first=True), "pk")
    return list(waiting.values_list("pk", flat=True))


def next_delivery(webhook: Webhook, now: datetime) -> WebhookDelivery | None:
    """What is to be sent next, with its event: whatever is due longest and waits for nothing earlier: 1 statement.

    It waits for earlier deliveries about the same subject; an event with many subjects counts for each of them, and two
    such about the same kind of thing keep their order.
    """
    pending = WebhookDelivery.objects.filter(webhook=webhook, state=WebhookDelivery.State.PENDING)
    earlier = pending.filter(seq__lt=OuterRef("seq"), subject_kind=OuterRef("subject_kind")).order_by()
    named_here = EventSubject.objects.filter(
        event=OuterRef("event"), subject_kind=OuterRef("subject_kind"), subject_id=OuterRef(OuterRef("subject_id"))
    )
    named_later = EventSubject.objects.filter(
        event=OuterRef(OuterRef("event")), subject_kind=OuterRef("subject_kind"), subject_id=OuterRef("subject_id")
    )
    one, many = Q(subject_id__isnull=False), Q(subject_id__isnull=True)
    blocked_one = Exists(earlier.filter(subject_id=OuterRef("subject_id"))) | Exists(
        earlier.filter(many).filter(Exists(named_here))
    )
    blocked_many = Exists(earlier.filter(many)) | Exists(earlier.filter(one).filter(Exists(named_later)))
    waits = (one & Q(blocked_one)) | (many & Q(blocked_many))
    due = pending.filter(next_at__lte=now).exclude(waits).order_by("next_at", "seq")
    return due.select_related("event").first()


def salts_of(webhook: Webhook, now: datetime) -> list[str]:
    """What the secrets are made of that are valid now, the present one first: 1 statement."""
    valid = WebhookSecret.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), webhook=webhook)
    return list(valid.order_by("-made_at", "-pk").values_list("salt", flat=True))


def message_id_of(event_id: int, webhook_id: int) -> str:
    """The id of an event for a webhook: the same each time it is sent."""
    return f"evt_{event_id}_{webhook_id}"


def ids_of_message(message: str) -> tuple[int, int] | None:
    """The event and the webhook that the id of a message names; None for what is no such id."""
    named = MESSAGE.fullmatch(message)
    return None if named is None else (int(named[1]), int(named[2]))


def body_of(webhook: Webhook, event: Event) -> str:
    """What a delivery says, as JSON: 1 statement for an event with many subjects, none for others."""
    told: dict[str, Any] = {
        "id": event.pk,
        "seq": event.seq,
        "subject": {"kind": event.subject_kind, "id": event.subject_id},
        "scope": event.scope,
    }
    if event.subject_id is None:
        told["subjects"] = subjects_told([event.pk]).get(event.pk, [])
    if webhook.payload == Webhook.Payload.FULL:
        told |= {"actor": event.actor_id, "subject_version": event.subject_version, "data": event.data}
    return written(event.kind, event.at, told)


def written(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """A message of Standard Webhooks: its type, when it happened, and what."""
    moment = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": moment, "data": data}, separators=(",", ":"))
