"""Who has been told of which event."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspace.activity.models.events import Event


class Delivery(models.Model):
    """One event for one consumer. The row is done in the transaction of the consumer's own work: once, never twice."""

    class State(models.TextChoices):
        """Where the delivery stands."""

        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    consumer = models.CharField(_("consumer"), max_length=32)
    seq = models.BigIntegerField(_("sequence"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "consumer"], name="one_delivery_per_event_and_consumer"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["consumer", "seq"], condition=models.Q(state="pending"), name="delivery_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} ← {self.event_id}: {self.state}"
