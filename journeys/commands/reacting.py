"""Reacting to events: the local rules are judged again around what a change has touched."""

from __future__ import annotations

from collections.abc import Sequence

from journeys.commands.settling import settle_around
from journeys.queries.touched import touched_by
from workspace.activity.models import Event


def rescan(events: Sequence[Event]) -> None:
    """Settle the flags around these events, in the transaction that marks them as delivered."""
    scope = touched_by(events)
    if scope:
        settle_around(scope)
