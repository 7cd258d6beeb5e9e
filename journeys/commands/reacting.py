"""Reacting to events: local rules are judged again around what a change has touched; flags find who is still here."""

from __future__ import annotations

from collections.abc import Sequence

from journeys import events as kinds
from journeys.commands.settling import settle_around
from journeys.queries.touched import touched_by
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Event

SILENCING = frozenset({"person.deactivated", "person.leaving", "person.role_set", kinds.FLAG_SILENCE_ENDED})
"""After these, somebody who is asked may be there no more, also one who left while the flag was silent."""


def rescan(events: Sequence[Event]) -> None:
    """Settle the flags around these events, in the transaction that marks them as delivered."""
    scope = touched_by(events)
    if scope:
        settle_around(scope)


def is_silencing(kind: str) -> bool:
    """Whether an event of this kind can leave a flag with nobody who hears it."""
    return kind in SILENCING


def readdress(events: Sequence[Event]) -> None:
    """Let the flags that ask somebody who is gone find the next one; the daily round finds them otherwise."""
    enqueue("journeys.climb", key="climb")
