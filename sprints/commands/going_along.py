"""Stories that go along when the sprint or column that they are in closes or is removed: set-based, one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sprints import events
from sprints.models import Column, Story
from sprints.models.stories import StoryQuerySet
from workspace.activity.commands.events import Happening
from workspace.activity.undoing import ALONG


@dataclass(frozen=True, slots=True)
class Along:
    """A story as it was before it went along."""

    story_id: int
    column_id: int
    category: str
    sprint_id: int | None
    rank: str


def read_along(stories: StoryQuerySet) -> list[Along]:
    """Those of the stories that are not deleted, in their order: 1 statement."""
    fields = ("pk", "column", "column__category", "sprint", "rank")
    return [Along(*row) for row in stories.present().order_by("rank").values_list(*fields)]


def into_sprint(scope: str, along: Sequence[Along], *, old: int, new: int | None) -> list[Happening]:
    """What tells that these stories went from one sprint to another, or to the backlog (None)."""
    rows = {str(story.story_id): _row(story, sprint_id=new) for story in along}
    return _told(scope, along, {"old_sprint": old, "new_sprint": new, "stories": rows})


def into_column(scope: str, along: Sequence[Along], *, old: int, new: Column) -> list[Happening]:
    """What tells that these stories went from one column to another."""
    rows = {
        str(story.story_id): _row(story, sprint_id=story.sprint_id) | {"new": new.pk, "new_category": new.category}
        for story in along
    }
    return _told(scope, along, {"old_column": old, "new_column": new.pk, "stories": rows})


def _told(scope: str, along: Sequence[Along], data: dict[str, Any]) -> list[Happening]:
    """One happening, or none where no story went."""
    if not along:
        return []
    subjects = (Story.NOUN, [story.story_id for story in along])
    data = {"count": len(along), ALONG: True} | data
    return [Happening(events.STORIES_MOVED, None, data, scope, subjects=subjects)]


def _row(story: Along, *, sprint_id: int | None) -> dict[str, Any]:
    """Old and new place of one story, as every move tells it. Its rank stays."""
    return {
        "old": story.column_id,
        "new": story.column_id,
        "old_category": story.category,
        "new_category": story.category,
        "old_sprint": story.sprint_id,
        "new_sprint": sprint_id,
        "old_rank": story.rank,
        "new_rank": story.rank,
    }
