"""The kinds of event of this app itself."""

from django.utils.translation import gettext_lazy as _

from workspace.activity.kinds import declare

CHOSEN = declare(
    "notifications.chosen", _("{actor} chose how to be told of what happens."), icon="bell-ring", personal=True
)

WEBHOOK_MADE = declare(
    "webhook.made", _("{actor} made the webhook {webhook}."), icon="webhook", personal=True, webhook="webhook"
)
WEBHOOK_CHANGED = declare(
    "webhook.changed", _("{actor} changed the webhook {webhook}: {fields}."), icon="webhook", personal=True,
    webhook="webhook",
)  # fmt: skip
WEBHOOK_PAUSED = declare(
    "webhook.paused", _("{actor} paused the webhook {webhook}: {reason}"), icon="circle-pause", personal=True,
    webhook="webhook",
)  # fmt: skip
WEBHOOK_RESUMED = declare(
    "webhook.resumed", _("{actor} resumed the webhook {webhook}."), icon="circle-play", personal=True,
    webhook="webhook",
)  # fmt: skip
WEBHOOK_SECRET_ROTATED = declare(
    "webhook.secret_rotated", _("{actor} gave the webhook {webhook} another secret."), icon="key-round",
    personal=True, webhook="webhook",
)  # fmt: skip
WEBHOOK_REPLAYED = declare(
    "webhook.replayed", _("{actor} let the webhook {webhook} send something again."), icon="repeat", personal=True,
    webhook="webhook",
)  # fmt: skip
WEBHOOK_REMOVED = declare("webhook.removed", _("{actor} removed the webhook “{what}”."), icon="trash-2", personal=True)
