"""Teams, who belongs to them, the columns of their board, and when somebody is away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import clock
from workspace.organisation.models import Person, Share


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams as readers ask for them."""

    def visible_to(self, person: Person) -> TeamQuerySet:
        """Everybody inside sees every team; a guest only those shared with them today."""
        if not person.works_here:
            return self.none()
        if person.is_guest:
            shares = Share.objects.in_force(clock.today()).filter(guest=person, noun=Team.NOUN)
            return self.filter(pk__in=shares.order_by().values("subject_id"))
        return self

    def open(self) -> TeamQuerySet:
        """Teams that are not archived."""
        return self.filter(archived_at__isnull=True)


class Team(models.Model):
    """People of several departments who plan sprints and work on one backlog."""

    NOUN = "team"

    class Unfinished(models.TextChoices):
        """Where unfinished work goes when a sprint is closed."""

        BACKLOG = "backlog", _("the backlog")
        NEXT = "next", _("the next planned sprint")

    name = models.CharField(_("name"), max_length=200, unique=True)
    key = models.CharField(
        _("key"), max_length=10, unique=True, help_text=_("Stands before the number of each story: GROW-42.")
    )
    description = models.TextField(_("description"), blank=True)
    sprint_days = models.PositiveSmallIntegerField(
        _("sprint length"), default=14, help_text=_("Days from the first to the last, weekends included.")
    )
    interrupt_points = models.PositiveSmallIntegerField(
        _("interrupt budget"), null=True, blank=True, help_text=_("Points per sprint for unplanned work.")
    )
    unfinished_to = models.CharField(
        _("unfinished work goes to"), max_length=8, choices=Unfinished.choices, default=Unfinished.BACKLOG
    )
    last_number = models.PositiveIntegerField(_("number of the newest story"), default=0)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(key=Upper("key")) & ~Q(key=""),
                name="team_key_upper_case",
                violation_error_message=_("A key is kept in upper case."),
            ),
            models.CheckConstraint(
                condition=Q(sprint_days__range=(1, 56)),
                name="team_sprint_from_1_to_56_days",
                violation_error_message=_("A sprint takes 1 to 56 days."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The board of the team."""
        return reverse("sprints:board", args=[self.key])

    @property
    def scope(self) -> str:
        """The topic that decides who may see its events."""
        return f"team:{self.pk}"


class Membership(models.Model):
    """A person in a team, with a role there and the share of their working time that the team has."""

    NOUN = "membership"

    class Role(models.TextChoices):
        """What a person is to the team."""

        PRODUCT_OWNER = "product_owner", _("product owner")
        SCRUM_MASTER = "scrum_master", _("scrum master")
        MEMBER = "member", _("team member")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("team"))
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    allocation = models.PositiveSmallIntegerField(_("allocation"), default=100, help_text=_("% of the working time"))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("id",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "person"],
                name="one_membership_per_person",
                violation_error_message=_("This person is in this team already."),
            ),
            models.CheckConstraint(
                condition=Q(allocation__range=(0, 100)),
                name="allocation_from_0_to_100",
                violation_error_message=_("Allocation goes from 0 to 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.team}"


class Column(models.Model):
    """A column of a team's board, from left to right by position."""

    NOUN = "column"

    class Category(models.TextChoices):
        """What it means that a story is here."""

        TODO = "todo", _("to do")
        DOING = "doing", _("doing")
        REVIEW = "review", _("review")
        DONE = "done", _("done")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="columns", verbose_name=_("team"))
    name = models.CharField(_("name"), max_length=100)
    category = models.CharField(_("category"), max_length=8, choices=Category.choices)
    position = models.PositiveIntegerField(_("position"))
    wip_limit = models.PositiveSmallIntegerField(
        _("WIP limit"), null=True, blank=True, help_text=_("Stories at once. Empty: no limit.")
    )
    wip_blocks = models.BooleanField(
        _("block at the limit"), default=False, help_text=_("Otherwise the board only warns.")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
        ordering = ("team", "position", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "name"],
                name="column_name_unique_in_team",
                violation_error_message=_("This team has a column of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(wip_limit__isnull=True) | Q(wip_limit__gte=1),
                name="wip_limit_at_least_1",
                violation_error_message=_("A WIP limit is at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Absence(models.Model):
    """Days on which a person does not work; why is nobody's business."""

    NOUN = "absence"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences", verbose_name=_("person"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("starts_on", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="absence_ends_after_it_starts",
                violation_error_message=_("An absence ends on its first day or later."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts_on} – {self.ends_on}"
