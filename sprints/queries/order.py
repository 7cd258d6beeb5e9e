"""The order of a team's stories: keys between neighbours, and the facts that a place in it is decided on.

A key (`Story.rank`) is a text that is compared by its bytes. Between any two there is another, so that a story goes
anywhere by writing its own row alone. All stories of a team stand in one order, deleted ones too; what a board shows
is a part of it. Whoever makes keys holds the lock of the order, `order_lock`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import connection
from fractional_indexing import (  # type: ignore[import-untyped]
    generate_key_between,
    generate_n_keys_between,
)

from sprints.models import Column, Sprint, Story
from sprints.models.stories import StoryQuerySet
from sprints.rules.keys import key_close_after, key_close_before
from sprints.rules.moving import ColumnFacts, SprintFacts
from workspace import db

LONGEST_KEY = 40
"""Characters: an order with a longer key is rewritten with short ones (`sprints.rebalance`)."""


def order_lock(team_id: int) -> str:
    """The name of the lock on where a team's stories are: their order, columns and sprints, and their numbers."""
    return f"sprints.order.{team_id}"


@dataclass(frozen=True, slots=True)
class Lane:
    """The stories among which a place is meant: those of a sprint (None: the backlog), or of one of its columns."""

    team_id: int
    sprint_id: int | None
    column_id: int | None = None

    def has(self, story: Story) -> bool:
        """Whether the story is there, and not deleted."""
        return (
            story.team_id == self.team_id
            and story.deleted_at is None
            and story.sprint_id == self.sprint_id
            and self.column_id in (None, story.column_id)
        )

    def stories(self, *, without: Collection[int] = ()) -> StoryQuerySet:
        """The stories that are there, but for these."""
        found = Story.objects.present().filter(team=self.team_id, sprint=self.sprint_id)
        if self.column_id is not None:
            found = found.filter(column=self.column_id)
        return found.exclude(pk__in=without) if without else found


class Side(Enum):
    """Where a place is seen from."""

    AFTER = "after a story"
    BEFORE = "before a story"
    END_OF_LANE = "at the end of the lane"
    END = "at the end of the whole order"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a place is named by: a side, and the key of the neighbour where there is one."""

    side: Side
    rank: str = ""


def anchor_for(lane: Lane, *, after: Story | None, before: Story | None, otherwise: Side) -> Anchor:
    """The anchor that the named neighbours give: `after` wins, and one that has left the lane counts no more."""
    if after is not None and lane.has(after):
        return Anchor(Side.AFTER, after.rank)
    if before is not None and lane.has(before):
        return Anchor(Side.BEFORE, before.rank)
    return Anchor(otherwise)


@dataclass(frozen=True, slots=True)
class Place:
    """A gap in the whole order in which no story stands, and the wider one in the lane that it is a part of."""

    lower: str | None = None
    upper: str | None = None
    lane_lower: str | None = None
    lane_upper: str | None = None

    def holds(self, rank: str) -> bool:
        """Whether a story with this key stands here already, as far as its lane shows."""
        above = self.lane_lower is None or self.lane_lower < rank
        return above and (self.lane_upper is None or rank < self.lane_upper)

    def keys(self, count: int) -> list[str]:
        """As many new keys for this gap, in order.

        One at an end of its lane is close to its neighbour there, for the next one most likely comes outside of it.
        """
        if count != 1:
            return list(generate_n_keys_between(self.lower, self.upper, count))
        if self.lower is not None and self.upper is not None:
            if self.lane_upper is None:
                return [key_close_after(self.lower, self.upper)]
            if self.lane_lower is None:
                return [key_close_before(self.lower, self.upper)]
        return [generate_key_between(self.lower, self.upper)]


@dataclass(frozen=True, slots=True)
class Target:
    """Where stories are to go, as it is under the lock. `sprint` None: the backlog, or a sprint that was removed.

    `columns`: those that were asked for and are there, by id, in their order; `facts`: what decides about them.
    """

    columns: dict[int, Column]
    facts: dict[int, ColumnFacts]
    sprint: SprintFacts | None = None
    place: Place = field(default_factory=Place)
    old_after: int | None = None
    old_before: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a target: `entering` stories are not counted there, nor taken for neighbours."""

    lane: Lane
    anchor: Anchor
    columns: Collection[int] | None = None
    """None: the first to-do column of the team, in which new stories are."""
    sprint: Sprint | None = None
    moving: Collection[int] = field(default=())
    origin: Story | None = None
    """The story whose old neighbours are wanted, for whoever puts it back."""


def read_target(question: Question) -> Target:
    """The columns that are asked for as a target, with 1 statement. Without one that is there, nothing else is known.

    Written as SQL: every move asks this, and composing it anew would cost more than the answer.
    """
    sprint = question.sprint
    asked = _bounds(question)
    if sprint is not None:
        asked["sprint_state"] = (f"SELECT state FROM {db.table(Sprint)} WHERE id = %s", (sprint.pk,))
        asked["present"] = _present(sprint.pk, question.moving)
    if question.origin is not None:
        asked |= _old_neighbours(question.origin)
    own = [name.column for name in Column._meta.concrete_fields]
    values = "".join(f", ({sql})" for sql, _params in asked.values())
    params = tuple(param for _sql, params in asked.values() for param in params)
    which: db.Sql = ("c.team_id = %s AND c.category = %s", (question.lane.team_id, Column.Category.TODO.value))
    if question.columns is not None:
        which = (f"c.id IN ({db.places(question.columns)})", tuple(question.columns))
    with connection.cursor() as cursor:
        db.execute(
            cursor,
            f"SELECT {', '.join(f'c.{name}' for name in own)}{values} FROM {db.table(Column)} c WHERE {which[0]}"
            f" ORDER BY c.position, c.id {'LIMIT 1' if question.columns is None else ''}",
            (*params, *which[1]),
        )
        rows = cursor.fetchall()
    found: dict[int, Column] = {}
    facts: dict[int, ColumnFacts] = {}
    told: dict[str, Any] = {}
    for row in rows:
        column = Column.from_db(None, [field.attname for field in Column._meta.concrete_fields], row[: len(own)])
        column.wip_blocks = bool(column.wip_blocks)
        told = dict(zip(asked, row[len(own) :], strict=True))
        found[column.pk] = column
        facts[column.pk] = ColumnFacts(
            column.team_id, column.name, column.wip_limit, column.wip_blocks, told.get("present") or 0
        )
    if not rows:
        return Target(found, facts)
    state = told.get("sprint_state")
    sprint_facts = SprintFacts(sprint.team_id, sprint.number, state) if sprint is not None and state else None
    place = _place(question.anchor, told)
    return Target(found, facts, sprint_facts, place, told.get("old_after"), told.get("old_before"))


def _lane(lane: Lane, moving: Collection[int] = ()) -> db.Sql:
    """The condition that a story is in the lane, and none of these."""
    sql, params = "team_id = %s AND deleted_at IS NULL", [lane.team_id]
    if lane.sprint_id is None:
        sql += " AND sprint_id IS NULL"
    else:
        sql += " AND sprint_id = %s"
        params.append(lane.sprint_id)
    if lane.column_id is not None:
        sql += " AND column_id = %s"
        params.append(lane.column_id)
    if moving:
        sql += f" AND id NOT IN ({db.places(moving)})"
        params.extend(moving)
    return sql, tuple(params)


def _first(where: db.Sql, order: str, value: str = "rank") -> db.Sql:
    sql, params = where
    return f"SELECT {value} FROM {db.table(Story)} WHERE {sql} ORDER BY {order} LIMIT 1", params


def _and(where: db.Sql, sql: str, *params: Any) -> db.Sql:
    return f"{where[0]} AND {sql}", (*where[1], *params)


def _bounds(question: Question) -> dict[str, db.Sql]:
    rank = question.anchor.rank
    everything: db.Sql = ("team_id = %s", (question.lane.team_id,))
    others = _lane(question.lane, question.moving)
    match question.anchor.side:
        case Side.AFTER:
            return {
                "bound": _first(_and(everything, "rank > %s", rank), "rank"),
                "lane_bound": _first(_and(others, "rank > %s", rank), "rank"),
            }
        case Side.BEFORE:
            return {
                "bound": _first(_and(everything, "rank < %s", rank), "rank DESC"),
                "lane_bound": _first(_and(others, "rank < %s", rank), "rank DESC"),
            }
        case Side.END_OF_LANE:
            last = _first(others, "rank DESC")
            return {
                "lane_bound": last,
                "bound": _first(_and(everything, f"rank > ({last[0]})", *last[1]), "rank"),
            }
        case Side.END:
            return {"bound": _first(everything, "rank DESC")}


def _place(anchor: Anchor, told: Mapping[str, Any]) -> Place:
    bound, lane_bound = told.get("bound"), told.get("lane_bound")
    match anchor.side:
        case Side.AFTER:
            return Place(anchor.rank, bound, anchor.rank, lane_bound)
        case Side.BEFORE:
            return Place(bound, anchor.rank, lane_bound, anchor.rank)
        case Side.END_OF_LANE:
            return Place(lane_bound, bound, lane_bound, None)
        case Side.END:
            return Place(bound, None, bound, None)


def _present(sprint_id: int, moving: Collection[int]) -> db.Sql:
    """How many stories the column has in the sprint, but for those that are moving."""
    sql = f"SELECT COUNT(*) FROM {db.table(Story)} WHERE sprint_id = %s AND column_id = c.id AND deleted_at IS NULL"
    return (f"{sql} AND id NOT IN ({db.places(moving)})" if moving else sql), (sprint_id, *moving)


def _old_neighbours(story: Story) -> dict[str, db.Sql]:
    """The stories before and after this one in what people see: its column of the sprint, or the backlog."""
    lane = _lane(Lane(story.team_id, story.sprint_id, story.column_id if story.sprint_id is not None else None))
    return {
        "old_after": _first(_and(lane, "rank < %s", story.rank), "rank DESC", "id"),
        "old_before": _first(_and(lane, "rank > %s", story.rank), "rank", "id"),
    }
