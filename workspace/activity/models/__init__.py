"""Facts of the activity app."""

from workspace.activity.models.deliveries import Delivery
from workspace.activity.models.events import Event, EventSubject
from workspace.activity.models.jobs import Job
from workspace.activity.models.notifications import DigestHour, Mail, Notification, NotificationChoice
from workspace.activity.models.undoing import Undoing
from workspace.activity.models.webhooks import Webhook, WebhookDelivery, WebhookSecret

__all__ = [
    "Delivery",
    "DigestHour",
    "Event",
    "EventSubject",
    "Job",
    "Mail",
    "Notification",
    "NotificationChoice",
    "Undoing",
    "Webhook",
    "WebhookDelivery",
    "WebhookSecret",
]
