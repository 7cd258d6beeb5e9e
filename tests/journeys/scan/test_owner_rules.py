"""The rules about the owner of one touchpoint: where each begins and ends, how bad it is, what it shows."""

from datetime import timedelta

import pytest

from journeys import commands
from journeys.models import Flag, Ownership, Touchpoint
from tests.cast import Cast, scan
from tests.journeys.reading import at_noon, current
from tests.journeys.scan.looking import flag_of, flagged, give, new_journey
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import Department

LOW, MEDIUM, HIGH, CRITICAL = Flag.Severity

# --- no-owner, unknown-owner -----------------------------------------------------------------------------------------


def test_every_live_touchpoint_without_an_accountable_department_is_flagged(cast: Cast) -> None:
    assert flagged("no-owner") == {cast.ask_a_seller.pk, cast.till.pk, cast.fault_line.pk}


def test_being_responsible_or_informed_is_not_owning(cast: Cast) -> None:
    for kind in ("responsible", "consulted", "informed"):
        Ownership.objects.create(touchpoint=cast.ask_a_seller, department=cast.shops, kind=kind, held_from=clock.now())
    assert cast.ask_a_seller.pk in flagged("no-owner")


def test_a_moment_of_truth_without_owner_is_critical(cast: Cast) -> None:
    assert flag_of("no-owner", cast.till).severity == CRITICAL
    flag = flag_of("no-owner", cast.ask_a_seller)
    assert flag.severity == HIGH
    assert flag.evidence["volume"] == 900
    assert (flag.unit, flag.journey, flag.department) == (cast.retail, cast.journey, None)


def test_the_top_tenth_by_volume_without_owner_is_critical(cast: Cast) -> None:
    Touchpoint.objects.update(volume=None, moment_of_truth=False)
    _journey, touchpoints = new_journey(cast, *[cast.retail] * 20)
    for volume, touchpoint in enumerate(touchpoints, start=1):
        Touchpoint.objects.filter(pk=touchpoint.pk).update(volume=volume * 100)
    scan()
    severities = [flag_of("no-owner", touchpoint).severity for touchpoint in touchpoints]
    assert severities == [HIGH] * 18 + [CRITICAL] * 2


def test_nothing_is_top_where_no_volume_is_known(cast: Cast) -> None:
    Touchpoint.objects.update(volume=None, moment_of_truth=False)
    assert flag_of("no-owner", cast.till).severity == HIGH


def test_the_threshold_of_volume_is_kept_until_the_next_full_scan(cast: Cast) -> None:
    assert flag_of("no-owner", cast.fault_line).severity == HIGH
    commands.change_touchpoint(cast.fault_line, volume=30001, actor=cast.administrator)
    assert Flag.objects.get(rule="no-owner", subject_id=cast.fault_line.pk).severity == CRITICAL
    commands.change_touchpoint(cast.fault_line, volume=29999, actor=cast.administrator)
    assert Flag.objects.get(rule="no-owner", subject_id=cast.fault_line.pk).severity == HIGH


def test_an_owner_that_nobody_knows_is_its_own_flag_and_no_other(cast: Cast) -> None:
    Touchpoint.objects.filter(pk=cast.till.pk).update(unmatched_owner="Cash team")
    assert flagged("unknown-owner") == {cast.till.pk}
    assert cast.till.pk not in flagged("no-owner")
    flag = flag_of("unknown-owner", cast.till)
    assert (flag.severity, flag.evidence) == (HIGH, {"reference": "Cash team"})


def test_the_name_that_nobody_knows_does_not_matter_where_somebody_owns(cast: Cast) -> None:
    Touchpoint.objects.filter(pk=cast.receipt.pk).update(unmatched_owner="Cash team")
    assert flagged("unknown-owner") == set()


# --- inactive-owner --------------------------------------------------------------------------------------------------


def leave(cast: Cast, *people: str) -> None:
    for person in people:
        organisation.deactivate_person(getattr(cast, person), actor=cast.administrator)


def test_a_leaver_is_no_flag_while_a_lead_or_deputy_is_there(cast: Cast) -> None:
    leave(cast, "shops_lead")
    assert flagged("inactive-owner") == set()
    leave(cast, "shops_deputy")
    assert flagged("inactive-owner") == {cast.shop_window.pk}
    flag = flag_of("inactive-owner", cast.shop_window)
    assert (flag.severity, flag.evidence) == (HIGH, {"person": cast.shops_lead.pk})
    assert flag.department == cast.shops


def test_a_leaver_is_no_flag_while_their_delegate_is_there(cast: Cast) -> None:
    organisation.set_delegate(cast.shops_lead, delegate=cast.care_lead, actor=cast.shops_lead)
    leave(cast, "shops_lead", "shops_deputy")
    assert flagged("inactive-owner") == set()
    leave(cast, "care_lead")
    assert flagged("inactive-owner") == {cast.shop_window.pk}


def test_a_leaver_with_a_delegate_of_their_delegate_is_flagged_all_the_same(cast: Cast) -> None:
    organisation.set_delegate(cast.shops_lead, delegate=cast.online_lead, actor=cast.shops_lead)
    organisation.set_delegate(cast.online_lead, delegate=cast.care_lead, actor=cast.online_lead)
    leave(cast, "shops_lead", "shops_deputy", "online_lead")
    assert cast.shop_window.pk in flagged("inactive-owner")


def test_a_department_that_names_nobody_has_no_inactive_owner(cast: Cast) -> None:
    commands.set_accountable_person(cast.shop_window, person=None, actor=cast.shops_lead)
    leave(cast, "shops_lead", "shops_deputy")
    assert flagged("inactive-owner") == set()


@pytest.mark.parametrize(("days", "raised"), [(-1, True), (0, True), (1, False)])
def test_somebody_has_left_from_their_leaving_date_on(cast: Cast, days: int, raised: bool) -> None:
    leave(cast, "shops_deputy")
    organisation.set_leaving_date(cast.shops_lead, on=clock.today() + timedelta(days=days), actor=cast.administrator)
    assert (cast.shop_window.pk in flagged("inactive-owner")) is raised


# --- closed-department -----------------------------------------------------------------------------------------------


def test_an_archived_owner_is_flagged_with_its_successor(cast: Cast) -> None:
    organisation.archive_department(cast.billing, merged_into=cast.care, actor=cast.administrator)
    flag = flag_of("closed-department", cast.receipt)
    assert (flag.severity, flag.evidence) == (HIGH, {"department": cast.billing.pk, "successor": cast.care.pk})


def test_a_department_is_closed_when_everybody_it_had_has_left(cast: Cast) -> None:
    bela_alone = cast.billing.people.all()
    assert [person.name for person in bela_alone] == ["Bela Billing"]
    assert flagged("closed-department") == set()
    leave(cast, "billing_lead")
    assert flagged("closed-department") == {cast.receipt.pk}


def test_one_who_stays_keeps_it_open(cast: Cast) -> None:
    leave(cast, "shops_lead", "shops_deputy", "member")
    assert cast.retail_head.department == cast.shops
    assert flagged("closed-department") == set()


def test_a_department_that_never_had_people_is_not_closed(cast: Cast) -> None:
    empty = organisation.create_department("Empty", unit=cast.service, code="EMPTY", actor=cast.administrator)
    commands.assign_ownership(cast.till, department=empty, actor=cast.service_head)
    assert flagged("closed-department") == set()


# --- outside-unit ----------------------------------------------------------------------------------------------------


def take_from_outside(cast: Cast, *, approved_by: str) -> None:
    claim = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=getattr(cast, approved_by))


def test_an_owner_from_outside_whom_only_the_old_owner_approved_is_flagged(cast: Cast) -> None:
    take_from_outside(cast, approved_by="billing_lead")
    flag = flag_of("outside-unit", cast.receipt)
    assert flag.severity == HIGH
    assert (flag.unit, flag.other_unit) == (cast.service, cast.retail)
    assert flag.evidence == {"owner_unit": cast.retail.pk}


def test_an_owner_from_outside_whom_an_executive_approved_is_not(cast: Cast) -> None:
    take_from_outside(cast, approved_by="executive")
    assert flagged("outside-unit") == set()


def test_a_touchpoint_or_a_department_that_moves_away_makes_an_outside_owner(cast: Cast) -> None:
    commands.change_touchpoint(cast.receipt, business_unit=cast.retail, actor=cast.administrator)
    assert flagged("outside-unit") == {cast.receipt.pk}
    organisation.change_department(cast.billing, unit=cast.retail, actor=cast.administrator)
    assert flagged("outside-unit") == set()


@pytest.mark.parametrize(("who", "still_approved"), [("service_head", False), ("executive", True)])
def test_the_head_of_the_former_unit_has_not_approved_for_the_new_one(
    cast: Cast, who: str, still_approved: bool
) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=getattr(cast, who))
    third = organisation.create_unit("Loans", actor=cast.administrator)
    commands.change_touchpoint(cast.till, business_unit=third, actor=cast.administrator)
    assert (cast.till.pk in flagged("outside-unit")) is not still_approved


# --- contested, claim-overdue ----------------------------------------------------------------------------------------


def claim_till(cast: Cast, *departments: Department) -> None:
    for department in departments:
        lead = {cast.shops: cast.shops_lead, cast.online: cast.online_lead}[department]
        commands.claim_touchpoint(cast.till, department=department, actor=lead)


def test_one_claim_is_not_contested_and_two_are(cast: Cast) -> None:
    claim_till(cast, cast.shops)
    assert flagged("contested") == set()
    claim_till(cast, cast.online)
    flag = flag_of("contested", cast.till)
    assert (flag.severity, flag.evidence) == (HIGH, {"claims": 2})
    assert flag.asked == cast.executive


def test_decided_claims_do_not_count(cast: Cast) -> None:
    claim_till(cast, cast.shops)
    commands.deny_claim(cast.till.claims.get(), reason="No.", actor=cast.service_head)
    claim_till(cast, cast.shops, cast.online)
    assert flag_of("contested", cast.till).evidence == {"claims": 2}
    commands.withdraw_claim(cast.till.claims.waiting().first(), actor=cast.retail_head)  # type: ignore[arg-type]
    assert flagged("contested") == set()


@pytest.mark.parametrize(("day", "raised"), [(11, False), (12, False), (13, True), (18, True)])
def test_a_claim_is_overdue_after_five_working_days(cast: Cast, day: int, raised: bool) -> None:
    with clock.at(at_noon(2027, 3, 5)):  # a Friday: due on Friday the 12th
        claim_till(cast, cast.shops)
    with clock.at(at_noon(2027, 3, day)):
        claim = cast.till.claims.get()
        assert flagged("claim-overdue") == ({claim.pk} if raised else set())
        if raised:
            flag = flag_of("claim-overdue", claim)
            assert flag.severity == MEDIUM
            assert flag.touchpoint == cast.till
            assert flag.evidence == {"claimant": cast.shops.pk, "due_on": "2027-03-12", "denied_on": "2027-03-19"}


def test_an_overdue_claim_asks_whoever_decides_it(cast: Cast) -> None:
    with clock.at(at_noon(2027, 3, 5)):
        on_unowned = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
        on_owned = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    with clock.at(at_noon(2027, 3, 15)):
        assert flag_of("claim-overdue", on_unowned).asked == cast.service_head
        assert flag_of("claim-overdue", on_owned).asked == cast.billing_lead


# --- unattested ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "severity"),
    [
        (timedelta(days=180), None),
        (timedelta(days=180, seconds=1), MEDIUM),
        (timedelta(days=210), MEDIUM),
        (timedelta(days=210, seconds=1), HIGH),
    ],
)
def test_ownership_is_confirmed_every_180_days(cast: Cast, after: timedelta, severity: int | None) -> None:
    begun = current(cast.receipt).held_from
    with clock.at(begun + after):
        if severity is None:
            assert cast.receipt.pk not in flagged("unattested")
        else:
            flag = flag_of("unattested", cast.receipt)
            assert flag.severity == severity
            assert flag.asked == cast.billing_lead


def test_a_confirmation_counts_from_its_own_day(cast: Cast) -> None:
    begun = current(cast.receipt).held_from
    with clock.at(begun + timedelta(days=100)):
        commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead)
    with clock.at(begun + timedelta(days=270)):
        assert cast.receipt.pk not in flagged("unattested")
    with clock.at(begun + timedelta(days=281)):
        assert cast.receipt.pk in flagged("unattested")


def test_the_answer_not_mine_is_high_from_the_first_day(cast: Cast) -> None:
    commands.attest_ownership(current(cast.receipt), mine=False, actor=cast.billing_lead)
    flag = flag_of("unattested", cast.receipt)
    assert flag.severity == HIGH
    assert flag.evidence["disputed_at"]


# --- overloaded-owner ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("touchpoints", "raised"), [(15, False), (16, True)])
def test_somebody_is_overloaded_above_fifteen(cast: Cast, touchpoints: int, raised: bool) -> None:
    _journey, steps = new_journey(cast, *[cast.retail] * touchpoints)
    give(steps, cast.shops, cast.member, cast)
    assert flagged("overloaded-owner") == ({cast.member.pk} if raised else set())
    if raised:
        flag = flag_of("overloaded-owner", cast.member)
        assert (flag.severity, flag.evidence) == (LOW, {"owned": 16})
        assert (flag.asked, flag.unit, flag.department) == (cast.member, cast.retail, cast.shops)


def test_drafts_former_and_lesser_parts_do_not_count_as_load(cast: Cast) -> None:
    _journey, steps = new_journey(cast, *[cast.retail] * 16)
    give(steps, cast.shops, cast.member, cast)
    commands.change_touchpoint(steps[0], lifecycle="draft", actor=cast.administrator)
    assert flagged("overloaded-owner") == set()
    commands.change_touchpoint(steps[0], lifecycle="live", actor=cast.administrator)
    assert flagged("overloaded-owner") == {cast.member.pk}
    commands.transfer_ownership(steps[1], department=cast.online, actor=cast.executive)
    Ownership.objects.create(
        touchpoint=steps[1], department=cast.shops, person=cast.member, kind="consulted", held_from=clock.now()
    )
    assert flagged("overloaded-owner") == set()


# --- no-technology-owner ---------------------------------------------------------------------------------------------


def test_a_system_behind_a_live_touchpoint_needs_an_owner_who_is_there(cast: Cast) -> None:
    unused = commands.create_system("Nobody's", actor=cast.administrator)
    desk = commands.create_system("Cash desk", technology_owner=cast.member, actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=desk, actor=cast.administrator)
    assert flagged("no-technology-owner") == set()
    leave(cast, "member")
    assert flagged("no-technology-owner") == {desk.pk}
    flag = flag_of("no-technology-owner", desk)
    assert (flag.severity, flag.evidence) == (MEDIUM, {"live": 1, "person": cast.member.pk})
    assert flag.asked == cast.service_head
    assert unused.pk != desk.pk


def test_a_system_behind_several_touchpoints_is_one_flag_that_counts_them(cast: Cast) -> None:
    desk = commands.create_system("Cash desk", actor=cast.administrator)
    for touchpoint in (cast.till, cast.receipt, cast.ask_a_seller):
        commands.change_touchpoint(touchpoint, system=desk, actor=cast.administrator)
    flag = flag_of("no-technology-owner", desk)
    assert flag.evidence["live"] == 3
    assert {flag.unit, flag.other_unit} == {cast.retail, cast.service}
