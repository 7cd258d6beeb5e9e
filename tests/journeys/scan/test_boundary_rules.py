"""The rules about crossings, stages and units: where each begins and ends, with numbers worked out by hand."""

from datetime import timedelta

import pytest

from journeys import commands
from journeys.models import CoverageSnapshot, Crossing, Flag, Touchpoint
from tests.cast import Cast
from tests.journeys.scan.looking import flag_of, flagged, give, new_journey
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit

LOW, MEDIUM, HIGH, CRITICAL = Flag.Severity

# --- boundary-gap ----------------------------------------------------------------------------------------------------


def test_a_crossing_with_one_owned_end_is_a_gap_that_its_unowned_ends_unit_answers(cast: Cast) -> None:
    gaps = {
        cast.crossing(cast.shop_window, cast.ask_a_seller).pk,
        cast.crossing(cast.compare_online, cast.till).pk,
        cast.crossing(cast.till, cast.receipt).pk,
        cast.crossing(cast.receipt, cast.fault_line).pk,
    }
    assert flagged("boundary-gap") == gaps  # Ask a seller → Till is unowned at both ends
    into = flag_of("boundary-gap", cast.crossing(cast.compare_online, cast.till))
    assert (into.touchpoint, into.unit, into.other_unit) == (cast.till, cast.service, cast.retail)
    assert into.asked == cast.service_head
    assert into.evidence["neighbour"] == cast.compare_online.pk
    out_of = flag_of("boundary-gap", cast.crossing(cast.till, cast.receipt))
    assert (out_of.touchpoint, out_of.evidence["neighbour"]) == (cast.till, cast.receipt.pk)


@pytest.mark.parametrize(
    ("source", "target", "severity"),
    [
        (0, 0, HIGH),
        (None, None, HIGH),
        (-1, 2, CRITICAL),
        (2, -1, CRITICAL),
        (None, -2, CRITICAL),
        (-2, None, CRITICAL),
    ],
)
def test_a_gap_is_critical_where_the_customer_is_unhappy_at_either_end(
    cast: Cast, source: int | None, target: int | None, severity: int
) -> None:
    commands.change_touchpoint(cast.compare_online, emotion=source, actor=cast.administrator)
    commands.change_touchpoint(cast.till, emotion=target, actor=cast.administrator)
    flag = flag_of("boundary-gap", cast.crossing(cast.compare_online, cast.till))
    assert flag.severity == severity
    assert (flag.evidence["from_emotion"], flag.evidence["to_emotion"]) == (source, target)


# --- unaccepted-handoff ----------------------------------------------------------------------------------------------


@pytest.fixture
def across(cast: Cast) -> Crossing:
    """From Compare online (Online Store, Retail) to Receipt (Billing, Service)."""
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    return cast.crossing(cast.compare_online, cast.receipt)


def test_owners_of_two_units_have_to_agree_and_of_one_unit_have_not(cast: Cast, across: Crossing) -> None:
    assert cast.crossing(cast.shop_window, cast.compare_online).active  # Shops to Online Store, both in Retail
    assert flagged("unaccepted-handoff") == {across.pk}
    flag = flag_of("unaccepted-handoff", across)
    assert flag.severity == MEDIUM
    assert (flag.unit, flag.other_unit, flag.department) == (cast.retail, cast.service, cast.online)
    assert flag.asked == cast.online_lead
    assert flag.evidence["from_department"] == cast.online.pk
    assert flag.evidence["to_department"] == cast.billing.pk


def test_what_counts_is_where_the_owners_sit_not_the_touchpoints(cast: Cast, across: Crossing) -> None:
    commands.change_touchpoint(cast.receipt, business_unit=cast.retail, actor=cast.administrator)
    assert flagged("unaccepted-handoff") == {across.pk}
    organisation.change_department(cast.billing, unit=cast.retail, actor=cast.administrator)
    assert flagged("unaccepted-handoff") == set()


@pytest.mark.parametrize(
    ("source", "target", "severity"),
    [
        (1, 0, MEDIUM),
        (2, 0, HIGH),
        (1, -1, HIGH),
        (0, -2, HIGH),
        (-1, 1, MEDIUM),
        (None, -2, MEDIUM),
        (2, None, MEDIUM),
    ],
)
def test_it_is_high_where_emotion_falls_by_two(
    cast: Cast, across: Crossing, source: int | None, target: int | None, severity: int
) -> None:
    commands.change_touchpoint(cast.compare_online, emotion=source, actor=cast.administrator)
    commands.change_touchpoint(cast.receipt, emotion=target, actor=cast.administrator)
    assert flag_of("unaccepted-handoff", across).severity == severity


def test_a_proposal_is_no_agreement_and_a_declined_one_neither(cast: Cast, across: Crossing) -> None:
    handoff = commands.propose_handoff(across, what="The order.", actor=cast.online_lead)
    assert flagged("unaccepted-handoff") == {across.pk}
    commands.decline_handoff(handoff, reason="No.", actor=cast.billing_lead)
    assert flagged("unaccepted-handoff") == {across.pk}
    handoff = commands.propose_handoff(across, what="The order.", actor=cast.online_lead)
    commands.accept_handoff(handoff, actor=cast.billing_lead)
    assert flagged("unaccepted-handoff") == set()


# --- stage-gap -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "owned", "raised"), [(0, 0, True), (2, 1, False), (3, 1, True), (3, 2, False), (1, 0, True)]
)
def test_a_stage_is_a_gap_when_empty_or_less_than_half_owned(cast: Cast, live: int, owned: int, raised: bool) -> None:
    journey, touchpoints = new_journey(cast, *[cast.retail] * live)
    give(touchpoints[:owned], cast.shops, None, cast)
    stage = journey.stages.get()
    assert (stage.pk in flagged("stage-gap")) is raised
    if raised:
        flag = flag_of("stage-gap", stage)
        assert (flag.severity, flag.evidence) == (HIGH, {"live": live, "owned": owned})
        assert flag.journey == journey


def test_drafts_do_not_fill_a_stage(cast: Cast) -> None:
    journey, _steps = new_journey(cast, cast.retail, lifecycle="draft")
    assert flag_of("stage-gap", journey.stages.get()).evidence == {"live": 0, "owned": 0}


def test_a_planned_journey_may_have_gaps(cast: Cast) -> None:
    commands.change_journey(cast.journey, state="future", actor=cast.administrator)
    assert flagged("stage-gap") == set()


def test_a_gap_in_a_stage_asks_who_answers_for_the_journey(cast: Cast) -> None:
    assert flag_of("stage-gap", cast.use).asked == cast.executive
    assert flag_of("stage-gap", cast.use).asked_level == Flag.Level.OWNER


# --- siloed-unit -----------------------------------------------------------------------------------------------------


@pytest.fixture
def units(cast: Cast) -> tuple[BusinessUnit, BusinessUnit]:
    """Two units that no crossing has met yet."""
    return tuple(organisation.create_unit(name, actor=cast.administrator) for name in ("Loans", "Cards"))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("internal", "external", "raised", "ei_index"),
    [
        (5, 0, False, None),  # 5 ties are too few
        (6, 0, True, -1000),  # none external counts as above
        (5, 1, False, None),  # exactly 5 : 1
        (6, 1, True, -714),  # (1 − 6) ÷ 7 = −0.714…
        (10, 2, False, None),  # exactly 5 : 1
        (11, 2, True, -692),  # (2 − 11) ÷ 13 = −0.692…
        (4, 1, False, None),
        (0, 7, False, None),
    ],
)
def test_a_unit_is_siloed_above_five_to_one_with_six_ties(
    cast: Cast,
    units: tuple[BusinessUnit, BusinessUnit],
    internal: int,
    external: int,
    raised: bool,
    ei_index: int | None,
) -> None:
    loans, cards = units
    if internal:
        new_journey(cast, *[loans] * (internal + 1))
    for _ in range(external):
        journey = commands.create_journey("Into Cards", actor=None)
        stage = commands.add_stage(journey, name="One", actor=None)
        for unit in (loans, cards):
            commands.add_touchpoint(stage, name="Step", business_unit=unit, actor=None)
    assert (loans.pk in flagged("siloed-unit")) is raised
    if raised:
        flag = flag_of("siloed-unit", loans)
        assert (flag.severity, flag.unit) == (MEDIUM, loans)
        assert flag.evidence == {"internal": internal, "external": external, "ei_index": ei_index}


def test_ties_in_both_directions_and_of_alternatives_count_each(
    cast: Cast, units: tuple[BusinessUnit, BusinessUnit]
) -> None:
    loans, cards = units
    journey = commands.create_journey("Alternatives", actor=None)
    stage = commands.add_stage(journey, name="One", actor=None)
    for step, unit in ((1, loans), (1, loans), (2, loans), (2, loans), (2, loans), (3, cards), (4, loans)):
        commands.add_touchpoint(stage, name="Step", step=step, business_unit=unit, actor=None)
    # 2 × 3 internal; 3 out of Loans into Cards and 1 back: 6 : 4.
    assert loans.pk not in flagged("siloed-unit")
    Touchpoint.objects.filter(stage=stage, step=3).update(lifecycle="retired")
    commands.change_touchpoint(Touchpoint.objects.get(stage=stage, step=4), step=3, actor=None)
    # 2 × 3 + 3 × 1 internal, none external.
    assert flag_of("siloed-unit", loans).evidence == {"internal": 9, "external": 0, "ei_index": -1000}


def test_a_siloed_unit_asks_its_head(cast: Cast) -> None:
    new_journey(cast, *[cast.retail] * 12)  # 11 + 2 of the company's own internal, 2 external
    flag = flag_of("siloed-unit", cast.retail)
    assert flag.evidence == {"internal": 13, "external": 2, "ei_index": -733}
    assert flag.asked == cast.retail_head


# --- coverage-drop ---------------------------------------------------------------------------------------------------


@pytest.fixture
def covered(cast: Cast) -> list[Touchpoint]:
    """Twenty owned touchpoints of a unit of their own."""
    unit = organisation.create_unit("Loans", head=cast.member, actor=cast.administrator)
    department = organisation.create_department("Loans", unit=unit, code="LOANS", actor=cast.administrator)
    _journey, touchpoints = new_journey(cast, *[unit] * 20)
    give(touchpoints, department, None, cast)
    return touchpoints


def uncover(cast: Cast, touchpoints: list[Touchpoint], n: int) -> BusinessUnit:
    for touchpoint in touchpoints[:n]:
        commands.release_ownership(touchpoint, reason="x", actor=cast.executive)
    return touchpoints[0].business_unit


def note(unit: BusinessUnit, *, days_ago: int, live: int, owned: int) -> None:
    on = clock.today() - timedelta(days=days_ago)
    CoverageSnapshot.objects.create(on=on, scope="unit", scope_id=unit.pk, live=live, owned=owned)


@pytest.mark.parametrize(("unowned", "raised"), [(0, False), (4, False), (5, True)])
def test_coverage_is_too_low_below_eighty_percent(
    cast: Cast, covered: list[Touchpoint], unowned: int, raised: bool
) -> None:
    unit = uncover(cast, covered, unowned)
    assert (unit.pk in flagged("coverage-drop")) is raised
    if raised:
        flag = flag_of("coverage-drop", unit)
        assert (flag.severity, flag.evidence) == (MEDIUM, {"live": 20, "owned": 15})
        assert flag.asked == cast.member


@pytest.mark.parametrize(
    ("unowned", "live_then", "owned_then", "raised"),
    [
        (1, 20, 20, True),  # 95 % after 100 %: five points
        (2, 20, 19, True),  # 90 % after 95 %
        (3, 20, 18, True),  # 85 % after 90 %
        (1, 100, 99, False),  # 95 % after 99 %
        (1, 1000, 999, False),  # 95 % after 99.9 %
        (0, 20, 20, False),
        (3, 20, 16, False),  # 85 % after 80 %: it rose
    ],
)
def test_coverage_drops_when_it_is_five_points_lower_than_four_weeks_ago(
    cast: Cast, covered: list[Touchpoint], unowned: int, live_then: int, owned_then: int, raised: bool
) -> None:
    unit = uncover(cast, covered, unowned)
    note(unit, days_ago=28, live=live_then, owned=owned_then)
    assert (unit.pk in flagged("coverage-drop")) is raised


@pytest.mark.parametrize(("days_ago", "raised"), [(27, False), (28, True), (30, True), (55, True), (56, False)])
def test_the_drop_is_measured_against_the_last_snapshot_of_four_weeks_ago(
    cast: Cast, covered: list[Touchpoint], days_ago: int, raised: bool
) -> None:
    unit = uncover(cast, covered, 2)
    note(unit, days_ago=days_ago, live=20, owned=20)
    assert (unit.pk in flagged("coverage-drop")) is raised


def test_a_unit_without_live_touchpoints_has_no_coverage_to_drop(
    cast: Cast, units: tuple[BusinessUnit, BusinessUnit]
) -> None:
    note(units[0], days_ago=28, live=20, owned=20)
    assert not flagged("coverage-drop") & {unit.pk for unit in units}
