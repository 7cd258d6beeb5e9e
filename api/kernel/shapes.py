"""What a noun looks like on the wire: columns read as they are, and what hangs on a whole page.

A shape is a serializer, so that the schema is made from it. Its rows are not made by the serializer: they are read with
`values_list`, which costs a fifth of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from workspace.organisation.models import Person

Load = Callable[[Collection[int], Person], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class Hung:
    """A part that hangs on the rows: read with one statement for a page; `none` where a row has nothing."""

    load: Load
    none: Callable[[], Any] = list


@dataclass(frozen=True, slots=True)
class Together:
    """One of several parts that hang on the rows and are read with the same statement: `load` answers them by name."""

    load: Callable[[Collection[int], Person], Mapping[str, Mapping[int, Any]]]
    none: Callable[[], Any] = list


@dataclass(frozen=True, slots=True)
class Made:
    """A part that is made of columns of its row, without a statement."""

    make: Callable[..., Any]
    columns: tuple[str, ...]


class Shape(serializers.Serializer):  # type: ignore[type-arg]
    """A noun on the wire. Each field reads the column that `source` names, unless it is in `parts`."""

    parts: ClassVar[Mapping[str, Hung | Together | Made]] = {}
    example: ClassVar[Mapping[str, Any]] = {}
    """What the description's example of it says, where names of fields do not tell."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of all fields, in their order."""
        return tuple(cls._declared_fields)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read rows of a shape: the columns to ask for, and where each field finds its value among them."""

    columns: tuple[str, ...]
    straight: tuple[tuple[str, int], ...]
    made: tuple[tuple[str, Callable[..., Any], tuple[int, ...]], ...]
    hung: tuple[tuple[str, Hung | Together], ...]


@lru_cache(maxsize=512)
def plan_of(shape: type[Shape], wanted: tuple[str, ...]) -> Plan:
    """How to read these fields of the shape. The first column is always the primary key."""
    columns: dict[str, int] = {"pk": 0}
    straight, made, hung = [], [], []

    def place(column: str) -> int:
        return columns.setdefault("pk" if column == "id" else column, len(columns))

    for name in wanted:
        match shape.parts.get(name):
            case Hung() | Together() as part:
                straight.append((name, 0))  # its turn; what hangs comes later
                hung.append((name, part))
            case Made() as part:
                straight.append((name, 0))
                made.append((name, part.make, tuple(place(column) for column in part.columns)))
            case None:
                source = str(shape._declared_fields[name].source or name).replace(".", "__")
                straight.append((name, place(source)))
    return Plan(tuple(columns), tuple(straight), tuple(made), tuple(hung))


def rows_of(queryset: QuerySet[Any], plan: Plan, viewer: Person) -> list[dict[str, Any]]:
    """The rows as they go on the wire: 1 statement, and 1 for each part that hangs on them."""
    return dressed(list(queryset.values_list(*plan.columns)), plan, viewer)


def dressed(read: Sequence[Sequence[Any]], plan: Plan, viewer: Person) -> list[dict[str, Any]]:
    """Rows that were read with the plan's columns, as they go on the wire: 1 statement for each part that hangs."""
    rows = [{name: row[place] for name, place in plan.straight} for row in read]
    for name, make, places in plan.made:
        for row, into in zip(read, rows, strict=True):
            into[name] = make(*[row[place] for place in places])
    if plan.hung and read:
        ids = [row[0] for row in read]
        for name, none, loaded in _hanging(plan, ids, viewer):
            for pk, into in zip(ids, rows, strict=True):
                into[name] = loaded[pk] if pk in loaded else none()
    return rows


def _hanging(
    plan: Plan, ids: Collection[int], viewer: Person
) -> Iterator[tuple[str, Callable[[], Any], Mapping[int, Any]]]:
    """Each part that hangs on the rows: its name, what stands for nothing, and what hangs on which row."""
    read: dict[Any, Mapping[str, Mapping[int, Any]]] = {}
    for name, part in plan.hung:
        if isinstance(part, Hung):
            yield name, part.none, part.load(ids, viewer)
            continue
        if part.load not in read:
            read[part.load] = part.load(ids, viewer)
        yield name, part.none, read[part.load][name]


def grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    """What hangs on each id, in the order of the pairs."""
    held: dict[int, list[Any]] = {}
    for pk, value in pairs:
        held.setdefault(pk, []).append(value)
    return held
