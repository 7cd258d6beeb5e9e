"""From unit to unit: every crossing counted once, in the units it joins and in its state; and how closed units are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.limits import LIMITS
from journeys.models import Flag
from journeys.queries.overview.crossings import Cell, matrix_of, pairs_of_units, worst_pairs
from journeys.queries.overview.ties import Ties, ties_of_all, ties_of_units
from tests.cast import Cast, scan
from tests.journeys.overview import counted, counted_by_hand, mix_up

pytestmark = pytest.mark.usefixtures("fresh_cache")


def test_the_crossings_of_the_cast(cast: Cast) -> None:
    retail, service = cast.retail.pk, cast.service.pk
    assert pairs_of_units() == {
        (retail, retail): Cell(unowned=1, inside=1),  # Shop window → Ask a seller, → Compare online
        (retail, service): Cell(unowned=2),  # Ask a seller → Till, Compare online → Till
        (service, service): Cell(unowned=2),  # Till → Receipt, Receipt → Fault line
    }


def test_a_crossing_is_agreed_when_both_sides_have_accepted_and_no_longer_when_an_owner_changes(cast: Cast) -> None:
    border = cast.retail.pk, cast.service.pk
    commands.assign_ownership(cast.till, department=cast.billing, actor=cast.executive)
    assert pairs_of_units()[border] == Cell(unowned=1, unaccepted=1)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    assert pairs_of_units()[border] == Cell(unowned=1, unaccepted=1)
    commands.accept_handoff(handoff, actor=cast.billing_lead)
    assert pairs_of_units()[border] == Cell(unowned=1, accepted=1)
    commands.transfer_ownership(cast.till, department=cast.care, actor=cast.executive)
    assert pairs_of_units()[border] == Cell(unowned=1, unaccepted=1)


def test_the_unit_is_where_the_touchpoint_happens_and_the_state_is_about_who_owns_it(cast: Cast) -> None:
    """An owner from outside moves no crossing into another unit; a handoff is needed where owners' units differ."""
    commands.assign_ownership(cast.till, department=cast.online, actor=cast.executive)  # happens in Service
    pairs = pairs_of_units()
    assert pairs[cast.retail.pk, cast.service.pk] == Cell(unowned=1, inside=1)  # Online Store → Online Store
    assert pairs[cast.service.pk, cast.service.pk] == Cell(unowned=1, unaccepted=1)  # Online Store → Billing


@pytest.mark.parametrize("seed", range(6))
def test_one_statement_counts_what_a_loop_over_all_rows_counts(cast: Cast, seed: int) -> None:
    mix_up(cast, seed)
    assert counted() == counted_by_hand()


def test_the_states_agree_with_the_flags(cast: Cast) -> None:
    mix_up(cast, 7)
    scan()
    pairs = pairs_of_units()
    flags = Flag.objects.unresolved()
    assert sum(cell.unaccepted for cell in pairs.values()) == flags.filter(rule="unaccepted-handoff").count()
    one_end = flags.filter(rule="boundary-gap").count()
    assert sum(cell.unowned for cell in pairs.values()) >= one_end > 0


@pytest.mark.parametrize("seed", [11, 12])
def test_every_number_leads_to_exactly_the_crossings_that_it_counts(cast: Cast, client: Client, seed: int) -> None:
    mix_up(cast, seed)
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")

    def listed(**where: Any) -> int:
        page = client.get("/ownership/crossings/", where)
        assert page.status_code == 200
        rows = page.context["rows"]
        if "state" in where:
            assert {row.state for row in rows} <= {where["state"]}
        assert page.context["page"].paginator.count == len(rows), "all of them are on one page"
        return len(rows)

    pairs = pairs_of_units()
    for (source, target), cell in pairs.items():
        assert listed(**{"from": source, "to": target}) == cell.n
        for state in ("unowned", "unaccepted", "accepted", "inside"):
            assert listed(**{"from": source, "to": target, "state": state}) == getattr(cell, state)
    whole = ties_of_all(pairs)
    assert listed(tie="internal") == whole.internal
    assert listed(tie="external") == whole.external
    for row in ties_of_units(pairs, LIMITS):
        assert listed(unit=row.unit_id, tie="internal") == row.ties.internal
        assert listed(unit=row.unit_id, tie="external") == row.ties.external


# --- the matrix ------------------------------------------------------------------------------------------------------


def test_the_matrix_shows_the_units_with_the_most_open_at_their_border() -> None:
    pairs = {
        (1, 2): Cell(unaccepted=3),
        (2, 3): Cell(unowned=1),
        (3, 3): Cell(unowned=50, inside=5),
        (4, 4): Cell(inside=9),
    }
    matrix = matrix_of(pairs, at_most=2)
    assert matrix.columns == [2, 1]
    assert [(row.unit_id, [cell for _to, cell in row.cells]) for row in matrix.rows] == [
        (2, [None, None]),
        (1, [Cell(unaccepted=3), None]),
    ]
    assert (matrix.units, matrix.left_out) == (4, 2)
    assert matrix.between == Cell(unaccepted=3, unowned=1)
    assert matrix.whole.n == 68
    assert matrix_of(pairs, at_most=None).columns == [2, 1, 3, 4]
    assert [(a, b) for a, b, _cell in worst_pairs(pairs, at_most=3)] == [(1, 2), (2, 3), (3, 3)]


# --- ties ------------------------------------------------------------------------------------------------------------


def test_the_index_by_hand() -> None:
    assert Ties(internal=5, external=1).ei_index == pytest.approx(-4 / 6)
    assert Ties(internal=0, external=3).ei_index == 1
    assert Ties(internal=3, external=0).ei_index == -1
    assert Ties(internal=0, external=0).ei_index is None


def test_a_crossing_is_an_external_tie_of_both_its_units_and_one_of_the_whole(cast: Cast) -> None:
    pairs = pairs_of_units()
    assert ties_of_all(pairs) == Ties(internal=4, external=2)
    assert ties_of_all(pairs).ei_index == pytest.approx(-1 / 3)
    rows = ties_of_units(pairs, LIMITS)
    assert [(row.unit_id, row.ties) for row in rows] == [
        (cast.retail.pk, Ties(internal=2, external=2)),
        (cast.service.pk, Ties(internal=2, external=2)),
    ]
    assert all(row.is_small for row in rows), "four ties are too few to compare"


def test_units_with_few_ties_come_last_and_a_silo_is_what_the_rule_says_it_is() -> None:
    pairs = {
        (1, 1): Cell(inside=10), (1, 2): Cell(accepted=2),  # five to one: not above
        (3, 3): Cell(inside=11), (3, 2): Cell(accepted=2),  # above
        (4, 4): Cell(inside=6),  # none external counts as above
        (5, 5): Cell(inside=5),  # too few
    }  # fmt: skip
    rows = ties_of_units(pairs, LIMITS)
    assert [(row.unit_id, row.is_silo, row.is_small) for row in rows] == [
        (4, True, False), (3, True, False), (1, False, False), (5, False, True), (2, False, True),
    ]  # fmt: skip


def test_silos_are_those_that_the_scan_flags(cast: Cast) -> None:
    for seed in (21, 22, 23):
        mix_up(cast, seed, journeys=3)
    scan()
    flagged = set(Flag.objects.unresolved().filter(rule="siloed-unit").values_list("subject_id", flat=True))
    assert {row.unit_id for row in ties_of_units(pairs_of_units(), LIMITS) if row.is_silo} == flagged
