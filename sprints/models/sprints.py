"""Sprints, what a team committed itself to when one started, and what came of it when it closed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sprints.models.teams import Team


class Sprint(models.Model):
    """A stretch of days with a goal. One is active per team."""

    NOUN = "sprint"

    class State(models.TextChoices):
        """Where the sprint is in its life."""

        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("active")
        CLOSED = "closed", _("closed")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="sprints", verbose_name=_("team"))
    number = models.PositiveIntegerField(_("number"))
    goal = models.CharField(_("goal"), max_length=500, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    interrupt_points = models.PositiveSmallIntegerField(
        _("interrupt budget"), null=True, blank=True, help_text=_("Points for unplanned work.")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PLANNED)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("sprint")
        verbose_name_plural = _("sprints")
        ordering = ("team", "number")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "number"],
                name="sprint_number_unique_in_team",
                violation_error_message=_("This team has a sprint with this number already."),
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(state="active"),
                name="one_active_sprint_per_team",
                violation_error_message=_("This team has an active sprint already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="sprint_ends_after_it_starts",
                violation_error_message=_("A sprint ends on its first day or later."),
            ),
        ]

    def __str__(self) -> str:
        return _("Sprint %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        """The board of the team, with this sprint."""
        return f"{reverse('sprints:board', args=[self.team.key])}?sprint={self.number}"

    @property
    def scope(self) -> str:
        """The topic that decides who may see its events."""
        return f"team:{self.team_id}"


class Commitment(models.Model):
    """A story that was in a sprint when it started, with the points that it had. Written once, never changed."""

    sprint = models.ForeignKey(Sprint, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("sprint"))
    story = models.ForeignKey(
        "sprints.Story", on_delete=models.PROTECT, related_name="commitments", verbose_name=_("story")
    )
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1, null=True)
    is_done = models.BooleanField(_("done already"), default=False)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["sprint", "story"],
                name="committed_once",
                violation_error_message=_("This story is part of the commitment already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sprint}: {self.story}"


class SprintReport(models.Model):
    """What came of a sprint: its stories and points as they were when it closed. Written once, never changed.

    `data` maps `committed`, `done`, `unfinished`, `added`, `removed`, `unplanned` to {"stories": n, "points": text}
    (a story without an estimate counts no points), and `stories` to one row per story: its id, points, what it is of
    these, and where it went.
    """

    sprint = models.OneToOneField(Sprint, on_delete=models.PROTECT, related_name="report", verbose_name=_("sprint"))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    data = models.JSONField(_("data"))

    class Meta:
        verbose_name = _("sprint report")
        verbose_name_plural = _("sprint reports")

    def __str__(self) -> str:
        return str(self.sprint)
