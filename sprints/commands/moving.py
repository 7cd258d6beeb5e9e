"""Moving stories: to another column, into a sprint or out of it, to another place in the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sprints import events
from sprints.commands.rebalancing import rebalance_if_long
from sprints.models import Column, Sprint, Story
from sprints.queries.order import Lane, Question, Side, Target, anchor_for, order_lock, read_target
from sprints.queries.standing import working_standing
from sprints.queries.stories import StoriesRead, read_stories
from sprints.rules.moving import (
    DONE,
    WORKING,
    SprintFacts,
    has_room,
    is_column_of,
    is_of_one_team,
    is_there,
    lets_go,
    takes_stories,
)
from sprints.rules.teams import is_open
from sprints.rules.working import may_work
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.organisation.models import Person


class Keep(Enum):
    """The sprint that a story is in, whichever that is."""

    SPRINT = "keep"


KEEP: Final = Keep.SPRINT
SOME = 100
"""Rows that one statement writes."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where stories are to go, as it was asked: a column (None: each its own), a sprint (None: the backlog)."""

    column: Column | None
    sprint: Sprint | Keep | None

    def sprint_of(self, story: Story) -> Sprint | None:
        """The sprint that the story will be in."""
        return story.sprint if isinstance(self.sprint, Keep) else self.sprint

    def column_id_of(self, story: Story) -> int:
        """The column that the story will be in."""
        return self.column.pk if self.column is not None else story.column_id

    def is_new_to(self, story: Story) -> bool:
        """Whether the story will be in another column or sprint than it is."""
        sprint = self.sprint_of(story)
        return (self.column_id_of(story), sprint.pk if sprint else None) != (story.column_id, story.sprint_id)


class Where:
    """Where a story was before it was moved."""

    def __init__(self, story: Story) -> None:
        self.column = story.column
        self.sprint_id = story.sprint_id
        self.rank = story.rank

    def kind_of(self, story: Story) -> str:
        """What the move was, now that the story is elsewhere."""
        if story.column_id != self.column.pk:
            return events.STORY_MOVED
        return events.STORY_SCHEDULED if story.sprint_id != self.sprint_id else events.STORY_ORDERED

    def data_of(self, story: Story) -> dict[str, Any]:
        """Old and new column, its category, sprint and key, as the event keeps them."""
        return {
            "old": self.column.pk,
            "new": story.column_id,
            "old_category": self.column.category,
            "new_category": story.column.category,
            "old_sprint": self.sprint_id,
            "new_sprint": story.sprint_id,
            "old_rank": self.rank,
            "new_rank": story.rank,
        }


@db.command
def move_story(
    story: Story,
    *,
    column: Column | None = None,
    sprint: Sprint | Keep | None = KEEP,
    after: Story | int | None = None,
    before: Story | int | None = None,
    actor: Person | None,
) -> Story:
    """Move a story to a column (None: its own), into a sprint (None: the backlog), next to neighbours.

    `after` wins over `before`; a neighbour that is not there any more counts for nothing, and without one the story
    goes to the end of its target. A move to where it stands writes nothing. 6 statements at most, one story row and
    one event; version and revision stay. Raises NotAllowed; Unknown for a story that is gone; RuleBroken for a column
    or sprint of another team, a closed sprint, a deleted story, or a column that is full.
    """
    db.lock(order_lock(story.team_id))
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    read = read_stories([story], after, before)
    (story,) = read.stories
    goal = Goal(column, sprint)
    target = _checked_target(goal, read, origin=story)
    now = clock.now()
    changes = _changes(story, goal, target, now)
    rank = story.rank
    if not target.place.holds(rank):
        (rank,) = target.place.keys(1)
        changes["rank"] = rank
    if not changes:
        return story
    was = Where(story)
    Story.objects.filter(pk=story.pk).update(**changes)
    for name, value in changes.items():
        setattr(story, name, value)
    data = was.data_of(story) | {"old_after": target.old_after, "old_before": target.old_before}
    record(actor, Happening(was.kind_of(story), story, data, story.scope))
    rebalance_if_long(story.team_id, rank)
    return story


@db.command
def move_stories(
    stories: Sequence[Story],
    *,
    column: Column | None = None,
    sprint: Sprint | Keep | None = KEEP,
    after: Story | int | None = None,
    before: Story | int | None = None,
    actor: Person | None,
) -> list[Story]:
    """Move several stories of a team at once, as `move_story` does; they keep their order among themselves.

    All or none: a column without room for all of them refuses all. One event names them. Returns them in their order.
    """
    if not stories:
        return []
    is_of_one_team({story.team_id for story in stories}).or_rule_broken()
    team_id = stories[0].team_id
    db.lock(order_lock(team_id))
    may_work(working_standing(actor, team_id)).or_not_allowed()
    read = read_stories(stories, after, before)
    goal = Goal(column, sprint)
    rows: dict[int, dict[str, Any]] = {}
    for group in _groups(read.stories, goal):
        rows |= _move_group(replace(read, stories=group), goal)
    if rows:
        data = {"count": len(rows), "stories": {str(pk): row for pk, row in rows.items()}}
        scope = read.stories[0].scope
        record(actor, Happening(events.STORIES_MOVED, data=data, scope=scope, subjects=(Story.NOUN, list(rows))))
        rebalance_if_long(team_id, *(row["new_rank"] for row in rows.values()))
    return read.stories


def _groups(stories: Sequence[Story], goal: Goal) -> list[list[Story]]:
    """The stories by the sprint that they will be in: each has its own room, and its own end."""
    groups: dict[int | None, list[Story]] = {}
    for story in stories:
        sprint = goal.sprint_of(story)
        groups.setdefault(sprint.pk if sprint else None, []).append(story)
    return list(groups.values())


def _move_group(read: StoriesRead, goal: Goal) -> dict[int, dict[str, Any]]:
    """Move stories that will be in one sprint; what the event keeps of those that moved, by id."""
    target = _checked_target(goal, read)
    now = clock.now()
    place = target.place
    new_keys: list[str] = []
    if not all(place.holds(story.rank) for story in read.stories):
        new_keys = place.keys(len(read.stories))
    moved, rows = [], {}
    for position, story in enumerate(read.stories):
        changes = _changes(story, goal, target, now) | ({"rank": new_keys[position]} if new_keys else {})
        if changes:
            was = Where(story)
            for name, value in changes.items():
                setattr(story, name, value)
            moved.append(story)
            rows[story.pk] = was.data_of(story)
    written = ["column", "sprint", "rank", "in_column_since", "started_at", "done_at"]
    Story.objects.bulk_update(moved, written, batch_size=SOME)
    return rows


def _checked_target(goal: Goal, read: StoriesRead, *, origin: Story | None = None) -> Target:
    """Read the target under the lock and refuse what cannot go there: 1 statement."""
    stories, team = read.stories, read.stories[0].team
    is_open(team.name, is_archived=team.archived_at is not None).or_rule_broken()
    for story in stories:
        is_there(code=story.code, is_deleted=story.deleted_at is not None).or_rule_broken()
        lets_go(_facts(story.sprint)).or_rule_broken()
    sprint = goal.sprint_of(stories[0])
    lane = Lane(team.pk, sprint.pk if sprint else None, goal.column.pk if goal.column else None)
    column_ids = {goal.column_id_of(story) for story in stories}
    target = read_target(
        Question(
            lane=lane,
            anchor=anchor_for(lane, after=read.after, before=read.before, otherwise=Side.END_OF_LANE),
            columns=column_ids,
            sprint=sprint,
            moving=[story.pk for story in stories],
            origin=origin,
        ),
    )
    for column_id in column_ids:
        facts = target.facts.get(column_id)
        is_column_of(facts, team_id=team.pk, team_name=team.name).or_rule_broken()
        if sprint is not None and facts is not None:
            takes_stories(target.sprint, team_id=team.pk, team_name=team.name).or_rule_broken()
            coming = [story for story in stories if goal.column_id_of(story) == column_id]
            entering = sum(goal.is_new_to(story) for story in coming)
            has_room(facts.with_present(len(coming) - entering), entering=entering).or_rule_broken()
    return target


def _facts(sprint: Sprint | None) -> SprintFacts | None:
    return None if sprint is None else SprintFacts(sprint.team_id, sprint.number, sprint.state)


def _changes(story: Story, goal: Goal, target: Target, now: datetime) -> dict[str, Any]:
    """The fields that the move to column and sprint changes."""
    changes: dict[str, Any] = {}
    sprint = goal.sprint_of(story)
    if (sprint.pk if sprint else None) != story.sprint_id:
        changes["sprint"] = sprint
    column = target.columns[goal.column_id_of(story)]
    if column.pk != story.column_id:
        changes |= {"column": column, "in_column_since": now}
        if story.started_at is None and column.category in WORKING:
            changes["started_at"] = now
        if (column.category == DONE) != (story.done_at is not None):
            changes["done_at"] = now if column.category == DONE else None
    return changes
