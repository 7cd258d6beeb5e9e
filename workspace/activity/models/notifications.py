"""What people are told of, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.activity.models.events import Event


class Mail(models.TextChoices):
    """When a person is told by mail."""

    OFF = "off", _("never")
    IMMEDIATE = "immediate", _("at once")
    DIGEST = "digest", _("once a day")


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications as readers ask for them."""

    def shown(self) -> NotificationQuerySet:
        """Those that stand on the page; the others go by mail alone."""
        return self.filter(in_app=True)

    def unread(self) -> NotificationQuerySet:
        """Those that stand on the page and were not read yet."""
        return self.filter(in_app=True, read_at__isnull=True)

    def to_mail(self, mail: str) -> NotificationQuerySet:
        """Those that wait to be mailed this way; what was read meanwhile does not."""
        return self.filter(mail=mail, mailed_at__isnull=True, read_at__isnull=True)

    def over(self, before: datetime) -> NotificationQuerySet:
        """Those that nobody needs since `before`: read, or mailed to somebody who wants nothing on the page."""
        return self.filter(Q(read_at__lt=before) | Q(in_app=False, mailed_at__lt=before))


class Notification(models.Model):
    """One event, told to one person. Of an event with many subjects, `count` says how many concern the person."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("person")
    )
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+", verbose_name=_("event"))
    at = models.DateTimeField(_("at"))
    group = models.CharField(_("group"), max_length=32)
    subject = models.CharField(_("subject"), max_length=64, help_text=_("Its noun and id, such as “touchpoint:7”."))
    scope = models.CharField(_("scope"), max_length=64, blank=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        db_index=False,
        related_name="+",
        verbose_name=_("for"),
        help_text=_("Who was away, where the person stands in for them."),
    )
    in_app = models.BooleanField(_("stands on the page"), default=True)
    read_at = models.DateTimeField(_("read at"), null=True)
    mail = models.CharField(_("mail"), max_length=9, choices=Mail.choices, default=Mail.OFF)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "event"], name="one_notification_per_person_and_event"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-id"], name="notification_by_person"),
            models.Index(fields=["person"], condition=Q(in_app=True, read_at__isnull=True), name="notification_unread"),
            models.Index(
                fields=["person", "at"],
                condition=Q(mail="digest", mailed_at__isnull=True, read_at__isnull=True),
                name="notification_of_digest",
            ),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notification_read"),
        ]

    def __str__(self) -> str:
        return f"{self.group} #{self.event_id}"


class NotificationChoice(models.Model):
    """How a person wants to be told of one group; without a row, as the group comes."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices")
    group = models.CharField(_("group"), max_length=32)
    in_app = models.BooleanField(_("on the page"), default=True)
    mail = models.CharField(_("mail"), max_length=9, choices=Mail.choices, default=Mail.OFF)

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "group"], name="one_choice_per_person_and_group"),
        ]

    def __str__(self) -> str:
        return self.group


class DigestHour(models.Model):
    """The hour of a person's day at which their digest is sent; without a row, at eight."""

    DEFAULT = 8

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="digest_hour"
    )
    hour = models.PositiveSmallIntegerField(_("hour"), default=DEFAULT, validators=[MaxValueValidator(23)])

    class Meta:
        verbose_name = _("hour of the digest")
        verbose_name_plural = _("hours of the digest")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(hour__lte=23),
                name="digest_hour_of_a_day",
                violation_error_message=_("A day has the hours 0 to 23."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hour}:00"
