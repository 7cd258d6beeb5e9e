"""Ten days in which owners change, for whoever asks about the past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from journeys import commands
from journeys.models import Ownership
from tests.cast import Cast
from workspace import clock

START = datetime(2031, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    """Noon of a day of the history."""
    return START + timedelta(days=number)


def on(number: int) -> str:
    """The day, as an address names it."""
    return day(number).date().isoformat()


@contextmanager
def ten_days(cast: Cast) -> Iterator[Cast]:
    """Till goes to Care on the second, Receipt to Care on the fourth, Shop window to nobody on the sixth."""
    begun = datetime(2031, 2, 10, 12, tzinfo=UTC)
    Ownership.objects.update(held_from=begun)
    with clock.at(day(1)):
        commands.note_coverage(day(1).date())
    with clock.at(day(2)):
        commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
    with clock.at(day(4)):
        commands.transfer_ownership(
            cast.receipt, department=cast.care, reason="Care prints it.", actor=cast.service_head
        )
        commands.note_coverage(day(4).date())
    with clock.at(day(6)):
        commands.release_ownership(cast.shop_window, reason="The shop closed.", actor=cast.shops_lead)
    with clock.at(day(10)):
        yield cast
