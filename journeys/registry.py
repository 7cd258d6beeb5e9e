"""What higher apps tell this one in `AppConfig.ready()`: which work goes on at touchpoints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from workspace.activity.registry import Named
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Open stories by touchpoint, and the ids of the teams in which the viewer could make another."""

    stories: Mapping[int, Sequence[Named]] = field(default_factory=dict)
    teams: Sequence[int] = ()


NO_WORK = OpenWork()

Ask = Callable[[Collection[int], Person], OpenWork]
"""Which work goes on at these touchpoints, as this person may see it: 1 statement."""

_who_knows: Ask | None = None


def set_work(ask: Ask) -> None:
    """Let flags show the work of this app."""
    global _who_knows
    _who_knows = ask


def work_on(touchpoints: Collection[int], person: Person) -> OpenWork:
    """The open work at these touchpoints: 1 statement, none where no app knows of work."""
    return _who_knows(touchpoints, person) if _who_knows is not None else NO_WORK
