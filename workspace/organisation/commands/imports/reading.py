"""Reading a CSV file as a stream of records; what is wrong with one of them is said there, and the next one follows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace.errors import RuleBroken
from workspace.organisation.commands.imports.kinds import Column, ImportKind
from workspace.organisation.commands.imports.lines import Line, Lines, LineTooLong, is_broken, printable
from workspace.organisation.commands.imports.rejects import COLUMNS as REJECTS_COLUMNS
from workspace.organisation.commands.imports.rows import Record
from workspace.organisation.commands.imports.seen import SeenKeys

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = (",", ";", "\t")  # spreadsheets write semicolons where a comma stands in numbers


class Unreadable(RuleBroken):
    """Nothing can be imported from this file at all."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file: as written, those that are known by their place, and those that are not."""

    names: tuple[str, ...]
    known: tuple[tuple[int, Column], ...]
    unknown: tuple[str, ...]
    separator: str


def read_header(path: Path, kind: ImportKind, name: str) -> Header:
    """The header of the file, which messages call `name`. Raises Unreadable."""
    with _opened(path, name) as file:
        return _header(file, kind, name)[1]


def read_records(path: Path, kind: ImportKind, name: str) -> Iterator[Record]:
    """The records of the file in their order, empty lines left out. Raises Unreadable."""
    with _opened(path, name) as file, SeenKeys() as seen:
        lines, header = _header(file, kind, name)
        for record in _Reader(lines, header, kind.read_cell):
            _complete(record, kind, seen)
            yield record


def _opened(path: Path, name: str) -> BinaryIO:
    if path.is_dir():
        raise Unreadable(_("%(file)s is a folder.") % {"file": name}, next_step=_("Name a CSV file in it."))
    try:
        return path.open("rb")
    except OSError as error:
        raise Unreadable(
            _("%(file)s cannot be read: %(why)s.") % {"file": name, "why": error.strerror},
            next_step=_("Check the name and that you may read it."),
        ) from None


def _header(content: BinaryIO, kind: ImportKind, file: str) -> tuple[Lines, Header]:
    """The header, and the lines that follow it. The separator is the one by which it names most known columns."""
    columns = {column.name for column in kind.columns}

    def known(separator: str) -> int:
        content.seek(0)
        try:
            return len(columns.intersection(map(_folded, _first_row(Lines(content), file, separator))))
        except Unreadable:
            return 0

    separator = max(SEPARATORS, key=known)
    content.seek(0)
    lines = Lines(content)
    return lines, _header_separated(lines, kind, file, separator)


def _folded(name: str) -> str:
    return name.strip().lower()


def _header_separated(lines: Lines, kind: ImportKind, file: str, separator: str) -> Header:
    names = _first_row(lines, file, separator)
    folded = [*map(_folded, names)]
    twice = next((name for place, name in enumerate(folded) if name and name in folded[:place]), None)
    if twice is not None:
        places = [str(place) for place, name in enumerate(folded, start=1) if name == twice]
        raise Unreadable(
            _("%(file)s, line 1: the column “%(name)s” stands there twice (columns %(places)s).")
            % {"file": file, "name": twice, "places": ", ".join(places)},
            next_step=_("Remove or rename one of them."),
        )
    missing = [column.name for column in kind.columns if column.required and column.name not in folded]
    if missing:
        raise Unreadable(
            ngettext(
                "%(file)s, line 1: the column %(names)s is missing.",
                "%(file)s, line 1: the columns %(names)s are missing.",
                len(missing),
            )
            % {"file": file, "names": ", ".join(missing)},
            next_step=_("A file of %(kind)s has %(expected)s, and may have %(optional)s.")
            % {"kind": kind.code, "expected": kind.expected(), "optional": kind.optional()},
        )
    columns = {column.name: column for column in kind.columns}
    known = tuple((place, columns[name]) for place, name in enumerate(folded) if name in columns)
    unknown = tuple(
        name.strip() or _("(column %(place)s, without a name)") % {"place": place}
        for place, name in enumerate(names, start=1)
        if _folded(name) not in columns and _folded(name) not in REJECTS_COLUMNS
    )
    return Header(tuple(names), known, unknown, separator)


def _first_row(lines: Lines, file: str, separator: str) -> list[str]:
    start = lines.file.read(2)
    lines.file.seek(0)
    if start in UTF_16 or b"\0" in start:
        raise Unreadable(
            _("%(file)s, line 1: the file is UTF-16 (bytes 0 and 1).") % {"file": file}, next_step=_save_as_utf_8()
        )
    try:
        names = next(csv.reader(lines, strict=True, delimiter=separator))
    except StopIteration:
        raise Unreadable(
            _("%(file)s is empty.") % {"file": file}, next_step=_("Its first line must name the columns.")
        ) from None
    except (csv.Error, LineTooLong) as error:
        raise Unreadable(
            _("%(file)s, line 1: the names of the columns cannot be read (%(why)s).")
            % {"file": file, "why": error if isinstance(error, csv.Error) else _("the line is too long")},
            next_step=_("Save the file as CSV, with commas and line ends."),
        ) from None
    if lines.wrong_byte is not None:
        raise Unreadable(
            _("%(file)s, line 1: byte %(byte)s is no UTF-8.") % {"file": file, "byte": lines.wrong_byte},
            next_step=_save_as_utf_8(),
        )
    if not any(name.strip() for name in names):
        raise Unreadable(
            _("%(file)s, line 1: there are no names of columns.") % {"file": file},
            next_step=_("The first line must name the columns."),
        )
    return names


def _save_as_utf_8() -> str:
    return _("Save the file as CSV in UTF-8.")


class _Reader:
    """Turns lines into records. A quotation mark that is never closed costs its own line, not those that follow."""

    def __init__(self, lines: Lines, header: Header, read_cell: Callable[[str], str]) -> None:
        self.lines = lines
        self.header = header
        self.read_cell = read_cell

    def __iter__(self) -> Iterator[Record]:
        reader = csv.reader(self.lines, strict=True, delimiter=self.header.separator)
        while True:
            self.lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, LineTooLong) as error:
                yield self._broken(error)
                continue
            if not any(map(str.strip, cells)):  # spreadsheets leave rows of commas where somebody once wrote something
                continue
            if len(self.lines.row) > 1 and not self._fits(cells):
                yield self._broken(csv.Error("quote"))
            else:
                yield self._record(cells)

    def _fits(self, cells: Sequence[str]) -> bool:
        width = len(self.header.names)
        return len(cells) >= width and not any(cells[width:])

    def _record(self, cells: list[str]) -> Record:
        wrong_byte = self.lines.wrong_byte
        if wrong_byte is not None:
            broken = [is_broken(cell) for cell in cells]
            cells = [printable(cell) for cell in cells]
        record = Record(self.lines.row[0].number, cells)
        if not self._fits(cells):
            record.add_problem(
                "",
                self.header.separator.join(cells),
                ngettext("The row has %(n)d cell,", "The row has %(n)d cells,", len(cells)) % {"n": len(cells)}
                + " "
                + _("the first line names %(n)d columns. Put a cell that holds a separator between quotation marks.")
                % {"n": len(self.header.names)},
            )
            return record
        for place, column in self.header.known:
            record.cells[column.name] = self.read_cell(cells[place])
        for place, name in enumerate(self.header.names):
            if wrong_byte is not None and broken[place]:
                record.add_problem(
                    name,
                    cells[place],
                    _("Byte %(byte)s of the file is no UTF-8.") % {"byte": wrong_byte} + " " + _save_as_utf_8(),
                )
            if "\0" in cells[place]:
                record.add_problem(
                    name, cells[place].replace("\0", "\\0"), _("The cell holds a NUL byte. Remove it from the file.")
                )
        return record

    def _broken(self, error: csv.Error | LineTooLong) -> Record:
        """The record of a row that cannot be told apart into cells: its first line, as far as it can be read."""
        first = self.lines.read_again_after_first()
        column, value = self._last_cell(first)
        record = Record(first.number)
        limit = csv.field_size_limit()
        if first.cut or "field larger" in str(error):
            reason = _("The cell is too long: at most %(limit)s characters. Shorten it.") % {"limit": f"{limit:,}"}
        elif "new-line character" in str(error):
            reason = _("There is a line end in the middle of the row. Save the file with the line ends of this system.")
        else:
            reason = _(
                "A quotation mark is not closed, or stands in the wrong place."
                " Write one inside a cell twice, and put the whole cell between quotation marks."
            )
        record.add_problem(column, value, reason)
        return record

    def _last_cell(self, line: Line) -> tuple[str, str]:
        """The cell in which the reading of a line ended, and the name of its column."""
        start = printable(line.text[: csv.field_size_limit() // 2])
        try:
            cells = next(csv.reader([start], delimiter=self.header.separator), [""])
        except csv.Error:
            return "", start
        place = len(cells) - 1
        return self.header.names[place] if place < len(self.header.names) else "", cells[-1]


def _complete(record: Record, kind: ImportKind, seen: SeenKeys) -> None:
    """Check what needs nothing but the row itself, and whether the file has named the same thing before."""
    if record.problems:
        return
    for column in kind.columns:
        value = record.cells.get(column.name, "")
        if column.filled and not value:
            record.add_problem(column.name, "", _("The cell is empty. Every row needs a value here."))
        elif column.longest is not None and len(value) > column.longest:
            record.add_problem(
                column.name,
                value,
                _("The text has %(n)d characters, there is room for %(limit)d. Shorten it.")
                % {"n": len(value), "limit": column.longest},
            )
    if record.problems:
        return
    record.key = kind.key(record.cells)
    first = seen.first_line(record.key, record.line)
    if first is not None:
        record.add_problem(
            kind.key_column,
            record.cells.get(kind.key_column, ""),
            _("Line %(line)s names the same one. Keep one of the two rows.") % {"line": first},
        )
