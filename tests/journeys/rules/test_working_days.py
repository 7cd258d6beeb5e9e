"""Working days are Monday to Friday."""

from datetime import date

import pytest

from journeys.limits import add_working_days

MONDAY, WEDNESDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 3, day) for day in (2, 4, 6, 7, 8))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (MONDAY, 0, MONDAY),
        (MONDAY, 4, FRIDAY),
        (MONDAY, 5, date(2026, 3, 9)),
        (WEDNESDAY, 5, date(2026, 3, 11)),
        (FRIDAY, 1, date(2026, 3, 9)),
        (FRIDAY, 5, date(2026, 3, 13)),
        (SATURDAY, 1, date(2026, 3, 9)),
        (SATURDAY, 5, date(2026, 3, 13)),
        (SUNDAY, 5, date(2026, 3, 13)),
        (FRIDAY, 10, date(2026, 3, 20)),
    ],
)
def test_weekends_do_not_count(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end
