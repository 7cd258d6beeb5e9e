"""The API of webhooks, as the session of a page goes it: one's own, and for whoever administers all."""

from __future__ import annotations

from typing import Any

from tests.access.ways import INSIDERS, Way
from tests.cast import Cast
from workspace import clock
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.organisation.commands import make_webhook, pause_webhook

URL = "https://hooks.example.com/in"


def hook_in_use(cast: Cast) -> tuple[Webhook, Webhook, WebhookDelivery]:
    """A webhook of the member's, another one that is paused, and what the first was sent."""
    hook, paused = (make_webhook(cast.member, name=name, url=URL, actor=cast.member).webhook for name in ("A", "B"))
    pause_webhook(paused, actor=cast.member)
    event = Event.objects.latest("pk")
    delivery = WebhookDelivery.objects.create(
        webhook=hook, event=event, seq=event.pk, subject_kind=event.subject_kind, subject_id=event.subject_id,
        state=WebhookDelivery.State.FAILED, made_at=clock.now(),
    )  # fmt: skip
    Webhook.objects.filter(pk=hook.pk).update(url="ftp://nowhere")  # no test leaves this machine
    return hook, paused, delivery


def ways(cast: Cast) -> list[Way]:
    """The member has two webhooks, one of them paused, and something that was sent; nobody else has any."""
    hook, paused, delivery = hook_in_use(cast)
    hooks, log = "/api/v1/webhooks/", "/api/v1/webhook-deliveries/"
    one, by = f"{hooks}{hook.pk}/", ("member", "administrator")
    strange = {kind: 404 for kind in INSIDERS if kind not in by}
    seen: dict[str, Any] = {"by": by, "answers": strange, "owner": "member"}
    new, any_version = {"name": "C", "url": URL}, {"If-Match": "*"}
    return [
        Way("api:webhook-list", hooks),
        Way("api:webhook-list", hooks, "POST", INSIDERS, new, done=201),
        Way("api:webhook-detail", one, **seen),
        Way("api:webhook-detail", one, "PATCH", data={"name": "D", "url": URL}, headers=any_version, **seen),
        Way("api:webhook-detail", one, "DELETE", headers=any_version, done=204, **seen),
        Way("api:webhook-pause", f"{one}pause/", "POST", **seen),
        Way("api:webhook-resume", f"{hooks}{paused.pk}/resume/", "POST", **seen),
        Way("api:webhook-rotate-secret", f"{one}rotate-secret/", "POST", **seen),
        Way("api:webhook-test", f"{one}test/", "POST", is_recorded=False, **seen),
        Way("api:webhook_delivery-list", log),
        Way("api:webhook_delivery-detail", f"{log}{delivery.pk}/", **seen),
        Way("api:webhook_delivery-replay", f"{log}{delivery.pk}/replay/", "POST", done=202, **seen),
    ]
