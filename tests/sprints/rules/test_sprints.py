"""The days of sprints."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sprints.rules.sprints import Span, first_free_day, is_free, is_next_there, is_stretch

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(("days", "allowed"), [(-1, False), (0, True), (55, True), (56, False)])
def test_a_sprint_takes_one_to_fifty_six_days(days: int, allowed: bool) -> None:
    assert bool(is_stretch(DAY, DAY + timedelta(days=days))) is allowed


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [(-5, -1, True), (-5, 0, False), (1, 2, False), (-5, 20, False), (9, 12, False), (10, 12, True)],
)
def test_sprints_do_not_share_a_day(first: int, last: int, free: bool) -> None:
    other = Span("Sprint 4", DAY, DAY + timedelta(days=9))
    decision = is_free(DAY + timedelta(days=first), DAY + timedelta(days=last), [other])
    assert bool(decision) is free
    assert free or "Sprint 4 takes 2026-03-02 to 2026-03-11" in str(decision.reason)


def test_the_first_free_day_is_never_in_the_past() -> None:
    assert first_free_day(DAY, []) == DAY
    assert first_free_day(DAY, [DAY - timedelta(days=9)]) == DAY
    assert first_free_day(DAY, [DAY, DAY - timedelta(days=9)]) == DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("is_planned", "unfinished", "allowed"), [(True, 3, True), (False, 0, True), (False, 1, False)]
)
def test_a_next_sprint_is_needed_for_what_is_not_done(is_planned: bool, unfinished: int, allowed: bool) -> None:
    assert bool(is_next_there(is_planned=is_planned, unfinished=unfinished)) is allowed
