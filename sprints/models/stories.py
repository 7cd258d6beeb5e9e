"""Stories, and what they belong to: initiatives, labels, people, touchpoints."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from sprints.models.sprints import Sprint
from sprints.models.teams import Column, Team
from workspace.db import ByteOrderedField
from workspace.organisation.models import Person


class Initiative(models.Model):
    """What several stories, also of several teams, are for."""

    NOUN = "initiative"

    name = models.CharField(_("name"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """A word that a team puts on its stories."""

    NOUN = "label"
    TONES = 8

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="labels", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=50)
    tone = models.PositiveSmallIntegerField(_("tone"), default=1, help_text=_("One of 8 colours of the house."))
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ("team", "name")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "name"],
                name="label_name_unique_in_team",
                violation_error_message=_("This team has a label of this name already."),
            ),
            models.CheckConstraint(condition=Q(tone__range=(1, 8)), name="label_tone_from_1_to_8"),
        ]

    def __str__(self) -> str:
        return self.name


class StoryQuerySet(models.QuerySet["Story"]):
    """Stories as readers ask for them."""

    def visible_to(self, person: Person) -> StoryQuerySet:
        """The stories of the teams that the person may see; deleted ones are nowhere."""
        if not person.works_here:
            return self.none()
        if person.is_guest:
            return self.present().filter(team__in=Team.objects.visible_to(person).order_by().values("pk"))
        return self.present()

    def present(self) -> StoryQuerySet:
        """Stories that are not deleted."""
        return self.filter(deleted_at__isnull=True)

    def unfinished(self) -> StoryQuerySet:
        """Stories that are there and not done."""
        return self.present().exclude(column__category=Column.Category.DONE)


class Story(models.Model):
    """A piece of work of one team, in a column, in a sprint or in the backlog, at its place in the team's order.

    `version` goes up with its fields; `revision` with whatever shows on its card. A move raises neither.
    """

    NOUN = "story"

    class Kind(models.TextChoices):
        """What sort of work it is."""

        STORY = "story", _("story")
        TASK = "task", _("task")
        EXPERIMENT = "experiment", _("experiment")
        FIX = "fix", _("fix")

    class Horizon(models.TextChoices):
        """Whether it builds the brand or sells now."""

        SHORT = "short", _("short term")
        LONG = "long", _("long term")

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="stories", verbose_name=_("team"))
    number = models.PositiveIntegerField(_("number"))
    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices, default=Kind.STORY)
    title = models.CharField(_("title"), max_length=300)
    folded_title = models.TextField(
        _("title for searching"), editable=False, help_text=_("The title with cases folded.")
    )
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    column = models.ForeignKey(Column, on_delete=models.PROTECT, related_name="stories", verbose_name=_("column"))
    sprint = models.ForeignKey(
        Sprint, null=True, blank=True, on_delete=models.PROTECT, related_name="stories", verbose_name=_("sprint")
    )
    rank = ByteOrderedField(_("rank"))
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1, null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=50, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    publish_on = models.DateField(_("publish on"), null=True, blank=True)
    horizon = models.CharField(_("horizon"), max_length=5, choices=Horizon.choices, blank=True)
    blocked_reason = models.CharField(_("blocked by"), max_length=500, blank=True)
    unplanned_reason = models.CharField(
        _("why unplanned"), max_length=500, blank=True, help_text=_("Empty: the story is planned work.")
    )
    hypothesis = models.TextField(_("hypothesis"), blank=True)
    metric = models.CharField(_("success metric"), max_length=300, blank=True)
    result = models.TextField(_("result"), blank=True)
    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stories",
        verbose_name=_("initiative"),
    )
    assignees = models.ManyToManyField(
        Person, through="Assignment", related_name="stories", verbose_name=_("assignees"), blank=True
    )
    labels = models.ManyToManyField(
        Label, through="StoryLabel", related_name="stories", verbose_name=_("labels"), blank=True
    )
    touchpoints = models.ManyToManyField(
        Touchpoint, through="StoryTouchpoint", related_name="stories", verbose_name=_("touchpoints"), blank=True
    )
    comment_count = models.PositiveIntegerField(_("comments"), default=0)
    item_count = models.PositiveIntegerField(_("checklist items"), default=0)
    ticked_count = models.PositiveIntegerField(_("ticked checklist items"), default=0)
    attachment_count = models.PositiveIntegerField(_("attachments"), default=0)
    waiting_approvals = models.PositiveIntegerField(_("approvals that are waited for"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"))
    in_column_since = models.DateTimeField(_("in its column since"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    revision = models.PositiveIntegerField(_("revision of the card"), default=1)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ("team", "rank")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "number"],
                name="story_number_unique_in_team",
                violation_error_message=_("This team has a story with this number already."),
            ),
            models.UniqueConstraint(
                fields=["team", "rank"],
                name="story_rank_unique_in_team",
                violation_error_message=_("Another story has this place."),
            ),
            models.UniqueConstraint(
                fields=["team", "external_id"],
                name="story_external_id_unique_in_team",
                violation_error_message=_("This team has a story with this external id already."),
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__gte=0),
                name="story_points_not_negative",
                violation_error_message=_("Points are not negative."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["sprint", "column", "rank"], condition=Q(deleted_at__isnull=True), name="story_on_board"
            ),
            models.Index(
                fields=["team", "rank"],
                condition=Q(deleted_at__isnull=True, sprint__isnull=True),
                name="story_in_backlog",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the story."""
        return reverse("sprints:story", args=[self.team.key, self.number])

    @property
    def code(self) -> str:
        """The team's key and the number, such as GROW-42. Reads the team."""
        return f"{self.team.key}-{self.number}"

    @property
    def scope(self) -> str:
        """The topic that decides who may see its events."""
        return f"team:{self.team_id}"

    @property
    def is_planned(self) -> bool:
        """Whether it was foreseen; otherwise `unplanned_reason` says why it came."""
        return not self.unplanned_reason


class Assignment(models.Model):
    """A person who works on a story."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("story"))
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("person"))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["story", "person"], name="assigned_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.story}"


class StoryLabel(models.Model):
    """A label on a story."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="label_links", verbose_name=_("story"))
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="story_links", verbose_name=_("label"))

    class Meta:
        verbose_name = _("label of a story")
        verbose_name_plural = _("labels of stories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["story", "label"], name="labelled_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} → {self.story}"


class StoryTouchpoint(models.Model):
    """A touchpoint that a story works on."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="touchpoint_links", verbose_name=_("story"))
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, related_name="story_links", verbose_name=_("touchpoint")
    )

    class Meta:
        verbose_name = _("touchpoint of a story")
        verbose_name_plural = _("touchpoints of stories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["story", "touchpoint"], name="works_on_touchpoint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint} → {self.story}"
