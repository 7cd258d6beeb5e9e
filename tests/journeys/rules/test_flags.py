"""Who may answer a flag, and how long it may be silenced."""

from datetime import date, timedelta

import pytest

from journeys.limits import LIMITS
from journeys.rules.flags import is_silence_allowed, may_handle_flag
from workspace.organisation.rules.standing import HOUSE, Standing

TODAY = date(2026, 3, 2)


def someone(
    role: str = "member", *, leads: tuple[int, ...] = (), heads: tuple[int, ...] = (), active: bool = True
) -> Standing:
    return Standing(7, role, active, 10, frozenset(leads), frozenset(heads))


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (someone("executive"), True),
        (someone("administrator"), True),
        (someone(leads=(10,)), True),
        (someone(heads=(1,)), True),
        (someone(heads=(2,)), True),
        (HOUSE, True),
        (someone(), False),
        (someone(leads=(11,)), False),
        (someone(heads=(3,)), False),
        (someone("executive", active=False), False),
        (someone(leads=(10,), heads=(1,), active=False), False),
    ],
)
def test_a_flag_is_answered_by_those_whom_it_concerns(standing: Standing, allowed: bool) -> None:
    decision = may_handle_flag(standing, asked_id=99, department_id=10, unit_ids=frozenset({1, 2}))
    assert bool(decision) is allowed


@pytest.mark.parametrize(("active", "allowed"), [(True, True), (False, False)])
def test_who_is_asked_may_answer_while_they_are_here(active: bool, allowed: bool) -> None:
    decision = may_handle_flag(someone(active=active), asked_id=7, department_id=None, unit_ids=frozenset())
    assert bool(decision) is allowed


def test_a_flag_that_asks_nobody_is_not_everybodys() -> None:
    nobody = Standing(None, "member", True, None, frozenset(), frozenset())
    stranger = someone()
    assert nobody.is_house
    assert not may_handle_flag(stranger, asked_id=None, department_id=None, unit_ids=frozenset())


@pytest.mark.parametrize(
    ("waiver", "days", "allowed"),
    [
        (False, 1, True),
        (False, LIMITS.longest_snooze_days, True),
        (False, LIMITS.longest_snooze_days + 1, False),
        (True, LIMITS.longest_snooze_days + 1, True),
        (True, LIMITS.longest_waiver_days, True),
        (True, LIMITS.longest_waiver_days + 1, False),
        (False, 0, False),
        (True, 0, False),
        (True, -1, False),
    ],
)
def test_a_silence_ends_within_its_limit(waiver: bool, days: int, allowed: bool) -> None:
    until = TODAY + timedelta(days=days)
    decision = is_silence_allowed(reason="audit", until=until, today=TODAY, limits=LIMITS, waiver=waiver)
    assert bool(decision) is allowed


@pytest.mark.parametrize("waiver", [False, True])
def test_a_silence_has_a_reason_and_an_end(waiver: bool) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert not is_silence_allowed(reason="  ", until=tomorrow, today=TODAY, limits=LIMITS, waiver=waiver)
    assert not is_silence_allowed(reason="audit", until=None, today=TODAY, limits=LIMITS, waiver=waiver)


def test_a_refusal_gives_the_last_day_that_is_possible() -> None:
    far = TODAY + timedelta(days=365)
    decision = is_silence_allowed(reason="audit", until=far, today=TODAY, limits=LIMITS, waiver=False)
    assert "2026-05-31" in str(decision.next_step)
