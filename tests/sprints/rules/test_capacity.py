"""Working days, absences, allocation."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sprints.rules.capacity import capacity_days, days_away, mean_points, working_days

MONDAY = date(2026, 3, 2)


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


@pytest.mark.parametrize(("first", "last", "n"), [(0, 0, 1), (5, 6, 0), (4, 7, 2), (0, 13, 10), (0, 55, 40)])
def test_working_days_are_monday_to_friday(first: int, last: int, n: int) -> None:
    assert len(working_days(day(first), day(last))) == n


@pytest.mark.parametrize(
    ("absences", "left_on", "away"),
    [
        ([], None, 0),
        ([(0, 0)], None, 1),
        ([(-9, 30)], None, 5),
        ([(5, 6)], None, 0),
        ([(0, 2), (1, 3)], None, 4),
        ([], 3, 2),
        ([(2, 3)], 3, 3),
        ([], -1, 5),
        ([], 30, 0),
    ],
)
def test_each_day_away_counts_once(absences: list[tuple[int, int]], left_on: int | None, away: int) -> None:
    stretches = [(day(first), day(last)) for first, last in absences]
    working = working_days(day(0), day(6))
    assert days_away(working, stretches, None if left_on is None else day(left_on)) == away


@pytest.mark.parametrize(
    ("working", "away", "allocation", "days"),
    [(10, 0, 100, "10"), (10, 3, 50, "3.5"), (10, 0, 0, "0"), (10, 10, 80, "0"), (7, 0, 33, "2.31")],
)
def test_capacity_is_the_days_that_are_left_times_allocation(
    working: int, away: int, allocation: int, days: str
) -> None:
    assert capacity_days(working, away, allocation) == Decimal(days)


def test_the_mean_of_nothing_is_nothing() -> None:
    assert mean_points([]) is None
    assert mean_points([Decimal(1), Decimal(2), Decimal(2)]) == Decimal("1.7")
