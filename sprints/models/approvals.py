"""Approvals: somebody, also outside the house, says whether an asset may go out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sprints.models.stories import Story
from sprints.models.talk import Attachment
from workspace.organisation.models import Person


class Approval(models.Model):
    """A question for approval of one asset of a story: to a person of the house, or to an address outside by a link.

    Only the digest of the link's secret is kept. The link works until `ends_at`, and until there is an answer.
    """

    NOUN = "approval"

    class State(models.TextChoices):
        """What has come of it."""

        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("changes wanted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="approvals", verbose_name=_("story"))
    asset = models.CharField(
        _("asset"), max_length=200, help_text=_("What is to be approved, such as “Banner, final”.")
    )
    attachment = models.ForeignKey(
        Attachment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approvals",
        verbose_name=_("attachment"),
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approvals",
        verbose_name=_("asked person"),
    )
    outside_email = models.EmailField(_("address outside"), blank=True)
    outside_name = models.CharField(_("name outside"), max_length=150, blank=True)
    digest = models.CharField(_("digest"), max_length=64, null=True, blank=True, unique=True)
    ends_at = models.DateTimeField(_("link works until"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ("asked_at", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, outside_email="", digest__isnull=True)
                | (Q(person__isnull=True, digest__isnull=False, ends_at__isnull=False) & ~Q(outside_email="")),
                name="approval_by_a_person_or_by_a_link",
                violation_error_message=_("Somebody of the house is asked, or an address outside by a link."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person"], condition=Q(state="waiting"), name="approval_waiting_for"),
        ]

    def __str__(self) -> str:
        return self.asset
