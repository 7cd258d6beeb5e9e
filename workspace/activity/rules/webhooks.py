"""How long a webhook is tried, what it asks for, and what a receiver may take of everybody's time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

AT_MOST = 20
"""Webhooks of one person."""
SECRETS_AT_MOST = 5
"""Secrets of one webhook that are valid at the same time."""
OLD_SECRET_LASTS = timedelta(hours=24)
"""So long the old secret signs too, after there is a new one."""
TRIED_FOR = timedelta(hours=24)
"""So long a delivery is tried, and so long a receiver may fail at everything before its webhook is paused."""
CATCHES_UP = timedelta(days=7)
"""What happened so long before a webhook is resumed is still delivered."""

LEASE = timedelta(seconds=60)
"""So long one process may send for a webhook; renewed before each request, which takes less."""
TURN_SECONDS = 20.0
TURN_DELIVERIES = 50
"""Then others have their turn."""

LONGEST_WAIT = timedelta(hours=1)
LONGEST_HOLD = timedelta(minutes=5)
HOUSE = "house"
"""The scope of events that belong to none."""


def retry_after(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many failed attempts: 5 s, 10 s, 20 s … one hour, a quarter more or less.

    `chance` is a random number from 0 to 1, so that what failed together does not come back together.
    """
    wait = min(timedelta(seconds=5 * 2 ** min(max(attempts - 1, 0), 20)), LONGEST_WAIT)
    return wait * (0.75 + chance / 2)


def hold_after(times: int, chance: float) -> timedelta:
    """How long to leave a receiver alone that could not be reached so many times: at most about five minutes."""
    return min(retry_after(times, chance), LONGEST_HOLD)


def wants_kind(wanted: Collection[str], kind: str) -> bool:
    """Whether a webhook with these kinds asks for this one: all where it names none, `story.*` for an area."""
    return not wanted or kind in wanted or f"{kind.partition('.')[0]}.*" in wanted


def wants_scope(wanted: Collection[str], scope: str) -> bool:
    """Whether a webhook with these scopes asks for this one: all where it names none."""
    return not wanted or (scope or HOUSE) in wanted
