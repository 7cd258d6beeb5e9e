"""How much a team can take on in a sprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

SATURDAY = 5
VELOCITY_SPRINTS = 3
"""How many closed sprints the velocity is the mean of."""


def working_days(first: date, last: date) -> list[date]:
    """The days from Monday to Friday, first and last included. Holidays count: they are entered as absences."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY]


def days_away(working: Sequence[date], absences: Iterable[tuple[date, date]], left_on: date | None) -> int:
    """On how many of the working days somebody is away: absent, or gone from `left_on` on. Each day counts once."""
    stretches = list(absences)
    return sum(
        (left_on is not None and day >= left_on) or any(first <= day <= last for first, last in stretches)
        for day in working
    )


def capacity_days(working: int, away: int, allocation: int) -> Decimal:
    """Days of work that a team has of somebody: the working days that they are there, times allocation in %."""
    return Decimal(working - away) * allocation / 100


def mean_points(points: Sequence[Decimal]) -> Decimal | None:
    """The mean of the points that were done, to one decimal; None of no sprint."""
    if not points:
        return None
    return (sum(points, Decimal()) / len(points)).quantize(Decimal("0.1"))
