"""Nouns that take steps and have no text to change: what their version is, is when the last step was taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from api.kernel.shapes import Made
from api.nouns.inside import InsideView

STEP = "A number that every step raises."


def newest(*times: datetime | None) -> int:
    """The latest of these moments, in microseconds."""
    return max(round(time.timestamp() * 1_000_000) for time in times if time is not None)


def last_step(*times: str) -> Made:
    """The version of things whose steps leave these moments."""
    return Made(newest, times)


class TimedView(InsideView):
    """A noun for people of the house that takes steps; `times` are the moments that these leave."""

    times: ClassVar[Sequence[str]] = ()

    def version_of(self, thing: Any) -> int:
        """When it took its last step."""
        return newest(*(getattr(thing, name) for name in self.times))
