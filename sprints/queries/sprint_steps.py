"""What is told before a sprint is planned, started or closed: its days, what will be frozen, what is not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from sprints.models import Column, Sprint, Story, Team
from sprints.queries.capacity import Capacity, Velocity, capacity_of, velocity_of
from sprints.rules.sprints import first_free_day
from sprints.rules.stories import points_text
from workspace import clock


def proposed_days(team: Team) -> tuple[date, date]:
    """The first and the last day of the next sprint: after those that are planned or active. 1 statement."""
    ends = team.sprints.exclude(state=Sprint.State.CLOSED).order_by().values_list("ends_on", flat=True)
    starts_on = first_free_day(clock.today(), ends)
    return starts_on, starts_on + timedelta(days=team.sprint_days - 1)


@dataclass(frozen=True, slots=True)
class AtStart:
    """What would be frozen if the sprint started now. Points are text; `ends_on` is the last day."""

    stories: int
    points: str
    unestimated: int
    goal: str
    ends_on: date
    capacity: Capacity
    velocity: Velocity


def at_start(sprint: Sprint) -> AtStart:
    """What starting would freeze: 4 statements."""
    counted = (
        Story.objects.present()
        .filter(sprint=sprint)
        .order_by()
        .aggregate(stories=Count("pk"), total=Sum("points"), unestimated=Count("pk", filter=Q(points__isnull=True)))
    )
    return AtStart(
        counted["stories"],
        points_text(counted["total"] or Decimal(0)) or "",
        counted["unestimated"],
        sprint.goal,
        sprint.ends_on,
        capacity_of(sprint),
        velocity_of(sprint.team),
    )


@dataclass(frozen=True, slots=True)
class AtClose:
    """What closing would do: the stories that are not done, and where they can go. Points are text."""

    done: int
    done_points: str
    unfinished: Sequence[Story]
    unfinished_points: str
    choices: Sequence[tuple[str, str]]
    proposed: str


def at_close(sprint: Sprint) -> AtClose:
    """What closing would do: 2 statements."""
    stories = list(Story.objects.present().filter(sprint=sprint).select_related("column").order_by("rank"))
    done = [story for story in stories if story.column.category == Column.Category.DONE]
    unfinished = [story for story in stories if story.column.category != Column.Category.DONE]
    for story in unfinished:
        story.team = sprint.team
    planned = sprint.team.sprints.filter(state=Sprint.State.PLANNED).order_by("starts_on", "number").first()
    choices: list[tuple[str, str]] = [(Team.Unfinished.BACKLOG.value, _("the backlog"))]
    if planned is not None:
        name = _("%(sprint)s, the next planned one") % {"sprint": planned}
        choices.append((Team.Unfinished.NEXT.value, name))
    offered = {value for value, _label in choices}
    wanted = sprint.team.unfinished_to
    return AtClose(
        len(done),
        _points(done),
        unfinished,
        _points(unfinished),
        choices,
        wanted if wanted in offered else Team.Unfinished.BACKLOG.value,
    )


def _points(stories: Sequence[Story]) -> str:
    return points_text(sum((story.points or Decimal(0) for story in stories), Decimal(0))) or ""
