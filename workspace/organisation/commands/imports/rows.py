"""A row of a file: as it was read, and as it is worked on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workspace.organisation.commands.imports.cells import WrongCell, shortened
from workspace.organisation.commands.imports.kinds import ImportKind

WAITING = "?"  # the key under which a remembered row keeps what it named and nobody knew


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, in which column; `whole`: nothing of the row can be taken."""

    column: str
    value: str
    reason: str
    whole: bool = True


@dataclass(slots=True)
class Record:
    """A row as it was read: its first line in the file, its cells as they stand there, and by column."""

    line: int
    original: Sequence[str] = ()
    cells: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    key: str = ""

    def add_problem(self, column: str, value: str, reason: str, *, whole: bool = True) -> None:
        """Note what is wrong."""
        self.problems = (*self.problems, Problem(column, shortened(value), reason, whole))

    @property
    def is_rejected(self) -> bool:
        """Whether nothing of it can be taken."""
        return any(problem.whole for problem in self.problems)


class Row:
    """A row as it is worked on in one attempt to write it.

    `before` are the cells that were imported last time (None: never), `news` the columns whose cell says something
    else now, `values` what they say, `waited` what the row named last time and nobody knew, by column. A row that
    `is_rejected` is not taken at all.
    """

    __slots__ = ("before", "cells", "is_rejected", "kept_back", "news", "notes", "outcome", "problems", "record",
                 "remembered", "stored", "values", "waited", "waits")  # fmt: skip

    def __init__(self, record: Record, remembered: Mapping[str, Any] | None) -> None:
        self.record = record
        self.cells = record.cells
        self.problems: list[Problem] = list(record.problems)
        self.is_rejected = record.is_rejected
        self.remembered = remembered
        self.waited: Mapping[str, list[str]] = remembered.get(WAITING, {}) if remembered else {}
        self.before: Mapping[str, str] | None = remembered
        known = remembered or {}
        self.news = {column for column, value in record.cells.items() if known.get(column, "") != value}
        self.values: dict[str, Any] = {}
        self.kept_back: set[str] = {problem.column for problem in self.problems}
        self.stored: dict[str, str] = {}
        self.waits: dict[str, list[str]] = {}
        self.notes: list[tuple[str, str]] = []
        self.outcome = "unchanged"
        self.news -= self.kept_back

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.news or self.waited or self.remembered is None)

    def was(self, column: str) -> str:
        """What the cell said last time; empty when it said nothing."""
        return (self.before or {}).get(column, "")

    def get(self, column: str) -> str:
        """What the cell says; empty when the file has no such column."""
        return self.cells.get(column, "")

    def read(self, kind: ImportKind) -> None:
        """Read the cells that say something new; a wrong one rejects the row."""
        for column in kind.columns:
            if column.name not in self.news:
                continue
            value = self.cells[column.name]
            try:
                self.values[column.name] = column.read(value) if value else column.empty
            except WrongCell as wrong:
                self.reject(column.name, str(wrong))

    def reject(self, column: str, reason: str, value: str | None = None) -> None:
        """Take nothing of this row."""
        self._problem(column, reason, value, whole=True)

    def refuse(self, column: str, reason: str, value: str | None = None) -> None:
        """Take the row without this cell. It is looked at again with every import until it can be taken."""
        self._problem(column, reason, value, whole=False)
        self.kept_back.add(column)

    def _problem(self, column: str, reason: str, value: str | None, *, whole: bool) -> None:
        shown = shortened(self.get(column) if value is None else value)
        self.problems.append(Problem(column, shown, reason, whole))
        self.is_rejected = self.is_rejected or whole

    def keep_back(self, column: str) -> None:
        """Leave this cell for the next import, because it hangs on another one that was refused."""
        self.kept_back.add(column)

    def wait_for(self, column: str, *names: str) -> None:
        """Remember names that nobody knows yet; the next import asks again."""
        self.waits.setdefault(column, []).extend(names)

    def note(self, code: str, value: str) -> None:
        """Say something about a row that was taken."""
        self.notes.append((code, value))

    def to_remember(self) -> dict[str, Any]:
        """The cells as the next import shall compare with: refused ones as they were, columns that are missing too."""
        kept: dict[str, Any] = {name: value for name, value in (self.before or {}).items() if name != WAITING}
        for column, value in self.cells.items():
            if column in self.kept_back:
                continue
            value = self.stored.get(column, value)
            if value:
                kept[column] = value
            else:
                kept.pop(column, None)
        if self.waits:
            kept[WAITING] = self.waits
        return kept
