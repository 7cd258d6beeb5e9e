"""What was committed since a place in the log: the tail that live pages hang on.

Ids are given when an event is written, not when it is committed, so a smaller id can appear after a larger one. A place
therefore remembers which ids before it were still missing, and looks for these too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workspace.activity.models import Event, EventSubject

GAPS_IN_TEXT = 40
"""A place with more gaps than this is too long to be sent along; whoever comes back without one starts anew."""
NAMED = 100
"""So many subjects of a bulk event are named; of one with more, none is."""
_TEXT = re.compile(rf"\d{{1,18}}(\.\d{{1,18}}){{0,{GAPS_IN_TEXT}}}", re.ASCII)
_COLUMNS = ("id", "at", "kind", "subject_kind", "subject_id", "scope", "actor_id")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log: everything up to `last` was seen, except the ids in `gaps`."""

    last: int = 0
    gaps: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """The place as the browser keeps it; "-" where it has too many gaps to be kept."""
        if len(self.gaps) > GAPS_IN_TEXT:
            return "-"
        return ".".join(map(str, [self.last, *sorted(self.gaps)]))

    @classmethod
    def read(cls, text: str) -> Position | None:
        """The place that a browser brings back; None if it is none."""
        if not _TEXT.fullmatch(text):
            return None
        last, *gaps = map(int, text.split("."))
        return cls(last, frozenset(gaps))


@dataclass(frozen=True, slots=True)
class Fresh:
    """An event as the stream tells it: whom it is about, never what it says."""

    id: int
    at: datetime
    kind: str
    scope: str
    actor_id: int | None
    subject_kind: str
    subject_ids: tuple[int, ...]
    """Empty for a bulk event with more than 100 subjects."""


def newest_ids(count: int) -> list[int]:
    """The largest ids that are committed, largest first: 1 statement."""
    return list(Event.objects.order_by("-id").values_list("id", flat=True)[:count])


def committed_after(position: Position, *, at_most: int) -> list[Fresh]:
    """What was committed after this place, its gaps first, then by id.

    1 statement, 1 more where there are gaps, and 1 more where there are bulk events.
    """
    rows: list[tuple[Any, ...]] = []
    if position.gaps:
        rows += Event.objects.filter(id__in=position.gaps).order_by("id").values_list(*_COLUMNS)[:at_most]
    rows += Event.objects.filter(id__gt=position.last).order_by("id").values_list(*_COLUMNS)[:at_most]
    return _fresh(rows)


def recorded_since(moment: datetime, *, at_most: int) -> list[Fresh]:
    """Of the newest `at_most` events those that were recorded since, oldest first: 1 statement, 2 with bulk events."""
    rows = Event.objects.order_by("-id").values_list(*_COLUMNS)[:at_most]
    return _fresh([row for row in reversed(rows) if row[1] >= moment])


def _fresh(rows: Sequence[tuple[Any, ...]]) -> list[Fresh]:
    many = _subjects_of([row[0] for row in rows if row[4] is None])
    found = []
    for event_id, at, kind, subject_kind, subject_id, scope, actor_id in rows:
        ids = (subject_id,) if subject_id is not None else tuple(many.get(event_id, ()))
        found.append(Fresh(event_id, at, kind, scope, actor_id, subject_kind, ids))
    return found


def _subjects_of(event_ids: Collection[Any]) -> dict[Any, list[int]]:
    """The subjects of each of these bulk events, of those that have not too many."""
    if not event_ids:
        return {}
    found: defaultdict[Any, list[int]] = defaultdict(list)
    at_most = NAMED * len(event_ids) + 1
    named = EventSubject.objects.filter(event__in=event_ids).order_by("event_id")
    for event_id, subject_id in named.values_list("event_id", "subject_id")[:at_most]:
        found[event_id].append(subject_id)
    full = sum(map(len, found.values())) == at_most  # then the last one may lack some, and the others are sound
    last = next(reversed(found), None) if full else None
    return {event_id: ids for event_id, ids in found.items() if len(ids) <= NAMED and event_id != last}
