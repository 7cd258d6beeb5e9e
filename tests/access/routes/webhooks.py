"""The pages of webhooks: one's own, and for an administrator all."""

from __future__ import annotations

from typing import Any

from tests.access.routes.api_webhooks import hook_in_use
from tests.access.ways import INSIDERS, Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """The member has two webhooks, one of them paused, and something that was given up; nobody else has any."""
    hook, paused, delivery = hook_in_use(cast)
    hooks = "/account/webhooks/"
    one, by = f"{hooks}{hook.pk}/", ("member", "administrator")
    seen: dict[str, Any] = {"by": by, "answers": {kind: 404 for kind in INSIDERS if kind not in by}}
    new = {"name": "C", "url": "https://hooks.example.com/in", "payload": "id-only"}
    return [
        Way("webhooks", hooks),
        Way("new_webhook", f"{hooks}new/"),
        Way("new_webhook", f"{hooks}new/", "POST", data=new, done=200),
        Way("webhook", one, **seen),
        Way("change_webhook", f"{one}change/", **seen),
        Way("change_webhook", f"{one}change/", "POST", data=new, **seen),
        Way("pause_webhook", f"{one}pause/", **seen),
        Way("pause_webhook", f"{one}pause/", "POST", **seen),
        Way("resume_webhook", f"{hooks}{paused.pk}/resume/", "POST", **seen),
        Way("rotate_webhook_secret", f"{one}rotate-secret/", **seen),
        Way("rotate_webhook_secret", f"{one}rotate-secret/", "POST", done=200, **seen),
        Way("try_webhook", f"{one}test/", "POST", is_recorded=False, **seen),
        Way("remove_webhook", f"{one}remove/", **seen),
        Way("remove_webhook", f"{one}remove/", "POST", **seen),
        Way("replay_delivery", f"{one}deliveries/{delivery.pk}/replay/", "POST", **seen),
    ]
