"""A receiver of webhooks, what happens meanwhile, and what beat and worker do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q

from journeys import commands as journeys
from tests.activity.receiver import Receiver
from tests.cast import Cast
from workspace import clock, env
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.sending import take_turn
from workspace.activity.commands.spreading import spread_events
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.activity.queries.webhooks import due_webhooks
from workspace.organisation import commands
from workspace.organisation.models import Person

NOON = (clock.now() + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
"""When most of it happens: tomorrow, when all of the cast is there already."""
HERE = env.Reach(hosts=frozenset({"127.0.0.1"}))


def webhook(hooks: Receiver, owner: Person, **fields: Any) -> Webhook:
    """A webhook to this receiver, which has been told that it was made."""
    wanted = {"name": "A system", "url": hooks.url, "kinds": ["stage.*"]} | fields
    return commands.make_webhook(owner, actor=owner, **wanted).webhook


def happen(cast: Cast, *stages: Any, name: str) -> list[int]:
    """Rename stages, each an event about itself; their ids."""
    for stage in stages:
        stage.refresh_from_db()
        journeys.rename_stage(stage, name=f"{name} {stage.pk}", actor=cast.administrator)
    spread()
    return list(Event.objects.order_by("-pk").values_list("pk", flat=True)[: len(stages)])


def spread() -> None:
    """What the worker does after a commit, but for sending."""
    deliver_events()
    spread_events()


def work(until: datetime, *, start: datetime = NOON) -> None:
    """What beat and worker do until then: a turn for each webhook with something due, whenever there is something."""
    moment: datetime | None = start
    while moment is not None and moment <= until:
        with clock.at(moment):
            spread()
            for pk in due_webhooks(moment):
                take_turn(pk)
        moment = _next_moment(moment)


def _next_moment(now: datetime) -> datetime | None:
    """When somebody can be sent something again."""
    moments = []
    for hook in Webhook.objects.filter(state="active"):
        free = max(filter(None, (hook.held_until, hook.lease_until, now)))
        waiting = WebhookDelivery.objects.filter(webhook=hook, state="pending").aggregate(
            past=Min("next_at", filter=Q(next_at__lte=now)), later=Min("next_at", filter=Q(next_at__gt=now))
        )
        moments += [max(free, at) for at in waiting.values() if at]
    return min((at for at in moments if at > now), default=None)


def states(hook: Webhook) -> list[str]:
    return list(WebhookDelivery.objects.filter(webhook=hook).order_by("seq").values_list("state", flat=True))
