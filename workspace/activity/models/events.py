"""The append-only log of what happened."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    """Readers go by `seq`; nobody changes or deletes what happened."""

    def in_order(self) -> EventQuerySet:
        """Only events that have their place, in commit order."""
        return self.filter(seq__isnull=False).order_by("seq")

    def newest_first(self) -> EventQuerySet:
        """Newest first; events that have no place yet are the newest."""
        return self.order_by("-id")

    def delete(self) -> NoReturn:
        """Refuse: the log is append-only."""
        raise TypeError("The event log is append-only: events are not deleted.")


class Event(models.Model):
    """One thing that happened to one subject, or to many at once (then `EventSubject` names them).

    `seq` is given in commit order by whoever delivers, never by the writer. `data` holds ids, old and new values,
    no names: a person can be erased without touching the log. `scope` is the topic that decides who may see it.
    """

    seq = models.BigIntegerField(_("sequence"), null=True, unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        help_text=_("Empty: the house itself, by schedule."),
    )
    kind = models.CharField(_("kind"), max_length=64)
    subject_kind = models.CharField(_("subject kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"), null=True, help_text=_("Empty: see the event's subjects."))
    subject_version = models.PositiveIntegerField(_("subject version"), null=True)
    scope = models.CharField(_("scope"), max_length=64, blank=True)
    data = models.JSONField(_("data"), default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="event_by_subject"),
            models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="event_without_seq"),
            # Both the newest place of a topic and how many of its events have none yet: the mark of a page.
            models.Index(fields=["scope", "seq"], name="event_by_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the log is append-only."""
        raise TypeError("The event log is append-only: events are not deleted.")


class EventSubject(models.Model):
    """One of the many subjects of a bulk event. Written set-based, so without constraints that check row by row."""

    pk = models.CompositePrimaryKey("subject_kind", "subject_id", "event")
    subject_kind = models.CharField(_("subject kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"))
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="subjects"
    )

    class Meta:
        verbose_name = _("event subject")
        verbose_name_plural = _("event subjects")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["event"], name="event_subject_by_event")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
