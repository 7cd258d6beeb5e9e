"""Writing whom and what stories are joined to: people, labels, touchpoints."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model

from sprints.models import Assignment, StoryLabel, StoryTouchpoint

LINKS: dict[str, tuple[type[Model], str]] = {
    "assignees": (Assignment, "person_id"),
    "labels": (StoryLabel, "label_id"),
    "touchpoints": (StoryTouchpoint, "touchpoint_id"),
}
"""The rows that join a story to the others, and the column of the other."""


def link_rows(name: str, pairs: Collection[tuple[int, int]]) -> None:
    """Join these (story id, other id) of a relation: 1 statement, none for no pairs. Who is joined already stays."""
    if pairs:
        model, column = LINKS[name]
        rows = [model(**{"story_id": story_id, column: other_id}) for story_id, other_id in sorted(pairs)]
        model._default_manager.bulk_create(rows, ignore_conflicts=True)


def unlink_rows(name: str, story_ids: Collection[int], other_ids: Collection[int]) -> None:
    """Take these others off these stories: 1 statement, none for no others."""
    if story_ids and other_ids:
        model, column = LINKS[name]
        model._default_manager.filter(**{"story__in": story_ids, f"{column}__in": other_ids}).delete()


def linked_ids(name: str, story_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """What each of these stories is joined to in a relation, by story id: 1 statement."""
    model, column = LINKS[name]
    found: dict[int, set[int]] = {pk: set() for pk in story_ids}
    pairs: Any = model._default_manager.filter(story__in=story_ids).values_list("story_id", column)
    for story_id, other_id in pairs:
        found[story_id].add(other_id)
    return {pk: frozenset(others) for pk, others in found.items()}
