"""A lead claims for their department: it is theirs at once, or waits for whoever decides."""

from datetime import date

import pytest

from journeys import commands
from journeys.commands.claims import deny_overdue_claims
from journeys.models import Claim, Flag
from tests.cast import Cast, scan
from tests.journeys.reading import at_noon, current, data_of, kinds_since, last_event_id, owner
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

# --- At once, or not -------------------------------------------------------------------------------------------------


def test_an_unowned_touchpoint_of_the_own_unit_is_owned_at_once(cast: Cast) -> None:
    claim = commands.claim_touchpoint(
        cast.ask_a_seller, department=cast.shops, reason="Sellers are ours.", actor=cast.shops_lead
    )
    assert claim.state == Claim.State.ACCEPTED
    ownership = current(cast.ask_a_seller)
    assert ownership.department == cast.shops
    assert ownership.person == cast.shops_lead
    assert ownership.claim == claim
    assert not ownership.outside_approved


def test_a_deputy_claims_like_a_lead(cast: Cast) -> None:
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_deputy)
    assert current(cast.ask_a_seller).person == cast.shops_deputy


def test_the_head_claims_for_any_department_of_the_unit_without_becoming_accountable(cast: Cast) -> None:
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.online, actor=cast.retail_head)
    assert current(cast.ask_a_seller).department == cast.online
    assert current(cast.ask_a_seller).person is None


@pytest.mark.parametrize("who", ["member", "online_lead", "service_head", "executive", "administrator", "guest"])
def test_nobody_else_claims_for_a_department(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="lead or deputy of Shops"):
        commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=getattr(cast, who))
    assert owner(cast.ask_a_seller) is None


def test_a_lead_who_has_left_claims_nothing(cast: Cast) -> None:
    organisation.deactivate_person(cast.shops_lead, actor=cast.administrator)
    with pytest.raises(NotAllowed):
        commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)


def test_an_unowned_touchpoint_of_another_unit_waits_for_its_head(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    assert claim.state == Claim.State.WAITING
    assert owner(cast.till) is None
    commands.approve_claim(claim, actor=cast.service_head)
    assert owner(cast.till) == cast.shops


def test_an_owned_touchpoint_waits_for_the_owners_lead_even_within_the_unit(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    assert claim.state == Claim.State.WAITING
    with pytest.raises(NotAllowed, match="a lead of Online Store"):
        commands.approve_claim(claim, actor=cast.service_head)
    commands.approve_claim(claim, reason="They run it already.", actor=cast.online_lead)
    ownership = current(cast.compare_online)
    assert (ownership.department, ownership.person) == (cast.shops, cast.shops_lead)
    assert ownership.approved_by == cast.online_lead


def test_a_claimant_who_expected_to_own_at_once_is_told_who_was_faster(cast: Cast) -> None:
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.online, actor=cast.online_lead)
    before = last_event_id()
    with pytest.raises(StaleWrite, match="Online Store became owner of Ask a seller"):
        commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, at_once=True, actor=cast.shops_lead)
    assert not Claim.objects.waiting().exists()
    assert last_event_id() == before


def test_a_claim_is_made_once_while_it_waits(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="waits already"):
        commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_deputy)
    assert Claim.objects.waiting().count() == 1


@pytest.mark.parametrize(
    ("touchpoint", "why"), [("shop_window", "owns this touchpoint already"), ("ask_a_seller", "retired")]
)
def test_what_cannot_be_claimed_is_refused_with_the_reason(cast: Cast, touchpoint: str, why: str) -> None:
    commands.retire_touchpoint(cast.ask_a_seller, actor=cast.administrator)
    with pytest.raises(RuleBroken, match=why):
        commands.claim_touchpoint(getattr(cast, touchpoint), department=cast.shops, actor=cast.shops_lead)


def test_a_touchpoint_of_an_archived_journey_is_not_claimed(cast: Cast) -> None:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="retired"):
        commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)


def test_a_draft_is_claimed_like_what_is_live(cast: Cast) -> None:
    commands.change_touchpoint(cast.ask_a_seller, lifecycle="draft", actor=cast.administrator)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    assert owner(cast.ask_a_seller) == cast.shops


def test_owning_closes_the_flag_and_forgets_the_name_that_nobody_knew(cast: Cast) -> None:
    scan()
    assert cast.flag("no-owner", cast.ask_a_seller).state == Flag.State.OPEN
    cast.till.unmatched_owner = "Till team"
    cast.till.save()
    scan()
    assert cast.flag("unknown-owner", cast.till).state == Flag.State.OPEN
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    assert cast.flag("no-owner", cast.ask_a_seller).state == Flag.State.RESOLVED
    assert cast.flag("unknown-owner", cast.till).state == Flag.State.RESOLVED
    cast.till.refresh_from_db()
    assert cast.till.unmatched_owner == ""
    assert data_of("ownership.started")[-1]["unmatched_owner"] == "Till team"


# --- Deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["approve", "deny"])
@pytest.mark.parametrize("touchpoint", ["till", "compare_online", "receipt"])
def test_an_executive_decides_about_everything(cast: Cast, touchpoint: str, verdict: str) -> None:
    claim = commands.claim_touchpoint(getattr(cast, touchpoint), department=cast.shops, actor=cast.shops_lead)
    if verdict == "approve":
        commands.approve_claim(claim, actor=cast.executive)
        assert owner(getattr(cast, touchpoint)) == cast.shops
    else:
        commands.deny_claim(claim, reason="No.", actor=cast.executive)
        assert owner(getattr(cast, touchpoint)) != cast.shops


def make_executive_of_shops(cast: Cast) -> Person:
    cast.executive.department = cast.shops
    cast.executive.save()
    return cast.executive


def make_deputy_of_both(cast: Cast) -> Person:
    organisation.add_lead(cast.online, person=cast.shops_deputy, is_deputy=True, actor=cast.administrator)
    return cast.shops_deputy


def make_head_at_home_in_shops(cast: Cast) -> Person:
    organisation.set_unit_head(cast.service, head=cast.retail_head, actor=cast.administrator)
    return cast.retail_head


@pytest.mark.parametrize(
    ("touchpoint", "insider"),
    [
        ("compare_online", make_executive_of_shops),
        ("till", make_executive_of_shops),
        ("compare_online", make_deputy_of_both),
        ("till", make_head_at_home_in_shops),
    ],
)
def test_nobody_decides_a_claim_of_their_own_department(cast: Cast, touchpoint: str, insider) -> None:
    claim = commands.claim_touchpoint(getattr(cast, touchpoint), department=cast.shops, actor=cast.shops_lead)
    person = insider(cast)
    with pytest.raises(NotAllowed, match="own department"):
        commands.approve_claim(claim, actor=person)
    with pytest.raises(NotAllowed, match="own department"):
        commands.deny_claim(claim, reason="No.", actor=person)
    claim.refresh_from_db()
    assert claim.state == Claim.State.WAITING


def test_two_claims_are_contested_and_only_executives_decide(cast: Cast) -> None:
    first = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    second = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    assert cast.flag("contested", cast.till).state == Flag.State.OPEN
    with pytest.raises(NotAllowed, match="Several departments"):
        commands.approve_claim(first, actor=cast.service_head)
    commands.deny_claim(first, reason="Too far away.", actor=cast.executive)
    assert cast.flag("contested", cast.till).state == Flag.State.RESOLVED
    commands.approve_claim(second, actor=cast.service_head)
    assert owner(cast.till) == cast.online


def test_a_winner_supersedes_the_other_claims_and_each_claimant_is_told_who_won(cast: Cast) -> None:
    lost = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    won = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    commands.approve_claim(won, actor=cast.executive)
    lost.refresh_from_db()
    assert lost.state == Claim.State.SUPERSEDED
    assert lost.decided_at is not None
    assert data_of("claim.superseded") == [
        {
            "touchpoint": cast.till.pk,
            "department": cast.shops.pk,
            "winner": cast.online.pk,
            "claimed_by": cast.shops_lead.pk,
        }
    ]


def test_owning_at_once_supersedes_the_claims_that_wait(cast: Cast) -> None:
    waiting = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    waiting.refresh_from_db()
    assert waiting.state == Claim.State.SUPERSEDED
    assert [told["winner"] for told in data_of("claim.superseded")] == [cast.billing.pk]


def test_assigning_and_transferring_supersede_as_well(cast: Cast) -> None:
    one = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    other = commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
    commands.transfer_ownership(cast.compare_online, department=cast.billing, actor=cast.executive)
    for claim in (one, other):
        claim.refresh_from_db()
        assert claim.state == Claim.State.SUPERSEDED


def test_releasing_leaves_waiting_claims_to_the_head_of_the_unit(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    commands.release_ownership(cast.receipt, reason="Not ours any more.", actor=cast.billing_lead)
    with pytest.raises(NotAllowed, match="the head of Service"):
        commands.approve_claim(claim, actor=cast.billing_lead)
    commands.approve_claim(claim, actor=cast.service_head)
    assert owner(cast.receipt) == cast.shops


def test_a_decided_claim_is_not_decided_again(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=cast.service_head)
    for decide in (commands.approve_claim, commands.deny_claim):
        with pytest.raises(RuleBroken, match="accepted already"):
            decide(claim, reason="Again.", actor=cast.service_head)
    with pytest.raises(RuleBroken, match="accepted already"):
        commands.withdraw_claim(claim, actor=cast.shops_lead)


def test_a_denial_has_a_reason_and_tells_it(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="reason"):
        commands.deny_claim(claim, reason=" ", actor=cast.service_head)
    commands.deny_claim(claim, reason="Care is closer.", actor=cast.service_head)
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == (Claim.State.DENIED, cast.service_head)
    (told,) = data_of("claim.denied")
    assert told["reason"] == "Care is closer."
    assert told["claimed_by"] == cast.shops_lead.pk


def test_a_claim_of_a_department_closed_since_is_denied_but_not_approved(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    organisation.archive_department(cast.shops, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="archived"):
        commands.approve_claim(claim, actor=cast.service_head)
    assert owner(cast.till) is None
    commands.deny_claim(claim, reason="Closed.", actor=cast.service_head)


def test_a_claimant_who_left_does_not_become_accountable_with_the_approval(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    organisation.deactivate_person(cast.shops_lead, actor=cast.administrator)
    commands.approve_claim(claim, actor=cast.service_head)
    assert current(cast.till).department == cast.shops
    assert current(cast.till).person is None


@pytest.mark.parametrize(("who", "approved"), [("service_head", True), ("executive", True), ("billing_lead", False)])
def test_only_the_units_head_or_an_executive_approves_an_owner_from_outside(
    cast: Cast, who: str, approved: bool
) -> None:
    touchpoint = cast.receipt if who == "billing_lead" else cast.till
    claim = commands.claim_touchpoint(touchpoint, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=getattr(cast, who))
    assert current(touchpoint).outside_approved is approved
    assert Flag.objects.unresolved().filter(rule="outside-unit", touchpoint=touchpoint).exists() is not approved


# --- Withdrawing, and time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["shops_lead", "shops_deputy", "retail_head"])
def test_a_claim_is_withdrawn_by_whoever_speaks_for_the_department(cast: Cast, who: str) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.withdraw_claim(claim, actor=getattr(cast, who))
    claim.refresh_from_db()
    assert claim.state == Claim.State.WITHDRAWN
    assert data_of("claim.withdrawn")[0]["department"] == cast.shops.pk
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)


@pytest.mark.parametrize("who", ["service_head", "executive", "member"])
def test_a_claim_is_not_withdrawn_by_anybody_else(cast: Cast, who: str) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    with pytest.raises(NotAllowed):
        commands.withdraw_claim(claim, actor=getattr(cast, who))


def test_a_claim_says_when_it_is_due_and_when_it_is_denied(cast: Cast) -> None:
    with clock.at(at_noon(2026, 3, 5)):  # a Thursday
        claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    assert claim.due_on == date(2026, 3, 12)
    assert claim.denied_on == date(2026, 3, 19)


def test_an_undecided_claim_is_denied_on_its_day_and_not_before(cast: Cast) -> None:
    with clock.at(at_noon(2026, 3, 5)):
        claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    with clock.at(at_noon(2026, 3, 18)):
        assert deny_overdue_claims() == 0
    with clock.at(at_noon(2026, 3, 19)):
        assert deny_overdue_claims() == 1
        assert deny_overdue_claims() == 0
    claim.refresh_from_db()
    assert claim.state == Claim.State.DENIED
    assert claim.decided_by is None
    assert "in time" in claim.decision_reason


def test_every_claim_that_is_past_its_day_is_denied_contested_or_not(cast: Cast) -> None:
    with clock.at(at_noon(2026, 3, 5)):
        commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
        commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
        commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    with clock.at(at_noon(2026, 3, 20)):
        assert deny_overdue_claims() == 3
    assert not Claim.objects.waiting().exists()
    assert not Flag.objects.unresolved().filter(rule="contested").exists()


def test_each_decision_is_one_event_about_the_claim(cast: Cast) -> None:
    before = last_event_id()
    claim = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    assert kinds_since(before) == ["claim.made"]
    before = last_event_id()
    commands.approve_claim(claim, actor=cast.executive)
    assert kinds_since(before) == ["claim.accepted", "ownership.transferred"]
