"""Who was let in: invitations, and what guests may see."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workspace.organisation.models.people import Person


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations as readers ask for them."""

    def unanswered(self) -> InvitationQuerySet:
        """Neither accepted nor revoked; their time may be over."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def in_force(self, now: datetime) -> InvitationQuerySet:
        """Invitations that can be accepted at `now`, as far as they themselves go."""
        return self.unanswered().filter(ends_at__gt=now)


class Invitation(models.Model):
    """A link by which a person chooses how to sign in: once, until a moment. Only its secret's digest is kept."""

    NOUN = "invitation"

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("invited person")
    )
    digest = models.CharField(_("digest"), max_length=64, unique=True, help_text=_("SHA-256 of the link's secret."))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"))
    ends_at = models.DateTimeField(_("ends at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-invited_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_person",
                violation_error_message=_("This person has an open invitation already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.invited_at:%Y-%m-%d})"


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares as readers ask for them."""

    def in_force(self, today: date) -> ShareQuerySet:
        """Shares that open something on `today`."""
        return self.filter(ended_at__isnull=True, ends_on__gt=today)


class Share(models.Model):
    """A journey or team that a guest may see, until a date. `noun` says what the subject is."""

    NOUN = "share"

    noun = models.CharField(_("kind of thing"), max_length=32)
    subject_id = models.BigIntegerField(_("thing"))
    guest = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shares", verbose_name=_("guest"))
    ends_on = models.DateField(_("ends on"), help_text=_("First day on which it is closed again."))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("shared by")
    )
    granted_at = models.DateTimeField(_("shared at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ("noun", "subject_id", "-granted_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["guest", "noun", "subject_id"],
                condition=Q(ended_at__isnull=True),
                name="one_open_share_per_guest_and_thing",
                violation_error_message=_("This is shared with the guest already."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["noun", "subject_id"], condition=Q(ended_at__isnull=True), name="share_of_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.subject_id} → {self.guest}"

    @property
    def last_day(self) -> date:
        """The last day on which it is open."""
        return self.ends_on - timedelta(days=1)
