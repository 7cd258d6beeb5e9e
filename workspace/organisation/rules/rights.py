"""The rights of the house: each is declared once, and asked for every kind of person; `docs/roles.md` is made of it.

A right is a predicate of the rules with representative facts. The facts tell of one business unit, OUR_UNIT, with two
departments, and of another unit with one: `right(_("claim a touchpoint"), may_claim, candidate=OURS)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from workspace.errors import Text
from workspace.organisation.rules.standing import Standing

OUR_UNIT, OTHER_UNIT = 1, 2
OUR_DEPARTMENT, NEXT_DEPARTMENT, OTHER_DEPARTMENT = 11, 12, 21
ACCOUNTABLE, THEMSELVES, SOMEBODY = 101, 102, 103
"""Ids of people: accountable for the thing, the person that it is about or who is asked, and somebody else."""


def _person(
    person_id: int = 1,
    *,
    role: str = "member",
    department: int | None = OUR_DEPARTMENT,
    leads: Sequence[int] = (),
    heads: Sequence[int] = (),
) -> Standing:
    return Standing(person_id, role, True, department, frozenset(leads), frozenset(heads))


KINDS: tuple[tuple[Text, Standing], ...] = (
    (_("guest"), _person(role="guest", department=None)),
    (_("member"), _person()),
    (_("lead"), _person(leads=[OUR_DEPARTMENT])),
    (_("deputy"), _person(leads=[OUR_DEPARTMENT])),
    (_("lead elsewhere"), _person(department=OTHER_DEPARTMENT, leads=[OTHER_DEPARTMENT])),
    (_("head of the unit"), _person(department=None, heads=[OUR_UNIT])),
    (_("head elsewhere"), _person(department=OTHER_DEPARTMENT, heads=[OTHER_UNIT])),
    (_("executive"), _person(role="executive", department=None)),
    (_("administrator"), _person(role="administrator", department=None)),
    (_("accountable person"), _person(ACCOUNTABLE)),
    (_("the person themselves"), _person(THEMSELVES)),
)
"""The kinds of people, as they stand to a thing of OUR_DEPARTMENT in OUR_UNIT."""


@dataclass(frozen=True, slots=True)
class Right:
    """Something that people may do, in words that go on from "may"."""

    words: Text
    predicate: Callable[..., object]
    ask: Callable[[Standing], object]

    def is_given_to(self, standing: Standing) -> bool:
        """Whether somebody who stands so has the right."""
        return bool(self.ask(standing))


@dataclass(frozen=True, slots=True)
class Area:
    """Rights about one thing."""

    title: Text
    rights: Sequence[Right]


def right(words: Text, predicate: Callable[..., object], **facts: Any) -> Right:
    """A right whose predicate takes a Standing first, and these facts by name."""
    return Right(words, predicate, lambda standing: predicate(standing, **facts))


_areas: list[Area] = []


def add_rights(*areas: Area) -> None:
    """Let these rights stand in the table. Each app does it in `AppConfig.ready()`."""
    _areas.extend(area for area in areas if area not in _areas)


def areas() -> tuple[Area, ...]:
    """All rights, the lower apps' first."""
    return tuple(_areas)


def table(area: Area) -> str:
    """The rights of an area as a table in Markdown."""
    heads = [str(_("May …")), *(str(words).capitalize() for words, _standing in KINDS)]
    rows = [
        [str(one.words), *("yes" if one.is_given_to(standing) else "–" for _words, standing in KINDS)]
        for one in area.rights
    ]
    lines = [heads, ["---", *([":-:"] * len(KINDS))], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
