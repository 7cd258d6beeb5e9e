"""Who changes the organisation, and which chains of people and departments may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation.rules.decisions import YES, no
from workspace.organisation.rules.people import (
    is_delegate_chain_open,
    is_successor_chain_open,
    is_time_zone,
    may_administer,
    may_appoint_lead,
    may_set_delegate,
)
from workspace.organisation.rules.standing import HOUSE, Standing
from workspace.organisation.rules.versions import was_shown


def someone(
    role: str = "member", *, heads: tuple[int, ...] = (), leads: tuple[int, ...] = (), active: bool = True
) -> Standing:
    return Standing(7, role, active, 10, frozenset(leads), frozenset(heads))


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (someone("administrator"), True),
        (HOUSE, True),
        (someone("executive"), False),
        (someone(heads=(1,)), False),
        (someone("administrator", active=False), False),
    ],
)
def test_administrators_change_the_organisation(standing: Standing, allowed: bool) -> None:
    assert bool(may_administer(standing)) is allowed


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (someone("administrator"), True),
        (someone(heads=(1,)), True),
        (someone(heads=(2,)), False),
        (someone(leads=(10,)), False),
        (someone(heads=(1,), active=False), False),
    ],
)
def test_leads_are_appointed_by_the_head_of_the_unit(standing: Standing, allowed: bool) -> None:
    assert bool(may_appoint_lead(standing, unit_id=1)) is allowed


@pytest.mark.parametrize(("person_id", "allowed"), [(7, True), (8, False)])
def test_a_person_names_their_own_delegate(person_id: int, allowed: bool) -> None:
    assert bool(may_set_delegate(someone(), person_id=person_id)) is allowed
    assert may_set_delegate(someone("administrator"), person_id=person_id)


@pytest.mark.parametrize(
    ("delegates", "delegate", "allowed"),
    [
        ({}, 2, True),
        ({2: 3, 3: 4}, 2, True),
        ({}, 1, False),
        ({2: 1}, 2, False),
        ({2: 3, 3: 1}, 2, False),
        ({2: 3, 3: 4, 4: 3}, 2, False),
    ],
    ids=["first", "long chain", "oneself", "each other", "round three corners", "a circle that was there"],
)
def test_a_chain_of_delegates_ends(delegates: dict[int, int | None], delegate: int, allowed: bool) -> None:
    assert bool(is_delegate_chain_open(delegates, person_id=1, delegate_id=delegate)) is allowed


@pytest.mark.parametrize(
    ("successors", "successor", "allowed"),
    [({}, 2, True), ({2: 3}, 2, True), ({}, 1, False), ({2: 1}, 2, False), ({2: 3, 3: 1}, 2, False)],
)
def test_a_chain_of_successors_ends(successors: dict[int, int | None], successor: int, allowed: bool) -> None:
    assert bool(is_successor_chain_open(successors, subject_id=1, successor_id=successor)) is allowed


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=20))
def test_whatever_is_allowed_step_by_step_never_makes_a_circle(wishes: list[tuple[int, int]]) -> None:
    delegates: dict[int, int | None] = {}
    for person, delegate in wishes:
        others = {key: value for key, value in delegates.items() if key != person}
        if is_delegate_chain_open(others, person_id=person, delegate_id=delegate):
            delegates[person] = delegate
    for start in delegates:
        here: int | None = start
        for _ in range(7):
            here = delegates.get(here) if here is not None else None
        assert here is None


@pytest.mark.parametrize(
    ("name", "allowed"), [("", True), ("Europe/Berlin", True), ("Berlin", False), ("UTC+1", False)]
)
def test_a_time_zone_is_one_that_the_world_knows(name: str, allowed: bool) -> None:
    assert bool(is_time_zone(name)) is allowed


def test_a_home_or_led_department_is_ones_own() -> None:
    standing = someone(leads=(20,))
    assert standing.belongs_to(10)
    assert standing.belongs_to(20)
    assert not standing.belongs_to(30)
    assert not standing.belongs_to(None)


def test_a_decision_raises_what_it_is_asked_for() -> None:
    YES.or_not_allowed()
    YES.or_rule_broken()
    with pytest.raises(NotAllowed, match=r"Because\. Do this\."):
        no("Because.", "Do this.").or_not_allowed()
    with pytest.raises(RuleBroken) as refusal:
        no("Because.", "Do this.").or_rule_broken()
    assert refusal.value.next_step == "Do this."


@pytest.mark.parametrize(("told", "shown"), [(0, True), (2, True), (3, True), (4, False), (10**40, False)])
def test_nobody_was_shown_a_version_that_is_still_to_come(told: int, shown: bool) -> None:
    assert bool(was_shown("Retail", told=told, version=3)) is shown


def test_a_version_that_nobody_was_shown_is_refused_with_what_it_is_and_the_next_step() -> None:
    with pytest.raises(StaleWrite) as refused:
        was_shown("Retail", told=9, version=3).or_stale(3)
    assert refused.value.reason == "Retail is at version 3; nobody was shown a version 9 of it."
    assert refused.value.next_step == "Look at it as it is now, and send it again if you still want it so."
    assert refused.value.version == 3
