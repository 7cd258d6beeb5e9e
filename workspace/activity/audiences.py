"""Who is told of what: higher apps say it in `AppConfig.ready()`, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from workspace.activity.models import Event


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of event that a person chooses about together. `mail` is how they are mailed where nobody chose.

    `place` names the page that leads to all of it, for events whose sentence links to nothing.
    """

    code: str
    label: str | Promise
    help: str | Promise
    mail: str
    place: str
    query: str = ""
    for_guests: bool = False
    only: str = ""
    """The one role that is ever told of it; "" for people of every role."""


@dataclass(frozen=True, slots=True)
class Told:
    """One person is told of one event; `count` is how many of its subjects concern them.

    `on_behalf_of` is the absent person for whom they stand in; None where it is their own concern.
    """

    event: int
    person: int
    count: int = 1
    on_behalf_of: int | None = None


Audience = Callable[[Sequence["Event"]], Iterable[Told]]
"""Whom these events concern, with a few statements for all of them. Who acted, has left, or may not see it is left out
by whoever asks."""


@dataclass(frozen=True, slots=True)
class Listening:
    """An audience of some kinds, and the group that it is told under."""

    kinds: frozenset[str]
    group: str
    of: Audience


_groups: dict[str, Group] = {}
_listening: list[Listening] = []


def add_group(group: Group) -> None:
    """Let people choose how they are told of this group."""
    _groups[group.code] = group


def add_audience(kinds: Iterable[str], group: str, of: Audience) -> None:
    """Tell these people of these kinds. Where two audiences name the same person, the one added first counts."""
    if group not in _groups:
        raise ValueError(f"no app has added the group {group!r}")
    _listening.append(Listening(frozenset(kinds), group, of))


def groups() -> tuple[Group, ...]:
    """Every group, in the order in which they were added."""
    return tuple(_groups.values())


def group(code: str) -> Group | None:
    """The group with this code, if some app has added it."""
    return _groups.get(code)


def listening() -> tuple[Listening, ...]:
    """Every audience, in the order in which they were added."""
    return tuple(_listening)


def is_told(kind: str) -> bool:
    """Whether anybody is told of this kind."""
    return any(kind in each.kinds for each in _listening)
