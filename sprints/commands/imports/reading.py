"""What the cells of a file of stories may say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from sprints.rules.imports import sprint_number
from sprints.rules.labels import is_label
from sprints.rules.stories import are_points, as_points, fold, is_day, one_line
from workspace.organisation.commands.imports import cells
from workspace.organisation.rules.decisions import Decision

LONGEST_KEY = 200
"""Characters of the lasting name of a row."""


def key_of(row: Mapping[str, str]) -> str:
    """A story is known by its team and its external id, or by its team and its title."""
    named = row.get("external_id", "")
    team = row["team"].casefold()
    parts = ("id", team, named) if named else ("title", team, fold(one_line(row["title"])))
    key = "\n".join(parts)
    if len(key) <= LONGEST_KEY:
        return key
    return f"{parts[0]}\n{hashlib.sha256(key.encode()).hexdigest()}"


def title(value: str) -> str:
    """Read a title: on one line."""
    return one_line(value)


def text(value: str) -> str:
    """Read a text with lines."""
    return value.replace("\r\n", "\n")


def points(value: str) -> Decimal | None:
    """Read an estimate."""
    _check(are_points(value))
    return as_points(value)


def day(field: str) -> Callable[[str], date]:
    """A reader of days for a field."""

    def read(value: str) -> date:
        found = cells.day(value)
        _check(is_day(field, found))
        return found

    return read


def sprint(value: str) -> int:
    """Read the number of a sprint."""
    number = sprint_number(value)
    if number is None:
        raise cells.WrongCell(_("This is no number of a sprint. Write it as 3, or as Sprint 3."))
    return number


def labels(value: str) -> tuple[str, ...]:
    """Read labels, separated by semicolons."""
    names = tuple(one_line(name) for name in cells.parts(value))
    for name in names:
        _check(is_label(name, 1))
    return names


def _check(decision: Decision) -> None:
    if not decision:
        raise cells.WrongCell(f"{decision.reason} {decision.next_step}".strip())
