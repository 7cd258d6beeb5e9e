"""Who builds journeys, and what a touchpoint may say of itself."""

import pytest

from journeys.rules.structure import is_emotion, is_volume, may_build, may_move_to_unit
from workspace.organisation.rules.standing import HOUSE, Standing


def someone(role: str, *, leads: tuple[int, ...] = (), heads: tuple[int, ...] = (), active: bool = True) -> Standing:
    return Standing(7, role, active, 10, frozenset(leads), frozenset(heads))


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (HOUSE, True),
        (someone("administrator"), True),
        (someone("executive"), True),
        (someone("member", leads=(10,)), True),
        (someone("member", heads=(1,)), True),
        (someone("member"), False),
        (someone("guest"), False),
        (someone("administrator", active=False), False),
        (someone("member", leads=(10,), active=False), False),
    ],
)
def test_journeys_are_built_by_those_who_lead(standing: Standing, allowed: bool) -> None:
    assert bool(may_build(standing)) is allowed


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (HOUSE, True),
        (someone("administrator"), True),
        (someone("executive"), True),
        (someone("member", heads=(1,)), True),
        (someone("member", heads=(2,)), False),
        (someone("member", leads=(10,)), False),
        (someone("executive", active=False), False),
    ],
    ids=["house", "administrator", "executive", "head of the old unit", "head of the new unit", "lead", "left"],
)
def test_a_touchpoint_goes_to_another_unit_by_the_head_of_its_own_or_above(standing: Standing, allowed: bool) -> None:
    assert bool(may_move_to_unit(standing, old_unit_id=1, unit_id=2, own_units={3})) is allowed


@pytest.mark.parametrize("role", ["executive", "administrator"])
def test_nobody_moves_a_touchpoint_to_where_their_own_department_could_take_it(role: str) -> None:
    assert not may_move_to_unit(someone(role), old_unit_id=1, unit_id=2, own_units={2})
    assert may_move_to_unit(someone(role, heads=(1,)), old_unit_id=1, unit_id=2, own_units={2})


@pytest.mark.parametrize(
    ("emotion", "allowed"), [(None, True), (-2, True), (0, True), (2, True), (-3, False), (3, False)]
)
def test_emotion_goes_from_minus_2_to_2(emotion: int | None, allowed: bool) -> None:
    assert bool(is_emotion(emotion)) is allowed


@pytest.mark.parametrize(("volume", "allowed"), [(None, True), (0, True), (1, True), (-1, False)])
def test_volume_is_not_negative(volume: int | None, allowed: bool) -> None:
    assert bool(is_volume(volume)) is allowed
