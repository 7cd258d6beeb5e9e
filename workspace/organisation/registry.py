"""What higher apps tell this one in `AppConfig.ready()`: what departments and people hold there, and how it moves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import QuerySet

from workspace.activity.registry import Named

if TYPE_CHECKING:
    from workspace.organisation.models import BusinessUnit, Department, Person
    from workspace.organisation.rules.standing import Standing

FIRST = 20
"""So many of a matter's things are named; the rest is behind its link."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that a department or person holds, or that a change brings about: counted, with the first of it named.

    `tone` is "bad" where nobody owns, leads or answers any more, "warn" where somebody has to do something, "good"
    for what goes over to somebody, and "" for what is merely told. `url` leads to all of it.
    """

    code: str
    count: int
    text: str
    tone: str = ""
    first: Sequence[Named] = ()
    url: str = ""

    @property
    def more(self) -> int:
        """How many are not named."""
        return max(self.count - len(self.first), 0) if self.first else 0


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of something there is, and how much of it somebody owns."""

    live: int = 0
    owned: int = 0


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a person goes: who takes over what they answer for (None: nobody), and whether they keep it otherwise.

    Somebody who becomes a guest keeps nothing; somebody who leaves keeps what nobody takes over: it may be an error.
    `with_leads`: whoever takes over leads and heads what the person did, before anything else goes.
    """

    to: Person | None = None
    keeps: bool = True
    with_leads: bool = False


class Move(Protocol):
    """A command that brings all that a department holds to another."""

    def __call__(self, department: Department, /, *, to: Department, actor: Person | None) -> object:
        """Raises NotAllowed and RuleBroken."""


class HandOver(Protocol):
    """A command that lets another answer for all that a person answers for; None: nobody in particular."""

    def __call__(self, person: Person, /, *, to: Person | None, actor: Person | None) -> object:
        """Raises NotAllowed and RuleBroken."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one app knows of what departments and people hold, and how it brings it to others.

    What reads takes at most the number of statements that its name says in `journeys.queries.holdings`; `move` and
    `hand_over` are commands.
    """

    of_units: Callable[[Collection[int]], Mapping[int, Covered]]
    of_departments: Callable[[Collection[int]], Mapping[int, int]]
    held_by_department: Callable[[Department], Sequence[Matter]]
    held_by_person: Callable[[Person], Sequence[Matter]]
    in_unit: Callable[[BusinessUnit], Sequence[Matter]]
    at_archive: Callable[[Department, Department | None, Standing], Sequence[Matter]]
    at_unit_change: Callable[[Department, BusinessUnit], Sequence[Matter]]
    at_last_lead: Callable[[Department, Person], Sequence[Matter]]
    at_leaving: Callable[[Person, Leaving], Sequence[Matter]]
    move: Move
    hand_over: HandOver


_holdings: list[Holding] = []


def add_holding(holding: Holding) -> None:
    """Let this app's holdings show on the pages of the organisation, and move with them."""
    _holdings.append(holding)


def holdings() -> tuple[Holding, ...]:
    """What every app has told."""
    return tuple(_holdings)


_absences: list[Callable[[date], QuerySet[Any, Any]]] = []


def add_absences(absent_on: Callable[[date], QuerySet[Any, Any]]) -> None:
    """Let these people, the one column of a queryset, count as absent on a day: their delegates stand in for them."""
    _absences.append(absent_on)


def absences(day: date) -> tuple[QuerySet[Any, Any], ...]:
    """Who is absent on a day, as each app knows it: nothing is read yet."""
    return tuple(absent_on(day) for absent_on in _absences)


Forget = Callable[[str, str], None]
"""Puts the second text in the place of the first, an e-mail address, wherever an app keeps it outside of free text."""

_traces: list[Forget] = []


def add_trace(forget: Forget) -> None:
    """Let this be called, in the command's transaction, when a person is erased."""
    _traces.append(forget)


def traces() -> tuple[Forget, ...]:
    """All that has to be called when a person is erased."""
    return tuple(_traces)
