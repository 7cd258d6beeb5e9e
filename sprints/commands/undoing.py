"""Undoing acts on stories: the opposite command, where what the act wrote still stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.changing import change_story
from sprints.commands.comments import restore_comment
from sprints.commands.deleting import delete_stories, restore_stories
from sprints.commands.moving import move_story
from sprints.models import Column, Comment, Sprint, Story
from sprints.queries.merging import changed_since, in_words
from sprints.queries.order import Lane, order_lock
from workspace import db
from workspace.activity.models import Event
from workspace.activity.undoing import add_reversal
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person

MOVES = (events.STORY_MOVED, events.STORY_SCHEDULED, events.STORY_ORDERED)
WORK = (*MOVES, events.STORY_CHANGED)
WORK_TOGETHER = (events.STORIES_MOVED, events.STORIES_CHANGED, events.STORIES_IMPORTED)


def install() -> None:
    """Say how acts on stories are undone."""
    for kind in MOVES:
        add_reversal(kind, _move_back)
    add_reversal(events.STORIES_MOVED, _move_all_back)
    add_reversal(events.STORY_CHANGED, _change_back)
    add_reversal(events.STORIES_CHANGED, _change_all_back)
    add_reversal(events.STORY_CREATED, _take_away)
    add_reversal(events.STORY_DELETED, _bring_back)
    add_reversal(events.STORIES_DELETED, _bring_back)
    add_reversal(events.COMMENT_DELETED, _bring_comment_back)


# --- Moves -----------------------------------------------------------------------------------------------------------


def _move_back(event: Event, actor: Person) -> str:
    story = _held([event.subject_id])[0]
    _check_not_moved_since(event, [story])
    data = event.data
    move_story(
        story,
        column=_column(data["old"]),
        sprint=_sprint(data["old_sprint"]),
        after=data.get("old_after"),
        before=data.get("old_before"),
        actor=actor,
    )
    return _("%(story)s is back where it was.") % {"story": story.code}


def _move_all_back(event: Event, actor: Person) -> str:
    rows: Mapping[str, Any] = event.data["stories"]
    stories = {story.pk: story for story in _held([int(pk) for pk in rows])}
    _check_not_moved_since(event, list(stories.values()))
    # From the first to the last, each behind whoever stands before its old place, also if that has just come back.
    for pk, row in sorted(rows.items(), key=lambda item: item[1]["old_rank"]):
        story = stories[int(pk)]
        lane = Lane(story.team_id, row["old_sprint"], row["old"])
        around = lane.stories(without=[story.pk]).order_by("rank")
        move_story(
            story,
            column=_column(row["old"]),
            sprint=_sprint(row["old_sprint"]),
            after=around.filter(rank__lt=row["old_rank"]).last(),
            before=around.filter(rank__gt=row["old_rank"]).first(),
            actor=actor,
        )
    return _("%(count)s stories are back where they were.") % {"count": len(rows)}


def _check_not_moved_since(event: Event, stories: Collection[Story]) -> None:
    """Raise StaleWrite where somebody has moved one of them after the act."""
    ids = {story.pk: story for story in stories}
    moved = _later_act(event, ids, alone=MOVES, together=[events.STORIES_MOVED])
    if moved is not None:
        story_id, name = moved
        story = ids.get(story_id or 0) or next(iter(stories))
        raise StaleWrite(
            _("%(name)s has moved %(story)s since.") % {"name": name or _("Throughline"), "story": story.code},
            next_step=_("Move it by hand, if you still want it elsewhere."),
        )


def _later_act(
    event: Event, ids: Collection[int], *, alone: Collection[str], together: Collection[str]
) -> tuple[int | None, str | None] | None:
    """The story and the actor's name of an act of these kinds after the event: 1 statement, 2 where there is none.

    An act that was undone counts for nothing, and neither does what undid it: what stood before stands again.
    """
    later = Event.objects.filter(pk__gt=event.pk, undoing=None)
    one = later.filter(subject_kind=Story.NOUN, subject_id__in=ids, kind__in=alone)
    several = later.filter(
        subjects__subject_kind=Story.NOUN, subjects__subject_id__in=ids, kind__in=together
    ).values_list("subjects__subject_id", "actor__name")
    return one.values_list("subject_id", "actor__name").first() or several.first()


def _column(pk: int) -> Column:
    column = Column.objects.filter(pk=pk).first()
    if column is None:
        raise RuleBroken(_("The column in which it was is gone."), next_step=_("Move it to another column."))
    return column


def _sprint(pk: int | None) -> Sprint | None:
    if pk is None:
        return None
    sprint = Sprint.objects.filter(pk=pk).first()
    if sprint is None:
        raise RuleBroken(_("The sprint in which it was is gone."), next_step=_("Move it to another sprint."))
    return sprint


# --- Edits -----------------------------------------------------------------------------------------------------------


def _change_back(event: Event, actor: Person) -> str:
    (story,) = _held([event.subject_id])
    _check_not_changed_since(story, event.data["new"], event.subject_version or 0)
    change_story(story, actor=actor, **event.data["old"])
    return _("%(story)s is as it was.") % {"story": story.code}


def _change_all_back(event: Event, actor: Person) -> str:
    rows: Mapping[str, Any] = event.data["stories"]
    stories = _held([int(pk) for pk in rows])
    for story in stories:
        row = rows[str(story.pk)]
        _check_not_changed_since(story, row["new"], row["version"])
    for story in stories:
        change_story(story, actor=actor, **rows[str(story.pk)]["old"])
    return _("%(count)s stories are as they were.") % {"count": len(stories)}


def _check_not_changed_since(story: Story, written: Mapping[str, Any], version: int) -> None:
    """Raise StaleWrite where one of the fields does not hold any more what was written by this version of the story."""
    if story.version == version:
        return
    since = changed_since(story, version)
    other = [name for name, value in written.items() if not since.is_known or since.new.get(name, value) != value]
    if names := since.in_the_way_of(other):
        raise StaleWrite(
            _("%(code)s was changed since: %(what)s.") % {"code": story.code, "what": in_words(since, names)},
            next_step=_("Change it by hand, if you still want it otherwise."),
            version=story.version,
        )


# --- Coming and going ------------------------------------------------------------------------------------------------


def _take_away(event: Event, actor: Person) -> str:
    (story,) = _held([event.subject_id])
    has_more = story.comment_count or story.item_count or story.attachment_count or story.approvals.exists()
    if has_more or _later_act(event, [story.pk], alone=WORK, together=WORK_TOGETHER) is not None:
        raise StaleWrite(
            _("%(story)s has been worked on since it was created.") % {"story": story.code},
            next_step=_("Delete it, if it is to go all the same."),
        )
    delete_stories([story], actor=actor)
    return _("%(story)s is deleted.") % {"story": story.code}


def _bring_back(event: Event, actor: Person) -> str:
    ids = [int(pk) for pk in event.data["stories"]] if "stories" in event.data else [event.subject_id]
    stories = restore_stories(_held(ids, deleted=True), actor=actor)
    if len(stories) == 1:
        return _("%(story)s is there again.") % {"story": stories[0].code}
    return _("%(count)s stories are there again.") % {"count": len(stories)}


def _bring_comment_back(event: Event, actor: Person) -> str:
    comment = Comment.objects.filter(pk=event.subject_id or 0).first()
    if comment is None:
        raise RuleBroken(_("The comment is gone for good."), next_step=_("Write it again."))
    restore_comment(comment, actor=actor)
    return _("The comment is there again.")


def _held(ids: Collection[int | None], *, deleted: bool = False) -> list[Story]:
    """The stories, locked with the order of their team. Raises RuleBroken where one is gone."""
    known = [pk for pk in ids if pk is not None]
    team_id = Story.objects.filter(pk__in=known).values_list("team_id", flat=True).first()
    if team_id is not None:
        db.lock(order_lock(team_id))
        db.lock_rows(Story, known)
    stories = list(Story.objects.filter(pk__in=known).select_related("team", "column"))
    if len(stories) < len(ids) or any((story.deleted_at is None) == deleted for story in stories):
        raise RuleBroken(
            _("What you did it to is there again already.") if deleted else _("What you did it to was deleted since."),
            next_step=_("Nothing was changed."),
        )
    return stories
