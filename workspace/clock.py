"""The one clock of the house: commands, rules and scans ask it, so that a demo or a test can stand on another day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; inside `at`, the moment given there."""
    return _moment.get() or timezone.now()


def today() -> date:
    """The present day in the installation's time zone (`TIME_ZONE`)."""
    return timezone.localdate(now(), timezone.get_default_timezone())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now` answer `moment` inside the block. Raises ValueError for a moment without a time zone."""
    if timezone.is_naive(moment):
        raise ValueError(f"{moment!r} has no time zone; pass an aware datetime")
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
