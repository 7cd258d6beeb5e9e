"""Making webhooks, changing, pausing and removing them; their secrets, and sending something again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity import events, registry
from workspace.activity.commands.events import Happening, record
from workspace.activity.kinds import all_kinds
from workspace.activity.models import Event, Webhook, WebhookDelivery, WebhookSecret
from workspace.activity.posting import Answer, Refused, check_url, post
from workspace.activity.queries.webhooks import salts_of, written
from workspace.activity.rules.webhooks import AT_MOST, CATCHES_UP, OLD_SECRET_LASTS, SECRETS_AT_MOST
from workspace.activity.signatures import headers_of, new_salt, secret_of
from workspace.errors import RuleBroken, StaleWrite, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.changes import is_behind
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.webhooks import is_filter_known, may_keep_webhook, may_make_webhook

FIELDS = ("name", "url", "kinds", "scopes", "payload")


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A webhook, and its new secret, which is shown once and kept nowhere."""

    webhook: Webhook
    secret: str


@db.command
def make_webhook(
    owner: Person,
    *,
    name: str,
    url: str,
    kinds: Sequence[str] = (),
    scopes: Sequence[str] = (),
    payload: str = Webhook.Payload.ID_ONLY,
    actor: Person | None,
) -> MadeWebhook:
    """Make a webhook that is told of what happens from now on and its owner may see.

    Raises NotAllowed; RuleBroken for an empty name, an address that is none or internal, kinds and scopes that there
    are not, and above 20 of one person.
    """
    may_make_webhook(standing_of(actor), owner_id=owner.pk).or_not_allowed()
    db.lock(f"activity.webhooks.{owner.pk}")
    if Webhook.objects.filter(owner=owner.pk).count() >= AT_MOST:
        raise RuleBroken(
            _("There are %(count)d webhooks already.") % {"count": AT_MOST},
            next_step=_("Remove one that nobody needs any more."),
        )
    now = clock.now()
    webhook = Webhook(owner_id=owner.pk, since=now, made_at=now, seq=_newest_place())
    _put(webhook, {"name": name, "url": url, "kinds": kinds, "scopes": scopes, "payload": payload})
    webhook.save(force_insert=True)
    secret = _new_secret(webhook)
    _tell(events.WEBHOOK_MADE, webhook, actor)
    return MadeWebhook(webhook, secret)


@db.command
def change_webhook(webhook: Webhook, *, base_version: int | None = None, actor: Person | None, **given: Any) -> Webhook:
    """Change name, url, kinds, scopes or payload; what waits follows.

    Raises NotAllowed, and RuleBroken as above; StaleWrite when it was changed after `base_version`.
    """
    _hold(webhook, actor)
    if is_behind(webhook.name, base_version, webhook.version):
        raise StaleWrite(
            _("“%(name)s” was changed in the meantime.") % {"name": webhook.name},
            next_step=_("Look at it as it is now, and send yours again if you still want it so."),
            version=webhook.version,
        )
    before = {field: getattr(webhook, field) for field in FIELDS}
    _put(webhook, given)
    changed = [field for field in FIELDS if getattr(webhook, field) != before[field]]
    if changed:
        _save(webhook, *changed)
        _tell(events.WEBHOOK_CHANGED, webhook, actor, fields=changed)
    return webhook


@db.command
def pause_webhook(webhook: Webhook, *, reason: str = "", actor: Person | None) -> Webhook:
    """Send nothing until it is resumed; what happens meanwhile waits.

    Raises NotAllowed; RuleBroken for one that is paused already.
    """
    _hold(webhook, actor)
    if webhook.state == Webhook.State.PAUSED:
        raise RuleBroken(_("This webhook is paused already."), next_step=_("Nothing is left to do."))
    webhook.state, webhook.reason = Webhook.State.PAUSED, reason.strip()[:300] or str(_("Paused by hand."))
    webhook.since = clock.now()
    _save(webhook, "state", "reason", "since")
    _tell(events.WEBHOOK_PAUSED, webhook, actor, reason=webhook.reason)
    return webhook


@db.command
def resume_webhook(webhook: Webhook, *, actor: Person | None) -> Webhook:
    """Go on with what waits and with what happened meanwhile, as far back as seven days.

    Raises NotAllowed; RuleBroken for one that is not paused.
    """
    _hold(webhook, actor)
    if webhook.state != Webhook.State.PAUSED:
        raise RuleBroken(_("This webhook is not paused."), next_step=_("Nothing is left to do."))
    now = clock.now()
    long_ago = Event.objects.filter(seq__gt=webhook.seq, at__lt=now - CATCHES_UP).order_by("-seq")
    webhook.seq = long_ago.values_list("seq", flat=True).first() or webhook.seq
    webhook.state, webhook.reason, webhook.since = Webhook.State.ACTIVE, "", now
    webhook.failing_since, webhook.unreachable, webhook.held_until = None, 0, None
    _save(webhook, "seq", "state", "reason", "since", "failing_since", "unreachable", "held_until")
    waiting = WebhookDelivery.objects.filter(webhook=webhook, state=WebhookDelivery.State.PENDING)
    waiting.update(next_at=now, attempts=0, first_tried_at=None)
    _tell(events.WEBHOOK_RESUMED, webhook, actor)
    return webhook


@db.command
def rotate_webhook_secret(webhook: Webhook, *, actor: Person | None) -> MadeWebhook:
    """Make a new secret; the old one signs too for 24 hours. Raises NotAllowed; RuleBroken above 5 at a time."""
    _hold(webhook, actor)
    now = clock.now()
    WebhookSecret.objects.filter(webhook=webhook, ends_at__lte=now).delete()
    if WebhookSecret.objects.filter(webhook=webhook).count() >= SECRETS_AT_MOST:
        raise RuleBroken(
            _("%(count)d secrets of this webhook are valid already.") % {"count": SECRETS_AT_MOST},
            next_step=_("Wait until the oldest has ended, or make another webhook."),
        )
    WebhookSecret.objects.filter(webhook=webhook, ends_at__isnull=True).update(ends_at=now + OLD_SECRET_LASTS)
    secret = _new_secret(webhook)
    _save(webhook)
    _tell(events.WEBHOOK_SECRET_ROTATED, webhook, actor)
    return MadeWebhook(webhook, secret)


@db.command
def remove_webhook(webhook: Webhook, *, actor: Person | None) -> None:
    """Do away with it, its secrets and its log. Raises NotAllowed."""
    _hold(webhook, actor)
    record(actor, Happening(events.WEBHOOK_REMOVED, ("person", webhook.owner_id), {"what": webhook.name}))
    webhook.delete()


@db.command
def replay_delivery(delivery: WebhookDelivery, *, actor: Person | None) -> WebhookDelivery:
    """Send it again, with the same id. Raises NotAllowed; RuleBroken while it waits, or its webhook is paused."""
    webhook = delivery.webhook
    _hold(webhook, actor)
    delivery.refresh_from_db()
    if webhook.state == Webhook.State.PAUSED:
        raise RuleBroken(_("This webhook is paused."), next_step=_("Resume it first."))
    if delivery.state == WebhookDelivery.State.PENDING:
        raise RuleBroken(_("This is still being sent."), next_step=_("Wait for it."))
    delivery.state, delivery.next_at = WebhookDelivery.State.PENDING, clock.now()
    delivery.attempts, delivery.first_tried_at = 0, None
    delivery.save(update_fields=["state", "next_at", "attempts", "first_tried_at"])
    _tell(events.WEBHOOK_REPLAYED, webhook, actor, event=delivery.event_id)
    return delivery


def try_webhook(webhook: Webhook, *, actor: Person | None) -> Answer:
    """Send a test now, outside any transaction, and say what came of it. Raises NotAllowed."""
    may_keep_webhook(standing_of(actor), owner_id=webhook.owner_id).or_not_allowed()
    now = clock.now()
    body = written("webhook.test", now, {"webhook": webhook.pk})
    headers = headers_of(f"test_{uuid.uuid4().hex}", body, salts=salts_of(webhook, now), at=now)
    return post(webhook.url, body.encode(), headers)


def forget_webhooks_of(person: Person) -> None:
    """Delete the webhooks of somebody who is erased, with all that they were told, in the caller's transaction."""
    Webhook.objects.filter(owner=person.pk).delete()


def _hold(webhook: Webhook, actor: Person | None) -> None:
    """Lock the webhook and read it again. Raises Unknown where it is gone, and NotAllowed."""
    db.lock_row(Webhook, webhook.pk)
    try:
        webhook.refresh_from_db()
    except Webhook.DoesNotExist:
        raise Unknown(_("There is no such webhook any more."), next_step=_("Look at the list again.")) from None
    may_keep_webhook(standing_of(actor), owner_id=webhook.owner_id).or_not_allowed()


def _put(webhook: Webhook, given: dict[str, Any]) -> None:
    """Write the given values into the webhook, checked. Raises RuleBroken."""
    for field, value in given.items():
        if field not in FIELDS:
            raise TypeError(f"a webhook has no field {field!r}")
        setattr(webhook, field, list(dict.fromkeys(value)) if field in ("kinds", "scopes") else value.strip())
    if not webhook.name:
        raise RuleBroken(_("A webhook needs a name."), next_step=_("Say which system it tells."))
    if webhook.payload not in Webhook.Payload.values:
        raise RuleBroken(_("“%(payload)s” is no payload.") % {"payload": webhook.payload})
    known = {kind.code for kind in all_kinds()}
    is_filter_known(webhook.kinds, webhook.scopes, known=known, topics=registry.topics()).or_rule_broken()
    try:
        check_url(webhook.url)
    except Refused as refusal:
        raise RuleBroken(
            str(refusal), next_step=_("Take an address on the internet, or ask who runs Throughline.")
        ) from None


def _save(webhook: Webhook, *fields: str) -> None:
    webhook.version += 1
    webhook.save(update_fields=[*fields, "version"])


def _new_secret(webhook: Webhook) -> str:
    salt = new_salt()
    WebhookSecret.objects.create(webhook=webhook, salt=salt, made_at=clock.now())
    return secret_of(salt)


def _newest_place() -> int:
    return Event.objects.aggregate(last=Max("seq"))["last"] or 0


def _tell(kind: str, webhook: Webhook, actor: Person | None, **data: Any) -> None:
    record(actor, Happening(kind, ("person", webhook.owner_id), {"webhook": webhook.pk, **data}))
