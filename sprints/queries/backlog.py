"""The backlog and planning page: open sprints with their stories, then the backlog, all in the order of the team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast

from sprints.models import Absence, Assignment, Column, Membership, Sprint, Story, StoryLabel, Team
from sprints.queries.capacity import Capacity, MemberCapacity, Velocity, velocity_of
from sprints.rules.capacity import days_away, working_days
from sprints.rules.stories import points_text
from workspace import clock, db
from workspace.organisation.models.people import answering_person

PORTION = 200
"""So many stories of the backlog are shown at once."""
MOST_SHOWN = 5000


class _Row(NamedTuple):
    """What is read of each story."""

    id: int
    number: int
    title: str
    kind: str
    points: Decimal | None
    due_on: date | None
    blocked_reason: str
    unplanned_reason: str
    sprint_id: int | None
    column_name: str
    category: str


_COLUMNS = ("id", "number", "title", "kind", "points", "due_on", "blocked_reason", "unplanned_reason", "sprint_id")


@dataclass(slots=True)
class PlanRow:
    """A story in the list, with the names of its assignees and its labels (name, tone). `words` name it on the page."""

    facts: _Row
    code: str
    words: dict[str, str] = field(default_factory=dict)
    assignees: list[str] = field(default_factory=list)
    labels: list[tuple[str, int]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether it lies in a column of done."""
        return self.facts.category == Column.Category.DONE

    @property
    def points(self) -> str:
        """The estimate as people write it, "" for none."""
        return points_text(self.facts.points) or ""


@dataclass(slots=True)
class Totals:
    """How many stories there are, their points, and how many have no estimate."""

    stories: int = 0
    points: Decimal = Decimal(0)
    unestimated: int = 0

    @property
    def points_text(self) -> str:
        """The points as people write them."""
        return points_text(self.points) or ""


@dataclass(frozen=True, slots=True)
class Load:
    """How full a sprint is against the velocity, as shares of the longer of the two in whole percent."""

    points: Decimal
    done: Decimal
    velocity: Decimal | None

    @property
    def of(self) -> Decimal:
        """The points that the whole bar stands for; 0 where there is nothing to show."""
        return max(self.points, self.velocity or Decimal(0))

    @property
    def percent(self) -> int:
        """What is in the sprint."""
        return self._share(self.points)

    @property
    def done_percent(self) -> int:
        """What of it is done."""
        return self._share(self.done)

    @property
    def mark(self) -> int:
        """Where the velocity stands; 0 where there is none."""
        return self._share(self.velocity or Decimal(0))

    @property
    def over_percent(self) -> int:
        """What of it is above the velocity."""
        return max(self.percent - self.mark, 0)

    @property
    def is_over(self) -> bool:
        """Whether there is more in it than the team usually does."""
        return self.velocity is not None and self.points > self.velocity

    def _share(self, points: Decimal) -> int:
        return int(points * 100 / self.of) if self.of else 0


@dataclass(slots=True)
class SprintPlan:
    """A sprint that is planned or active, and what it holds. `days_left` counts today."""

    sprint: Sprint
    rows: list[PlanRow]
    capacity: Capacity
    velocity: Decimal | None
    days_left: int

    @property
    def load(self) -> Load:
        """How full it is."""
        return Load(self.totals.points, self.done.points, self.velocity)

    @property
    def totals(self) -> Totals:
        """Everything that is in it."""
        return totals_of(self.rows)

    @property
    def done(self) -> Totals:
        """What of it is done."""
        return totals_of(row for row in self.rows if row.is_done)

    @property
    def is_active(self) -> bool:
        """Whether it is under way."""
        return self.sprint.state == Sprint.State.ACTIVE


@dataclass(slots=True)
class BacklogPage:
    """All that the page shows. `shown`: how many stories of the backlog; `velocity`: points per sprint."""

    team: Team
    sprints: list[SprintPlan]
    rows: list[PlanRow]
    backlog: Totals
    velocity: Velocity

    @property
    def every_row(self) -> list[PlanRow]:
        """All stories that are shown."""
        return [row for plan in self.sprints for row in plan.rows] + self.rows

    @property
    def more(self) -> int:
        """How many stories of the backlog are not shown."""
        return max(self.backlog.stories - len(self.rows), 0)

    @property
    def next_portion(self) -> int:
        """How many are shown after one more portion."""
        return len(self.rows) + PORTION

    @property
    def has_active(self) -> bool:
        """Whether a sprint is under way."""
        return any(plan.is_active for plan in self.sprints)


def totals_of(rows: Iterable[PlanRow]) -> Totals:
    """Count these stories."""
    totals = Totals()
    for row in rows:
        totals.stories += 1
        totals.points += row.facts.points or 0
        totals.unestimated += row.facts.points is None
    return totals


def in_backlog(team: Team) -> QuerySet[Story]:
    """The stories of the team that wait for a sprint and are not done."""
    return Story.objects.unfinished().filter(team=team, sprint__isnull=True)


def open_sprints(team: Team) -> QuerySet[Sprint]:
    """Planned and active sprints of the team, the active one first, then by their days."""
    wanted = (Sprint.State.ACTIVE, Sprint.State.PLANNED)
    return team.sprints.filter(state__in=wanted).order_by("state", "starts_on", "number")


def backlog_page(team: Team, *, upto: int = PORTION) -> BacklogPage:
    """The page with the first `upto` stories of the backlog: 9 statements, however many stories there are."""
    sprints = list(open_sprints(team))
    planned = Story.objects.present().filter(team=team, sprint__in=[sprint.pk for sprint in sprints])
    in_sprints, waiting = _rows(planned), _rows(in_backlog(team), at_most=max(1, min(upto, MOST_SHOWN)))
    counted = (
        in_backlog(team)
        .order_by()
        .aggregate(stories=Count("pk"), total=Sum("points"), unestimated=Count("pk", filter=Q(points__isnull=True)))
    )
    rows = {row.id: PlanRow(row, f"{team.key}-{row.number}") for row in (*in_sprints, *waiting)}
    _link(rows)
    capacity = capacities(team, sprints)
    by_sprint: defaultdict[int | None, list[PlanRow]] = defaultdict(list)
    for row in rows.values():
        by_sprint[row.facts.sprint_id].append(row)
    today, velocity = clock.today(), velocity_of(team)
    return BacklogPage(
        team=team,
        sprints=[
            SprintPlan(
                sprint, by_sprint[sprint.pk], capacity[sprint.pk], velocity.points, (sprint.ends_on - today).days + 1
            )
            for sprint in sprints
        ],
        rows=by_sprint[None],
        backlog=Totals(counted["stories"], counted["total"] or Decimal(0), counted["unestimated"]),
        velocity=velocity,
    )


def capacities(team: Team, sprints: Sequence[Sprint]) -> dict[int, Capacity]:
    """What the members bring to each of these sprints: 2 statements, however many sprints there are."""
    counting = answering_person(clock.today(), "person__")
    members = list(Membership.objects.filter(counting, team=team).select_related("person").order_by("person__name"))
    first = min((sprint.starts_on for sprint in sprints), default=clock.today())
    last = max((sprint.ends_on for sprint in sprints), default=first)
    away: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = Absence.objects.filter(person__memberships__team=team, starts_on__lte=last, ends_on__gte=first).order_by()
    for person_id, starts_on, ends_on in rows.values_list("person", "starts_on", "ends_on"):
        away[person_id].append((starts_on, ends_on))
    found = {}
    for sprint in sprints:
        days = working_days(sprint.starts_on, sprint.ends_on)
        found[sprint.pk] = Capacity(
            [
                MemberCapacity(
                    one.person, one.allocation, len(days), days_away(days, away[one.person_id], one.person.left_on)
                )
                for one in members
            ]
        )
    return found


def _rows(stories: QuerySet[Story], *, at_most: int | None = None) -> list[_Row]:
    """These stories in the order of the team: 1 statement."""
    rows = stories.order_by("rank").values_list(*_COLUMNS, "column__name", "column__category")
    return [_Row(*row) for row in rows[:at_most]]


def _link(rows: dict[int, PlanRow]) -> None:
    """Put assignees and labels to the stories: 1 statement."""
    for story_id, _order, name, tone in links_of(rows):
        if tone:
            rows[story_id].labels.append((name, tone))
        else:
            rows[story_id].assignees.append(name)


def links_of(story_ids: Collection[int]) -> Sequence[tuple[int, int, str, int]]:
    """Who works on stories (with tone 0), and the labels on them: story, order, name, tone. 1 statement."""
    if not story_ids:
        return []
    wanted = db.one_of("bigint", story_ids)
    people: QuerySet[Assignment, Any] = Assignment.objects.filter(story__in=wanted).order_by()
    labels: QuerySet[StoryLabel, Any] = StoryLabel.objects.filter(story__in=wanted).order_by()
    listed = people.values_list("story_id", "id", Cast(F("person__name"), TextField()), Value(0, IntegerField())).union(
        labels.values_list("story_id", "id", Cast(F("label__name"), TextField()), "label__tone"), all=True
    )
    return sorted(listed)
