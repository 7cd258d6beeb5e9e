"""Where the customer goes from one touchpoint to the next, and what the two owners agreed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journeys.models.journeys import Journey
from journeys.models.touchpoints import Touchpoint
from workspace.organisation.models import Department, Person


class CrossingQuerySet(models.QuerySet["Crossing"]):
    """Crossings as readers ask for them."""

    def visible_to(self, person: Person) -> CrossingQuerySet:
        """What departments agree on at a crossing is for people of the house."""
        return self.none() if person.is_guest or not person.works_here else self


class Crossing(models.Model):
    """From each live touchpoint of a step to each of the next occupied step, also from a stage to the next.

    Derived from the order of the touchpoints, and kept by the commands that change it: flags and handoffs hang on it,
    so a crossing that is no longer there stays as an inactive row and is the same one when it comes back.
    """

    NOUN = "crossing"

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="crossings", verbose_name=_("journey"))
    source = models.ForeignKey(
        Touchpoint, on_delete=models.CASCADE, related_name="crossings_out", verbose_name=_("from")
    )
    target = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="crossings_in", verbose_name=_("to"))
    active = models.BooleanField(_("active"), default=True)

    objects = CrossingQuerySet.as_manager()

    class Meta:
        verbose_name = _("crossing")
        verbose_name_plural = _("crossings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "target"], name="one_crossing_between_two_touchpoints"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="crossing_joins_two_touchpoints"),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """Handoffs as readers ask for them."""

    def visible_to(self, person: Person) -> HandoffQuerySet:
        """What departments agree on is for people of the house."""
        return self.none() if person.is_guest or not person.works_here else self


class Handoff(models.Model):
    """The agreement of two departments on one crossing. It is void as soon as one of the owners changes."""

    NOUN = "handoff"

    class State(models.TextChoices):
        """How the handoff stands."""

        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        VOID = "void", _("void")

    crossing = models.ForeignKey(
        Crossing, on_delete=models.PROTECT, db_index=False, related_name="handoffs", verbose_name=_("crossing")
    )
    from_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("from department")
    )
    to_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", verbose_name=_("to department")
    )
    what = models.TextField(_("what is handed over"))
    within_hours = models.PositiveIntegerField(_("within hours"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    from_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_accepted_at = models.DateTimeField(null=True, blank=True)
    to_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_accepted_at = models.DateTimeField(null=True, blank=True)
    broken_at = models.DateTimeField(
        _("not kept since"), null=True, blank=True, help_text=_("One side says that what was agreed does not happen.")
    )
    broken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who says that it is not kept"),
    )
    broken_reason = models.TextField(_("what is not kept"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_reason = models.TextField(_("why it ended"), blank=True)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        verbose_name = _("handoff")
        verbose_name_plural = _("handoffs")
        ordering = ("-proposed_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["crossing"],
                condition=Q(state__in=["proposed", "accepted"]),
                name="one_open_handoff_per_crossing",
                violation_error_message=_("There is a handoff on this crossing already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(from_accepted_at__isnull=False, to_accepted_at__isnull=False),
                name="accepted_handoff_accepted_by_both",
                violation_error_message=_("A handoff is accepted when both sides have accepted."),
            ),
            models.CheckConstraint(
                condition=~Q(from_department=F("to_department")), name="handoff_between_two_departments"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["crossing", "state"], name="handoff_of_crossing")]

    def __str__(self) -> str:
        return f"{self.from_department} → {self.to_department}"
