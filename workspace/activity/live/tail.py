"""Reading on in the log, without losing an event whose transaction ends late."""

from __future__ import annotations

import time

from workspace.activity.queries.fresh import Fresh, Position, committed_after, newest_ids

AT_ONCE = 1000
"""Events read by one look."""
LOOKED_BACK = 1000
"""At the start, ids that are missing among so many are taken for transactions that have not ended."""
GAP_SECONDS = 600.0
"""An id that has not appeared after this time never will: its transaction was undone. No command takes that long."""
GAPS = 1000
"""So many gaps are remembered, the newest ones."""


class Tail:
    """A place in the log that moves on. It belongs to one thread."""

    def __init__(self) -> None:
        """Begin at the present: 1 statement."""
        newest = newest_ids(LOOKED_BACK)
        self._last = newest[0] if newest else 0
        self._gaps: dict[int, float] = {}
        if newest:
            self._remember(set(range(newest[-1], self._last)) - set(newest))

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self._last, frozenset(self._gaps))

    def read(self) -> list[Fresh]:
        """What was committed since the last look, at most some thousand: 1 statement, 2 while there are gaps."""
        found = committed_after(self.position, at_most=AT_ONCE)
        for event in found:
            self._gaps.pop(event.id, None)
        new = {event.id for event in found if event.id > self._last}
        if new:
            newest = max(new)
            self._remember(set(range(max(self._last + 1, newest - LOOKED_BACK), newest)) - new)
            self._last = newest
        return found

    def is_ahead(self) -> bool:
        """Whether the log is shorter than what was read of it, because a database was put back: 1 statement."""
        return (newest_ids(1) or [0])[0] < self._last

    def _remember(self, missing: set[int]) -> None:
        now = time.monotonic()
        self._gaps |= dict.fromkeys(sorted(missing), now)
        kept = [(gap, since) for gap, since in self._gaps.items() if now - since < GAP_SECONDS]
        self._gaps = dict(kept[-GAPS:])
