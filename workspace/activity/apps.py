"""The app of events, jobs and notifications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    """Events, deliveries, jobs and notifications."""

    name = "workspace.activity"
    label = "activity"
    verbose_name = _("activity")

    def ready(self) -> None:
        """Keep the event log append-only in the database, after every migrate; tell people, and mail them."""
        from workspace.activity import audiences, events, guards
        from workspace.activity.audiences import Group, add_audience, add_group
        from workspace.activity.commands import mailing, notifying
        from workspace.activity.models import Mail
        from workspace.activity.queries.webhooks import name_webhooks, owners_of_paused
        from workspace.activity.registry import Consumer, Noun, add_consumer, add_job, add_noun, add_topic

        guards.install()
        add_consumer(Consumer(notifying.CONSUMER, audiences.is_told, notifying.notify, notifying.AT_ONCE))
        add_job(notifying.MAIL_NOW, mailing.mail_notifications)
        add_job(mailing.DIGEST, mailing.mail_digests)
        add_topic("person", lambda person, pk: bool(person.pk == pk), lambda person: [person.pk])
        add_noun(Noun("webhook", _("webhook"), name_webhooks))
        stopped = _("A webhook of yours reached nobody for a day, and was paused.")
        add_group(Group("webhooks", _("My webhooks"), stopped, Mail.IMMEDIATE, "webhooks"))
        add_audience([events.WEBHOOK_PAUSED], "webhooks", owners_of_paused)
