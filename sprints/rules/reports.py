"""What a sprint comes to when it closes, from what was in it when it started and what is in it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sprints.rules.stories import points_text


@dataclass(frozen=True, slots=True)
class Present:
    """A story that is in the sprint when it closes."""

    story_id: int
    points: Decimal | None
    is_done: bool
    is_unplanned: bool


KINDS = ("committed", "done", "unfinished", "added", "removed", "unplanned")
AT_START = ("committed", "removed")
"""Kinds whose points are those of the start."""


def report_data(
    committed: Mapping[int, Decimal | None],
    present: Sequence[Present],
    *,
    unfinished_to: int | None,
    removed_to: Mapping[int, int | str],
) -> dict[str, Any]:
    """The data of a report (see `SprintReport`). `committed` maps the ids of stories to the points that they had then.

    - committed: was in the sprint when it started, with the points of that moment;
    - done, unfinished: is in it now, in a column of done or not, with the points of now;
    - added: is in it now and was not when it started; removed: the other way round, with the points of the start;
    - unplanned: is in it now, and came as an interruption.

    Of each story the row says what it is of these, its points now (`points`) and at the start (`committed_points`),
    and where it went: `to` is "" for what stays, "backlog", "deleted", or the id of another sprint. `unfinished_to` is
    the sprint that takes what is not done (None: the backlog), `removed_to` where each removed story is.
    """
    rows = [_row(story, committed, unfinished_to) for story in present]
    here = {story.story_id for story in present}
    rows += [_removed(pk, points, removed_to[pk]) for pk, points in committed.items() if pk not in here]
    return {**{kind: _sum(rows, kind) for kind in KINDS}, "stories": rows}


def planned_data(stories: Iterable[tuple[int, Decimal | None]]) -> dict[str, Any]:
    """The same for a sprint that has not started: its stories, by id and points, are `planned`."""
    rows = [
        {"id": pk, "points": points_text(points), "committed_points": None, "is": ["planned"], "to": ""}
        for pk, points in stories
    ]
    return {"planned": _sum(rows, "planned"), "stories": rows}


def _removed(story_id: int, points: Decimal | None, went_to: int | str) -> dict[str, Any]:
    text = points_text(points)
    return {"id": story_id, "points": None, "committed_points": text, "is": ["committed", "removed"], "to": went_to}


def _row(story: Present, committed: Mapping[int, Decimal | None], unfinished_to: int | None) -> dict[str, Any]:
    was_committed = story.story_id in committed
    kinds = ["committed" if was_committed else "added", "done" if story.is_done else "unfinished"]
    if story.is_unplanned:
        kinds.append("unplanned")
    goes_to: int | str = "" if story.is_done else (unfinished_to or "backlog")
    return {
        "id": story.story_id,
        "points": points_text(story.points),
        "committed_points": points_text(committed.get(story.story_id)),
        "is": kinds,
        "to": goes_to,
    }


def _sum(rows: Iterable[Mapping[str, Any]], kind: str) -> dict[str, Any]:
    """How many stories are of a kind, and their points; one without an estimate counts none."""
    at_start = kind in AT_START
    of_kind = [row["committed_points" if at_start else "points"] for row in rows if kind in row["is"]]
    return {"stories": len(of_kind), "points": points_text(sum((Decimal(text or 0) for text in of_kind), Decimal()))}
