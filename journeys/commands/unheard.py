"""Telling administrators of grave flags for which nobody is found who could see to them."""

from __future__ import annotations

from collections.abc import Sequence

from journeys import events as kinds
from journeys.models import Flag
from journeys.queries.audiences.flags import newly_asked, unheard
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Event

RAISING = frozenset({kinds.FLAGS_OPENED, kinds.FLAGS_REOPENED, kinds.FLAGS_CHANGED, kinds.FLAGS_ESCALATED})


def is_raising(kind: str) -> bool:
    """Whether events of this kind put flags to somebody."""
    return kind in RAISING


def tell_of_unheard(events: Sequence[Event]) -> None:
    """Record one event about the grave flags among these that reached the last rung: 1 statement where there are none.

    In the transaction that marks the events as delivered, so that it is told once.
    """
    for event in events:
        ids = list(unheard(newly_asked(event)).values_list("pk", flat=True))
        if ids:
            record(None, Happening(kinds.FLAGS_UNHEARD, data={"count": len(ids)}, subjects=(Flag.NOUN, ids)))
