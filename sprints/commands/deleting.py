"""Deleting stories, softly, and restoring them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sprints import events
from sprints.commands.stories import state_of
from sprints.models import Sprint, Story
from sprints.queries.order import order_lock
from sprints.queries.standing import working_standing
from sprints.queries.stories import column_facts, read_stories
from sprints.rules.moving import can_be_restored, has_room, is_of_one_team
from sprints.rules.teams import is_open
from sprints.rules.working import may_work
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.organisation.models import Person


@db.command
def delete_story(story: Story, *, actor: Person | None) -> Story:
    """Delete a story: it is nowhere to be seen, and can be restored for 30 days. Of a deleted one, nothing changes.

    A commitment that it is part of stays. 5 statements. Raises NotAllowed; RuleBroken for a team that is archived.
    """
    return delete_stories([story], actor=actor)[0]


@db.command
def restore_story(story: Story, *, actor: Person | None) -> Story:
    """Bring a deleted story back to its place. Of one that is there, nothing changes.

    If its sprint was closed in the meantime, it comes back to where unfinished work went; one that was done comes
    back into the closed sprint, whose report does not know it. Raises NotAllowed; RuleBroken after 30 days, when its
    column is full, or for a team that is archived.
    """
    return restore_stories([story], actor=actor)[0]


@db.command
def delete_stories(stories: Sequence[Story], *, actor: Person | None) -> list[Story]:
    """Delete several stories of a team; one event names those that were there. Raises as `delete_story` does."""
    held = _held(stories, actor)
    there = [story for story in held if story.deleted_at is None]
    if there:
        now = clock.now()
        Story.objects.filter(pk__in=[story.pk for story in there]).update(deleted_at=now)
        for story in there:
            story.deleted_at = now
        _tell(actor, (events.STORY_DELETED, events.STORIES_DELETED), {story: state_of(story) for story in there})
    return held


@db.command
def restore_stories(stories: Sequence[Story], *, actor: Person | None) -> list[Story]:
    """Bring several stories of a team back, all or none; one event names them. Raises as `restore_story` does."""
    held = _held(stories, actor)
    gone = [story for story in held if story.deleted_at is not None]
    if not gone:
        return held
    now = clock.now()
    for story in gone:
        if story.deleted_at is not None:
            can_be_restored(code=story.code, deleted_at=story.deleted_at, now=now).or_rule_broken()
    _check_room(gone)
    Story.objects.filter(pk__in=[story.pk for story in gone]).update(deleted_at=None)
    for story in gone:
        story.deleted_at = None
    _tell(actor, (events.STORY_RESTORED, events.STORIES_RESTORED), {story: state_of(story) for story in gone})
    return held


def _held(stories: Sequence[Story], actor: Person | None) -> list[Story]:
    """The stories as they are under the lock of their order, if the actor may work on them."""
    if not stories:
        return []
    is_of_one_team({story.team_id for story in stories}).or_rule_broken()
    team_id = stories[0].team_id
    db.lock(order_lock(team_id))
    may_work(working_standing(actor, team_id)).or_not_allowed()
    held = read_stories(stories).stories
    team = held[0].team
    is_open(team.name, is_archived=team.archived_at is not None).or_rule_broken()
    return held


def _check_room(stories: Sequence[Story]) -> None:
    """Refuse what comes back into a column that is full, with 1 statement for each sprint."""
    by_sprint: dict[int, list[Story]] = {}
    for story in stories:
        if story.sprint is not None and story.sprint.state != Sprint.State.CLOSED:
            by_sprint.setdefault(story.sprint.pk, []).append(story)
    for sprint_id, coming in by_sprint.items():
        facts = column_facts({story.column_id for story in coming}, sprint_id)
        for column_id, facts_there in facts.items():
            entering = sum(story.column_id == column_id for story in coming)
            has_room(facts_there, entering=entering).or_rule_broken()


def _tell(actor: Person | None, kinds: tuple[str, str], rows: dict[Story, dict[str, Any]]) -> None:
    """Record one story by the first of these kinds, several by the second, with what reports replay of each."""
    one, several = kinds
    first, *more = rows
    if not more:
        record(actor, Happening(one, first, rows[first], first.scope))
        return
    data = {"count": len(rows), "stories": {str(story.pk): row for story, row in rows.items()}}
    subjects = (Story.NOUN, [story.pk for story in rows])
    record(actor, Happening(several, data=data, scope=first.scope, subjects=subjects))
