"""What stands around the cards of a board: sprints, columns, labels, people, touchpoints, saved views."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, JSONObject

from journeys.models import Touchpoint
from sprints.models import Assignment, Column, Commitment, Label, Sprint, Story, StoryTouchpoint, Team
from workspace.organisation.models import Person, SavedView


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the board."""

    id: int
    name: str
    category: str
    position: int
    wip_limit: int | None
    wip_blocks: bool

    @property
    def is_done(self) -> bool:
        """Whether what lies here is done."""
        return self.category == Column.Category.DONE

    @property
    def is_todo(self) -> bool:
        """Whether nobody has begun what lies here."""
        return self.category == Column.Category.TODO


@dataclass(frozen=True, slots=True)
class SprintRow:
    """A sprint of the team. `committed` is known for the one that is shown: points when it started."""

    id: int
    number: int
    goal: str
    starts_on: date
    ends_on: date
    interrupt_points: int | None
    state: str
    version: int
    committed: Decimal | None = None

    @property
    def is_active(self) -> bool:
        """Whether the team works in it now."""
        return self.state == Sprint.State.ACTIVE

    @property
    def is_closed(self) -> bool:
        """Whether it is over, with its report."""
        return self.state == Sprint.State.CLOSED

    @property
    def label(self) -> str:
        """The word for its state."""
        return str(Sprint.State(self.state).label)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label of the team."""

    id: int
    name: str
    tone: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member of the team, or somebody who works on a story of the sprint all the same."""

    id: int
    name: str
    department_id: int | None
    department: str
    is_member: bool


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view: the person's own, or one that somebody shares with the team."""

    id: int
    name: str
    query: str
    is_shared: bool
    owner_id: int


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """Everything around the cards, read with one statement.

    `card_mark` changes with whatever of this shows on cards, `mark` with whatever of it shows at all.
    """

    sprint: SprintRow | None
    sprints: Sequence[SprintRow]
    columns: Sequence[ColumnRow]
    labels: Mapping[int, LabelRow]
    people: Mapping[int, PersonRow]
    touchpoints: Mapping[int, str]
    views: Sequence[ViewRow]
    card_mark: str
    mark: str

    @property
    def departments(self) -> dict[int, str]:
        """The departments of the people, by name."""
        found = {p.department_id: p.department for p in self.people.values() if p.department_id is not None}
        return dict(sorted(found.items(), key=lambda item: item[1].lower()))

    @property
    def members(self) -> list[PersonRow]:
        """The people who can be given stories."""
        return [person for person in self.people.values() if person.is_member]

    @property
    def planned(self) -> list[SprintRow]:
        """The sprints that take stories."""
        return [sprint for sprint in self.sprints if not sprint.is_closed]


def told(word: str, rows: QuerySet[Any, Any], **fields: Any) -> QuerySet[Any, Any]:
    """Rows of any table as (word, JSON object), to be joined with others by `union`."""
    data: Any = JSONObject(**fields)
    named: QuerySet[Any, Any] = rows.order_by().annotate(what=Value(word, CharField()), told=data)
    return named.values_list("what", "told")


def read(parts: Sequence[QuerySet[Any, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of all parts by their word: 1 statement."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for word, data in parts[0].union(*parts[1:], all=True):
        found[word].append(json.loads(data) if isinstance(data, str) else data)
    return found


def board_facts(team: Team, person: Person, sprint: Q, *, page: str) -> BoardFacts:
    """What stands around the cards of the sprint that the condition names (of this team): 1 statement."""
    shown = Story.objects.present().filter(sprint__in=Sprint.objects.filter(sprint, team=team).order_by().values("pk"))
    here = shown.order_by().values("pk")
    committed = Commitment.objects.filter(sprint__in=Sprint.objects.filter(sprint, team=team).order_by().values("pk"))
    found = read(
        [
            told("sprint", Sprint.objects.filter(team=team), **_fields("id", "number", "goal", "starts_on", "ends_on",
                 "interrupt_points", "state", "version")),
            told("committed", committed.order_by().values("sprint"), id=F("sprint_id"), points=_text(Sum("points"))),
            told("shown", Sprint.objects.filter(sprint, team=team), **_fields("id")),
            told("column", Column.objects.filter(team=team), **_fields("id", "name", "category", "position",
                 "wip_limit", "wip_blocks")),
            told("label", Label.objects.filter(team=team), **_fields("id", "name", "tone")),
            told("person", Person.objects.active().filter(memberships__team=team), **_fields("id", "name",
                 "department_id"), department=F("department__name"), is_member=Value(1)),
            told("person", Person.objects.filter(pk__in=_assigned(here)), **_fields("id", "name", "department_id"),
                 department=F("department__name"), is_member=Value(0)),
            told("touchpoint", Touchpoint.objects.visible_to(person).filter(pk__in=_worked_on(here)),
                 **_fields("id", "name")),
            told("view", SavedView.objects.filter(Q(person=person) | Q(is_shared=True), page=page),
                 **_fields("id", "name", "query", "is_shared", "person_id")),
        ]
    )  # fmt: skip
    return _facts(found)


def people_row(row: Mapping[str, Any]) -> PersonRow:
    """A person as JSON told them."""
    return PersonRow(row["id"], row["name"], row["department_id"], row["department"] or "", bool(row["is_member"]))


def _facts(found: Mapping[str, list[dict[str, Any]]]) -> BoardFacts:
    committed = {row["id"]: Decimal(row["points"] or 0) for row in found["committed"]}
    sprints = sorted((sprint_row(row) for row in found["sprint"]), key=lambda one: one.number)
    chosen = next((row["id"] for row in found["shown"]), None)
    sprint = next((one for one in sprints if one.id == chosen), None)
    people: dict[int, PersonRow] = {}
    for row in sorted(found["person"], key=lambda row: (row["name"].lower(), row["id"], -row["is_member"])):
        people.setdefault(row["id"], people_row(row))
    labels = [LabelRow(row["id"], row["name"], row["tone"]) for row in found["label"]]
    touchpoints = sorted(((row["id"], row["name"]) for row in found["touchpoint"]), key=lambda row: row[1].lower())
    on_cards = [sorted(map(repr, labels)), sorted(map(repr, people.values())), touchpoints]
    everything = {word: sorted(map(repr, rows)) for word, rows in found.items()}
    return BoardFacts(
        sprint=replace(sprint, committed=committed.get(sprint.id)) if sprint else None,
        sprints=sprints,
        columns=sorted(map(column_row, found["column"]), key=lambda column: (column.position, column.id)),
        labels={label.id: label for label in sorted(labels, key=lambda label: label.name.lower())},
        people=people,
        touchpoints=dict(touchpoints),
        views=sorted(map(_view_row, found["view"]), key=lambda view: (view.is_shared, view.name.lower())),
        card_mark=_digest(on_cards),
        mark=_digest(sorted(everything.items())),
    )


def _view_row(row: Mapping[str, Any]) -> ViewRow:
    return ViewRow(row["id"], row["name"], row["query"], bool(row["is_shared"]), row["person_id"])


def column_row(row: Mapping[str, Any]) -> ColumnRow:
    """A column as JSON told it."""
    return ColumnRow(
        row["id"], row["name"], row["category"], row["position"], row["wip_limit"], bool(row["wip_blocks"])
    )


def sprint_row(row: Mapping[str, Any]) -> SprintRow:
    """A sprint as JSON told it."""
    return SprintRow(
        row["id"],
        row["number"],
        row["goal"],
        date.fromisoformat(row["starts_on"][:10]),
        date.fromisoformat(row["ends_on"][:10]),
        row["interrupt_points"],
        row["state"],
        row["version"],
    )


def _fields(*names: str) -> dict[str, F]:
    return {name: F(name) for name in names}


def _text(expression: Any) -> Any:
    return Cast(expression, CharField())


def _assigned(stories: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    people: QuerySet[Any, Any] = Assignment.objects.filter(story__in=stories).order_by().values("person")
    return people


def _worked_on(stories: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    touched: QuerySet[Any, Any] = StoryTouchpoint.objects.filter(story__in=stories).order_by().values("touchpoint")
    return touched


def _digest(parts: Iterable[Any]) -> str:
    return f"{zlib.crc32(repr(list(parts)).encode()):08x}"
