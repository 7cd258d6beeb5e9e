"""Who builds journeys, and what a touchpoint may say of itself."""

import pytest

from journeys.rules.structure import is_emotion, is_volume, may_build
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
    ("emotion", "allowed"), [(None, True), (-2, True), (0, True), (2, True), (-3, False), (3, False)]
)
def test_emotion_goes_from_minus_2_to_2(emotion: int | None, allowed: bool) -> None:
    assert bool(is_emotion(emotion)) is allowed


@pytest.mark.parametrize(("volume", "allowed"), [(None, True), (0, True), (1, True), (-1, False)])
def test_volume_is_not_negative(volume: int | None, allowed: bool) -> None:
    assert bool(is_volume(volume)) is allowed
