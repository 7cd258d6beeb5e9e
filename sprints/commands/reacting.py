"""Reacting to events: where work begins or ends, the rules about touchpoints are judged again."""

from __future__ import annotations

from collections.abc import Sequence

from journeys.commands.settling import settle_around
from journeys.queries.scope import Scope
from sprints.queries.reached import reached_by
from workspace.activity.models import Event


def rescan(events: Sequence[Event]) -> None:
    """Settle the flags at the touchpoints of these stories, in the transaction that marks the events as delivered."""
    touchpoints = reached_by(events)
    if touchpoints:
        settle_around(Scope.of(touchpoints=touchpoints))
