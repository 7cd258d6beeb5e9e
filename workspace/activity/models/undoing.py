"""Acts that were undone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspace.activity.models.events import Event


class Undoing(models.Model):
    """An event that can be undone no more: it was, or it tells of undoing another (`original`)."""

    event = models.OneToOneField(
        Event, on_delete=models.DO_NOTHING, related_name="undoing", primary_key=True, verbose_name=_("event")
    )
    original = models.ForeignKey(
        Event, null=True, on_delete=models.DO_NOTHING, related_name="+", verbose_name=_("the act that it undid")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("undoing")
        verbose_name_plural = _("undoings")

    def __str__(self) -> str:
        return f"#{self.event_id}"
