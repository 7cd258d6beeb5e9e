"""Creating stories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.rebalancing import rebalance_if_long
from sprints.commands.relations import link_rows
from sprints.models import Column, Initiative, Sprint, Story, Team
from sprints.queries.field_values import (
    RELATIONS,
    Writer,
    check_added,
    check_initiative,
    read_text,
    read_values,
    told,
)
from sprints.queries.order import Anchor, Lane, Question, Side, Target, anchor_for, order_lock, read_target
from sprints.queries.standing import working_standing
from sprints.queries.stories import neighbours
from sprints.rules.moving import DONE, WORKING, has_room, is_column_of, takes_stories
from sprints.rules.stories import fold
from sprints.rules.teams import is_open
from sprints.rules.working import may_work
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person


@db.command
def create_story(
    team: Team,
    *,
    title: str,
    column: Column | None = None,
    sprint: Sprint | None = None,
    kind: str = Story.Kind.STORY,
    description: str = "",
    points: object = None,
    assignees: Iterable[Person | int] = (),
    labels: Iterable[object] = (),
    touchpoints: Iterable[object] = (),
    initiative: Initiative | int | None = None,
    after: Story | int | None = None,
    before: Story | int | None = None,
    external_id: str | None = None,
    actor: Person | None,
    **fields: Any,
) -> Story:
    """Create a story with the team's next number, at the end of the order unless neighbours are given.

    `column` None is the first to-do column, `sprint` None the backlog. A story with an `unplanned_reason` is unplanned.
    6 statements, and 2 for each relation that is given. Raises NotAllowed; RuleBroken for a wrong value, a column or
    sprint of another team, a closed sprint, a full column or an archived team; TypeError for an unknown field.
    """
    db.lock(order_lock(team.pk))
    may_work(working_standing(actor, team.pk)).or_not_allowed()
    writer = Writer(team.pk, actor)
    given = {
        "title": title,
        "kind": kind,
        "description": description,
        "points": points,
        "assignees": assignees,
        "labels": labels,
        "touchpoints": touchpoints,
        "initiative": initiative,
    }
    values = read_values(writer, given | fields)
    check_initiative(values["initiative"])
    for name in RELATIONS:
        check_added(writer, name, values[name])
    named = _external_id(team, external_id)
    team = _next_number(team)
    lane = Lane(team.pk, sprint.pk if sprint is not None else None, column.pk if column is not None else None)
    target = _target(team, column, lane, sprint, _anchor(lane, after, before))
    (column,) = target.columns.values()
    (rank,) = target.place.keys(1)
    now = clock.now()
    story = Story(
        team=team,
        number=team.last_number,
        external_id=named,
        column=column,
        sprint=sprint,
        rank=rank,
        folded_title=fold(values["title"]),
        created_by=actor,
        created_at=now,
        **times_of(column, now),
        **{name: value for name, value in values.items() if name not in RELATIONS},
    )
    story.save(force_insert=True)
    for name in RELATIONS:
        link_rows(name, [(story.pk, other) for other in values[name]])
    links = {name: told(values[name]) for name in RELATIONS if values[name]}
    record(actor, Happening(events.STORY_CREATED, story, state_of(story) | links, story.scope))
    rebalance_if_long(team.pk, rank)
    return story


def state_of(story: Story) -> dict[str, Any]:
    """What reports replay of a story that comes or goes: where it was, what it weighed, and whether it was planned."""
    return {
        "column": story.column_id,
        "category": story.column.category,
        "sprint": story.sprint_id,
        "points": told(story.points),
        "horizon": story.horizon,
        "unplanned_reason": story.unplanned_reason,
    }


def times_of(column: Column, now: datetime) -> dict[str, Any]:
    """Since when a story that comes into being in a column is there, is worked on, is done."""
    return {
        "in_column_since": now,
        "started_at": now if column.category in WORKING else None,
        "done_at": now if column.category == DONE else None,
    }


def _external_id(team: Team, external_id: str | None) -> str | None:
    if external_id is None or not (named := read_text("external_id", external_id)):
        return None
    there = Story.objects.filter(team=team, external_id=named).values_list("number", flat=True).first()
    if there is not None:
        raise RuleBroken(
            _("%(code)s has the external id “%(id)s” already.") % {"code": f"{team.key}-{there}", "id": named},
            next_step=_("Change that story, or give another id."),
        )
    return named


def _next_number(team: Team) -> Team:
    """The team with the next number taken; its row is locked from here on, so that nobody archives it meanwhile."""
    columns = [str(field.column) for field in Team._meta.concrete_fields]
    with connection.cursor() as cursor:
        db.execute(
            cursor,
            f"UPDATE {db.table(Team)} SET last_number = last_number + 1 WHERE id = %s AND archived_at IS NULL"
            f" RETURNING {', '.join(columns)}",
            [team.pk],
        )
        taken = cursor.fetchall()
    is_open(team.name, is_archived=not taken).or_rule_broken()
    return Team.from_db(None, [field.attname for field in Team._meta.concrete_fields], taken[0])


def _anchor(lane: Lane, after: Story | int | None, before: Story | int | None) -> Anchor:
    if after is None and before is None:
        return Anchor(Side.END)
    first, second = neighbours(lane.team_id, after, before)
    return anchor_for(lane, after=first, before=second, otherwise=Side.END)


def _target(team: Team, column: Column | None, lane: Lane, sprint: Sprint | None, anchor: Anchor) -> Target:
    columns = [column.pk] if column is not None else None
    target = read_target(Question(lane, anchor, columns, sprint))
    facts = next(iter(target.facts.values()), None)
    is_column_of(facts, team_id=team.pk, team_name=team.name).or_rule_broken()
    if sprint is not None:
        takes_stories(target.sprint, team_id=team.pk, team_name=team.name).or_rule_broken()
    if sprint is not None and facts is not None:
        has_room(facts).or_rule_broken()
    return target
