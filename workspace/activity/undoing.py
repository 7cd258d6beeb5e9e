"""How acts are undone: higher apps say it in `AppConfig.ready()`, kind by kind; and noting what an act recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workspace.activity.models import Event

ALONG = "along"
"""In the data of an event: it came along with another act, such as the close of a sprint, and is not undone alone."""

Reversal = Callable[["Event", Any], str]
"""Does the opposite of what an event tells, as the actor, in the caller's transaction; returns what to tell them.

Raises NotAllowed where they may not any more, StaleWrite where what the act wrote is no longer so, RuleBroken where
the way back is barred.
"""

_reversals: dict[str, Reversal] = {}
_noted: ContextVar[list[int] | None] = ContextVar("noted", default=None)


def add_reversal(kind: str, reversal: Reversal) -> None:
    """Let acts of this kind be undone."""
    _reversals[kind] = reversal


def reversal_of(kind: str) -> Reversal | None:
    """How an act of this kind is undone."""
    return _reversals.get(kind)


def undoable_kinds() -> Sequence[str]:
    """The kinds of act that can be undone."""
    return sorted(_reversals)


@contextmanager
def noting() -> Iterator[list[int]]:
    """Note the ids of the events that are recorded inside the block, in their order."""
    outer, ids = _noted.get(), list[int]()
    token = _noted.set(ids)
    try:
        yield ids
    finally:
        _noted.reset(token)
        if outer is not None:
            outer.extend(ids)


def note(ids: Sequence[int]) -> None:
    """Tell whoever notes that these events were recorded."""
    noted = _noted.get()
    if noted is not None:
        noted.extend(ids)
