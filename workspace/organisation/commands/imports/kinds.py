"""What can be imported: the columns of a file, how a row is known again, and who works on the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

from workspace.activity.commands.events import Happening
from workspace.organisation.rules.decisions import Decision
from workspace.organisation.rules.people import may_administer
from workspace.organisation.rules.standing import Standing

if TYPE_CHECKING:
    from workspace.organisation.commands.imports.rows import Record, Row
    from workspace.organisation.commands.imports.tally import Tally


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file.

    `required`: the header must name it. `filled`: every row must have a value. `read` turns a value into what is
    kept, and raises `cells.WrongCell` with a reason; an empty cell is kept as `empty`.
    """

    name: str
    required: bool = False
    filled: bool = False
    longest: int | None = None
    read: Callable[[str], Any] = str
    empty: Any = ""


@dataclass(slots=True)
class Effects:
    """What a thousand rows have done: ids by word, which the kind makes something of, and single happenings."""

    ids: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    happenings: list[Happening] = field(default_factory=list)

    def add(self, other: Effects) -> None:
        """Take up what some other rows have done."""
        for word, ids in other.ids.items():
            self.ids[word] |= ids
        self.happenings += other.happenings


@dataclass(frozen=True, slots=True)
class Told:
    """What the events of a thousand rows say: how many, and the name of the file."""

    rows: int
    added: int
    changed: int
    file: str

    def data(self, **more: object) -> dict[str, object]:
        """The data of a bulk event."""
        return {"rows": self.rows, "added": self.added, "changed": self.changed, "file": self.file, **more}


def in_file_order(records: Iterator[Record]) -> Iterator[Record]:
    """The rows as they stand in the file."""
    return records


Remembered = Mapping[str, Mapping[str, Any]]
"""The cells that were imported last, by the lasting name of the row."""


def as_remembered(_records: Sequence[Record], remembered: Remembered) -> Remembered:
    """What was imported last is what a row is compared with."""
    return remembered


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of file.

    `key` gives the lasting name of a row; `take` writes rows in which something is new, with few statements, and marks
    each as added, changed, refused in a cell, or rejected; `finish` follows once for all rows of a transaction and
    records the events. `read_cell` is what a cell says, of what stands in the file. `compare_with` may put something
    else in the place of what was imported last, for rows that tell what they were before. `arrange` may change the
    order of rows, the same way whenever it is asked about the same file.
    `tables` are those that grow, for the planner of the database to know.
    `notes` are sentences, with {count}, {value} and {line}, about what was taken but should be known.
    """

    code: str
    columns: tuple[Column, ...]
    key: Callable[[Mapping[str, str]], str]
    key_column: str
    may_import: Callable[[Standing], Decision]
    take: Callable[[Sequence[Row], str], Effects]
    finish: Callable[[Effects, Told, models.Model | None], None]
    read_cell: Callable[[str], str] = str.strip
    compare_with: Callable[[Sequence[Record], Remembered], Remembered] = as_remembered
    arrange: Callable[[Iterator[Record]], Iterator[Record]] = in_file_order
    notes: Mapping[str, Promise | str] = field(default_factory=dict)
    rehearsed_at_once: bool = False
    tables: tuple[type[models.Model], ...] = ()

    @property
    def is_for_administrators(self) -> bool:
        """Whether administrators alone import it: a program needs a token that administers."""
        return self.may_import is may_administer

    def told(self, tally: Tally) -> list[str]:
        """What was taken but should be known, in sentences."""
        return [str(self.notes[code]).format(**note) for code, note in tally.notes.items() if code in self.notes]

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def expected(self) -> str:
        """The columns as a message lists them."""
        return _listed(column.name for column in self.columns if column.required)

    def optional(self) -> str:
        """The columns that may be missing, as a message lists them."""
        return _listed(column.name for column in self.columns if not column.required)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


_kinds: dict[str, ImportKind] = {}


def add_import(kind: ImportKind) -> None:
    """Let files of this kind be imported; an app says so when it is ready."""
    _kinds[kind.code] = kind


def import_kind(code: str) -> ImportKind | None:
    """The kind with this code, if some app has added it."""
    return _kinds.get(code)


def import_kinds() -> tuple[str, ...]:
    """The codes of all kinds, in the order in which files depend on each other."""
    return tuple(_kinds)
