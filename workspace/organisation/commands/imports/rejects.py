"""The file of what could not be taken: the row as it stood, its line, and what is wrong with it."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from workspace.csv_out import safe_cell
from workspace.organisation.commands.imports.rows import Problem, Row

COLUMNS = ("line", "column", "value", "reason")
NUMBER = re.compile(r"[+-]?[0-9]{1,20}")


def write_rejects(
    path: Path, *, at: int, header: Sequence[str], rows: Sequence[Row], read_cell: Callable[[str], str]
) -> int:
    """Write the rows that have a problem from byte `at` on, and cut off whatever stood there; the new end of the file.

    What is told of them is nothing that a spreadsheet runs; the cells of the row are so where `read_cell` takes the
    apostrophe away again, and otherwise stand there as they did.

    A chunk that is tried again, or was written but not committed before a crash, so leaves no trace.
    """
    kept = [place for place, name in enumerate(header) if name.strip().lower() not in COLUMNS]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if at == 0:
        writer.writerow([*(_harmless(header[place], read_cell) for place in kept), *COLUMNS])
    for row in rows:
        if row.problems:
            original = row.record.original
            cells = [_harmless(original[place], read_cell) if place < len(original) else "" for place in kept]
            writer.writerow([*cells, row.record.line, *map(safe_cell, _told(row.problems))])
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(at)
        file.truncate()
        file.write(text.getvalue().encode("utf-8", "backslashreplace"))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _harmless(cell: str, read_cell: Callable[[str], str]) -> str:
    """The cell behind an apostrophe, if it needs one and is read as the same cell again; otherwise the cell."""
    safe = str(safe_cell(cell))
    return safe if read_cell(safe) == read_cell(cell) and NUMBER.fullmatch(cell.strip()) is None else cell


def _told(problems: Sequence[Problem]) -> tuple[str, str, str]:
    """Column, value and reason; several problems of one row stand side by side."""
    if len(problems) == 1:
        return problems[0].column, problems[0].value, problems[0].reason
    return (
        " | ".join(problem.column for problem in problems),
        " | ".join(problem.value for problem in problems),
        " | ".join(problem.reason for problem in problems),
    )
