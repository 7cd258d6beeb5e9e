"""When a job may be taken, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 8
DELIVERY_ATTEMPTS = 8


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 5 s, 10 s, 20 s … at most one hour."""
    return timedelta(seconds=min(5 * 2 ** max(attempts - 1, 0), 3600))
