"""Planning, changing, removing and starting sprints. Closing one: see `closing.py`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from sprints import events
from sprints.commands.going_along import into_sprint, read_along
from sprints.commands.holding import (
    changed_data,
    check_base,
    check_known,
    hold,
    hold_open,
    lock_order,
    plain,
    save,
)
from sprints.models import Column, Commitment, Sprint, Story, Team
from sprints.queries.standing import working_standing
from sprints.rules.sprints import (
    Span,
    first_free_day,
    is_changeable,
    is_free,
    is_goal,
    is_near,
    is_removable,
    is_startable,
    is_stretch,
)
from sprints.rules.stories import points_text
from sprints.rules.teams import is_interrupt_budget
from sprints.rules.working import may_run
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.organisation.models import Person

FIELDS = ("goal", "starts_on", "ends_on", "interrupt_points")


@db.command
def plan_sprint(
    team: Team, *, goal: str = "", starts_on: date | None = None, ends_on: date | None = None, actor: Person | None
) -> Sprint:
    """Plan the next sprint: from the first free day, for as long as the team's sprints take, unless days are given.

    Raises NotAllowed; RuleBroken for wrong days, or days that another planned or active sprint takes.
    """
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    goal = goal.strip()
    is_goal(goal).or_rule_broken()
    is_near(*(day for day in (starts_on, ends_on) if day is not None)).or_rule_broken()
    hold_open(team)
    others = list(team.sprints.order_by("number"))
    starts_on = starts_on or first_free_day(clock.today(), (_last_day(other) for other in others))
    ends_on = ends_on or starts_on + timedelta(days=team.sprint_days - 1)
    _check_days(starts_on, ends_on, others)
    sprint = Sprint.objects.create(
        team=team,
        number=max((other.number for other in others), default=0) + 1,
        goal=goal,
        starts_on=starts_on,
        ends_on=ends_on,
        interrupt_points=team.interrupt_points,
    )
    data = {"number": sprint.number, "on": plain(starts_on), "until": plain(ends_on)}
    record(actor, Happening(events.SPRINT_PLANNED, sprint, data, sprint.scope))
    return sprint


@db.command
def change_sprint(sprint: Sprint, *, base_version: int | None = None, actor: Person | None, **fields: Any) -> Sprint:
    """Change goal, starts_on, ends_on or interrupt_points (None: no budget); of an active one not the first day.

    Raises NotAllowed; RuleBroken for a closed sprint, wrong days, or days that another sprint takes; StaleWrite when
    one of the fields was changed after `base_version`; TypeError for an unknown field.
    """
    check_known("sprint", fields, FIELDS)
    may_run(working_standing(actor, sprint.team_id)).or_not_allowed()
    if "goal" in fields:
        fields["goal"] = fields["goal"].strip()
        is_goal(fields["goal"]).or_rule_broken()
    if "interrupt_points" in fields:
        is_interrupt_budget(fields["interrupt_points"]).or_rule_broken()
    team = hold_open(sprint.team)
    hold(sprint)
    check_base(sprint, fields, base_version)
    old = {field: getattr(sprint, field) for field in fields}
    changed = [field for field, value in fields.items() if old[field] != value]
    if not changed:
        return sprint
    is_changeable(str(sprint), state=sprint.state, fields=changed).or_rule_broken()
    for field in changed:
        setattr(sprint, field, fields[field])
    if {"starts_on", "ends_on"} & set(changed):
        _check_days(sprint.starts_on, sprint.ends_on, list(team.sprints.exclude(pk=sprint.pk).order_by("number")))
    save(sprint, *changed)
    record(actor, Happening(events.SPRINT_CHANGED, sprint, changed_data(old, sprint, changed), sprint.scope))
    return sprint


@db.command
def remove_sprint(sprint: Sprint, *, actor: Person | None) -> None:
    """Remove a planned sprint; its stories, deleted ones too, go to the backlog by one statement.

    Raises NotAllowed; RuleBroken when it has started.
    """
    may_run(working_standing(actor, sprint.team_id)).or_not_allowed()
    lock_order(sprint.team_id)
    hold_open(sprint.team)
    hold(sprint)
    is_removable(str(sprint), state=sprint.state).or_rule_broken()
    sprint_id, stories = sprint.pk, Story.objects.filter(sprint=sprint)
    along = read_along(stories)
    stories.update(sprint=None)
    sprint.delete()
    data = {"what": sprint.number, "on": plain(sprint.starts_on), "until": plain(sprint.ends_on)}
    removed = Happening(events.SPRINT_REMOVED, (Sprint.NOUN, sprint_id), data, sprint.scope)
    record(actor, removed, *into_sprint(sprint.scope, along, old=sprint_id, new=None))


@db.command
def start_sprint(sprint: Sprint, *, actor: Person | None) -> Sprint:
    """Start a planned sprint: what is in it now is the commitment, frozen by one statement. It may be empty.

    Raises NotAllowed; RuleBroken when it has started, or while another sprint of the team is active.
    """
    may_run(working_standing(actor, sprint.team_id)).or_not_allowed()
    lock_order(sprint.team_id)
    hold_open(sprint.team)
    hold(sprint)
    active = Sprint.objects.filter(team=sprint.team_id, state=Sprint.State.ACTIVE).exclude(pk=sprint.pk).first()
    is_startable(str(sprint), state=sprint.state, active=str(active) if active else "").or_rule_broken()
    count = _commit(sprint)
    points = sprint.commitments.aggregate(points=Sum("points", default=Decimal()))["points"]
    sprint.state = Sprint.State.ACTIVE
    sprint.started_at = clock.now()
    save(sprint, "state", "started_at")
    data = {"count": count, "points": points_text(points)}
    record(actor, Happening(events.SPRINT_STARTED, sprint, data, sprint.scope))
    return sprint


def _commit(sprint: Sprint) -> int:
    """Write one row of commitment for each story of the sprint, in their order; how many there are."""
    with connection.cursor() as cursor:
        return db.write(
            cursor,
            f"INSERT INTO {db.table(Commitment)} (sprint_id, story_id, points, is_done)"
            f" SELECT s.sprint_id, s.id, s.points, c.category = %s FROM {db.table(Story)} s"
            f" JOIN {db.table(Column)} c ON c.id = s.column_id"
            " WHERE s.sprint_id = %s AND s.deleted_at IS NULL ORDER BY s.rank",
            [Column.Category.DONE.value, sprint.pk],
        )


def _last_day(sprint: Sprint) -> date:
    """The last day that a sprint takes; one that was closed early takes no more days."""
    if sprint.closed_at is None:
        return sprint.ends_on
    return min(sprint.ends_on, timezone.localdate(sprint.closed_at, timezone.get_default_timezone()))


def _check_days(starts_on: date, ends_on: date, others: list[Sprint]) -> None:
    is_near(starts_on, ends_on).or_rule_broken()
    is_stretch(starts_on, ends_on).or_rule_broken()
    taken = (Span(str(one), one.starts_on, one.ends_on) for one in others if one.state != Sprint.State.CLOSED)
    is_free(starts_on, ends_on, taken).or_rule_broken()
