"""What a team has to be like, and how mixed it is."""

from __future__ import annotations

import pytest

from sprints.rules.teams import as_key, blau_index, is_team_key


@pytest.mark.parametrize(
    ("counts", "index"),
    [
        ([], 0),
        ([5], 0),
        ([1, 1], 0.5),
        ([2, 1], 4 / 9),
        ([3, 3, 3], 2 / 3),
        ([1, 1, 1, 1], 0.75),
        ([97, 1, 1, 1], 1 - (97**2 + 3) / 10000),
    ],
)
def test_blau_is_one_less_the_sum_of_squared_shares(counts: list[int], index: float) -> None:
    assert blau_index(dict(enumerate(counts))) == pytest.approx(index)


def test_blau_never_reaches_one_and_is_the_same_for_a_team_twice_as_large() -> None:
    assert blau_index(dict.fromkeys(range(100), 1)) == pytest.approx(0.99)
    assert blau_index({"a": 4, "b": 2}) == pytest.approx(blau_index({"a": 2, "b": 1}))


@pytest.mark.parametrize(
    ("typed", "key"), [(" grow ", "GROW"), ("g2", "G2"), ("ﬀ", "ﬀ"), ("ıgloo", "ıgloo"), ("größe", "größe")]
)
def test_a_key_is_kept_in_upper_case_when_its_letters_are_plain(typed: str, key: str) -> None:
    assert as_key(typed) == key
    assert bool(is_team_key(key)) is key.isascii()
