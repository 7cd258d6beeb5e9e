"""The parts of the home page, and which rows of them are shown."""

from __future__ import annotations

from dataclasses import dataclass

DECISIONS, ATTESTATIONS, HANDOFFS, CALLS, ASKED = "decisions", "attestations", "handoffs", "calls", "asked"
PARTS = (DECISIONS, ATTESTATIONS, HANDOFFS, CALLS, ASKED)
"""The parts that home itself can show in full; all flags stand in the inbox."""

FEW = 5
LATELY_DAYS = 14
"""For so long what was decided about one's requests is news."""


@dataclass(frozen=True, slots=True)
class Window:
    """Rows from `first` to `last` of one part."""

    first: int = 0
    last: int = FEW

    @property
    def rows(self) -> slice:
        """As a slice."""
        return slice(self.first, self.last)


NOTHING = Window(0, 0)


def windows_of_two(window: Window, first: int, second: int) -> tuple[Window, Window]:
    """The rows of two lists, so and so long, that `window` shows of the one after the other."""
    start, end = min(window.first, first), min(window.last, first)
    return Window(start, end), Window(max(window.first - first, 0), min(max(window.last - first, 0), second))


def few_of_two(first: int, second: int) -> tuple[Window, Window]:
    """The first rows of both lists, `FEW` together, so that neither hides the other."""
    of_first = min(first, FEW - min(second, FEW // 2))
    return Window(0, of_first), Window(0, min(second, FEW - of_first))
