"""How the cards of a board lie: lanes from top to bottom, columns from left to right, and the numbers above them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprints.queries.board.cards import CardRow
from sprints.queries.board.facts import BoardFacts, ColumnRow

LANES = {
    "assignee": gettext_lazy("Assignee"),
    "department": gettext_lazy("Department"),
    "touchpoint": gettext_lazy("Touchpoint"),
}
"""What a board can be divided by."""

MAIN, INTERRUPTS, NONE = "all", "interrupts", "none"
LINKS = {"assignee": "assignees", "department": "assignees", "touchpoint": "touchpoints"}
"""Which links of a story say in which lane it lies."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The cards of one lane in one column."""

    column: ColumnRow
    rows: Sequence[CardRow]


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane with its cells from left to right. `key` is "all", "interrupts", "none" or the id of what it is about."""

    key: str
    title: str
    cells: Sequence[Cell]

    @property
    def count(self) -> int:
        """How many cards it shows."""
        return sum(len(cell.rows) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ColumnNumbers:
    """What stands above a column: all its stories of the sprint, whatever the filters show."""

    column: ColumnRow
    count: int
    shown: int
    points: Decimal

    @property
    def is_over(self) -> bool:
        """Whether there are more than the WIP limit allows."""
        return self.column.wip_limit is not None and self.count > self.column.wip_limit

    @property
    def is_full(self) -> bool:
        """Whether the WIP limit is just reached."""
        return self.column.wip_limit is not None and self.count == self.column.wip_limit


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a sprint: points in all, done, and of unplanned work; `days_left` counts today."""

    columns: Sequence[ColumnNumbers]
    stories: int
    shown: int
    points: Decimal
    done: Decimal
    done_stories: int
    interrupts: Decimal
    interrupt_stories: int
    days_left: int


def numbers_of(rows: Sequence[CardRow], facts: BoardFacts, today: date) -> Numbers:
    """Count the cards."""
    nothing = Decimal(0)
    count: dict[int, int] = defaultdict(int)
    shown: dict[int, int] = defaultdict(int)
    points: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        count[row.column_id] += 1
        shown[row.column_id] += row.is_shown
        points[row.column_id] += row.points or nothing
    unplanned = [row for row in rows if row.unplanned_reason]
    done = [column.id for column in facts.columns if column.is_done]
    return Numbers(
        columns=[ColumnNumbers(one, count[one.id], shown[one.id], points[one.id]) for one in facts.columns],
        stories=len(rows),
        shown=sum(shown.values()),
        points=sum(points.values(), nothing),
        done=sum((points[column] for column in done), nothing),
        done_stories=sum(count[column] for column in done),
        interrupts=sum((row.points or nothing for row in unplanned), nothing),
        interrupt_stories=len(unplanned),
        days_left=(facts.sprint.ends_on - max(today, facts.sprint.starts_on)).days + 1 if facts.sprint else 0,
    )


def lanes_of(
    rows: Sequence[CardRow], facts: BoardFacts, *, by: str = "", links: Mapping[int, Sequence[int]] | None = None
) -> list[Lane]:
    """The lanes: interrupts first where there are any, then one for all planned work, or one for each that has some.

    A story lies once on the board: in the lane of the first of several assignees or touchpoints.
    """
    lying: dict[str, dict[int, list[CardRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.is_shown:
            key = INTERRUPTS if row.unplanned_reason else _lane_key(row.id, facts, by, links or {})
            lying[key][row.column_id].append(row)
    if not by:
        lying.setdefault(MAIN, defaultdict(list))
    titles = {INTERRUPTS: _("Interrupts"), **_titles(facts, by)}
    return [
        Lane(key, title, [Cell(column, lying[key].get(column.id, [])) for column in facts.columns])
        for key, title in titles.items()
        if key in lying
    ]


def _lane_key(story_id: int, facts: BoardFacts, by: str, links: Mapping[int, Sequence[int]]) -> str:
    if not by:
        return MAIN
    known = facts.touchpoints if by == "touchpoint" else facts.people
    first = next((link for link in links.get(story_id, ()) if link in known), None)
    if first is None:
        return NONE
    if by != "department":
        return str(first)
    department = facts.people[first].department_id
    return NONE if department is None else str(department)


def _titles(facts: BoardFacts, by: str) -> dict[str, str]:
    if by == "assignee":
        return {**{str(pk): person.name for pk, person in facts.people.items()}, NONE: _("Nobody")}
    if by == "department":
        return {**{str(pk): name for pk, name in facts.departments.items()}, NONE: _("No department")}
    if by == "touchpoint":
        return {**{str(pk): name for pk, name in facts.touchpoints.items()}, NONE: _("No touchpoint")}
    return {MAIN: _("Planned work")}
