"""Other systems that are told of what happens, by HTTP."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.activity.models.events import Event


class Webhook(models.Model):
    """An address that is told of events which its owner may see, in the order of `seq`, subject by subject.

    `seq` is the place in the log up to which its deliveries are written. Whoever sends holds the lease, one at a time.
    """

    NOUN = "webhook"

    class Payload(models.TextChoices):
        """How much a delivery says."""

        ID_ONLY = "id-only", _("ids alone")
        FULL = "full", _("ids and values")

    class State(models.TextChoices):
        """Whether anything is sent."""

        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(
        _("kinds of event"), default=list, help_text=_("Such as “story.moved”, or “story.*”. None means all.")
    )
    scopes = models.JSONField(
        _("scopes"), default=list, help_text=_("Such as “team:7”; “house” for what belongs to none. None means all.")
    )
    payload = models.CharField(_("payload"), max_length=8, choices=Payload.choices, default=Payload.ID_ONLY)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    reason = models.CharField(_("why it is paused"), max_length=300, blank=True)
    since = models.DateTimeField(_("in this state since"))
    made_at = models.DateTimeField(_("made at"))
    version = models.PositiveIntegerField(_("version"), default=1)
    seq = models.BigIntegerField(_("place in the log"), default=0)
    failing_since = models.DateTimeField(
        _("failing since"), null=True, help_text=_("The first failure after the last delivery that arrived.")
    )
    lease = models.CharField(_("who sends"), max_length=32, blank=True)
    lease_until = models.DateTimeField(
        _("lease until"), null=True, help_text=_("Where nobody sends: when somebody last did.")
    )
    unreachable = models.PositiveIntegerField(_("times out of reach, one after the other"), default=0)
    held_until = models.DateTimeField(_("left alone until"), null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=("active", "paused")), name="webhook_state_known"),
            models.CheckConstraint(condition=Q(payload__in=("id-only", "full")), name="webhook_payload_known"),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookSecret(models.Model):
    """What a secret is made of, together with the installation's own key: the secret itself is kept nowhere."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets", verbose_name=_("webhook"))
    salt = models.CharField(_("salt"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, help_text=_("Empty: until it is replaced."))

    class Meta:
        verbose_name = _("secret of a webhook")
        verbose_name_plural = _("secrets of webhooks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["webhook"], condition=Q(ends_at__isnull=True), name="one_present_secret_per_webhook"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.made_at:%Y-%m-%d %H:%M}"


class WebhookDelivery(models.Model):
    """One event for one webhook: tried until it arrives, or is given up. Its place and subject are the event's."""

    class State(models.TextChoices):
        """Where the delivery stands."""

        PENDING = "pending", _("pending")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, db_index=False, related_name="deliveries", verbose_name=_("webhook")
    )
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+", verbose_name=_("event"))
    seq = models.BigIntegerField(_("sequence"))
    subject_kind = models.CharField(_("subject kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"), null=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True)
    made_at = models.DateTimeField(_("made at"))
    first_tried_at = models.DateTimeField(_("first tried at"), null=True)
    tried_at = models.DateTimeField(_("last tried at"), null=True)
    status = models.PositiveSmallIntegerField(_("last status"), null=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)
    response = models.CharField(_("beginning of the last answer"), max_length=1000, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, help_text=_("Of the last attempt, in ms."))

    class Meta:
        verbose_name = _("delivery of a webhook")
        verbose_name_plural = _("deliveries of webhooks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["webhook", "event"], name="one_delivery_per_webhook_and_event"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["webhook", "next_at"], condition=Q(state="pending"), name="webhook_delivery_due"),
            models.Index(
                fields=["webhook", "subject_kind", "subject_id", "seq"],
                condition=Q(state="pending"),
                name="webhook_delivery_waiting",
            ),
            models.Index(fields=["made_at"], condition=~Q(state="pending"), name="webhook_delivery_over"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} ← {self.event_id}: {self.state}"
