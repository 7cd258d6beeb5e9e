"""The live stream: sealed topics of a page are asked for by everybody who works here; without them it is refused.

What is streamed to whom is tested in `tests/activity/test_live.py`: an answer that never ends cannot be read here.
"""

from __future__ import annotations

from tests.access.ways import GUESTS, Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """Without topics there is nothing to hear."""
    refused = dict.fromkeys(GUESTS, 403)
    return [
        Way("activity:live", "/live/", by=(), answers=refused),
        Way("activity:live", "/live/?for=made-up", by=(), answers=refused),
    ]
