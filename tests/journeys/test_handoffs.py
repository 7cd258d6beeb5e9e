"""Two departments agree how the customer is handed over, and agree again when an owner changes."""

import pytest

from journeys import commands
from journeys.models import Crossing, Flag, Handoff
from tests.cast import Cast, deliver, scan
from tests.journeys.reading import data_of
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands as organisation


@pytest.fixture
def crossing(cast: Cast) -> Crossing:
    """From Compare online (Online Store) to Receipt (Billing): Till is retired."""
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    return cast.crossing(cast.compare_online, cast.receipt)


def propose(cast: Cast, crossing: Crossing) -> Handoff:
    return commands.propose_handoff(crossing, what="The order, paid.", within_hours=4, actor=cast.online_lead)


def test_a_proposal_is_accepted_by_the_side_that_makes_it(cast: Cast, crossing: Crossing) -> None:
    handoff = propose(cast, crossing)
    assert handoff.state == Handoff.State.PROPOSED
    assert handoff.from_accepted_by == cast.online_lead
    assert handoff.to_accepted_at is None
    assert (handoff.from_department, handoff.to_department) == (cast.online, cast.billing)


def test_it_is_accepted_when_both_sides_have(cast: Cast, crossing: Crossing) -> None:
    scan()
    flag = Flag.objects.get(rule="unaccepted-handoff", crossing=crossing)
    handoff = propose(cast, crossing)
    deliver()
    flag.refresh_from_db()
    assert flag.state == Flag.State.OPEN
    handoff = commands.accept_handoff(handoff, actor=cast.billing_lead)
    assert handoff.state == Handoff.State.ACCEPTED
    assert (handoff.from_accepted_by, handoff.to_accepted_by) == (cast.online_lead, cast.billing_lead)
    deliver()
    flag.refresh_from_db()
    assert flag.state == Flag.State.RESOLVED


def test_the_receiving_side_may_propose_too(cast: Cast, crossing: Crossing) -> None:
    handoff = commands.propose_handoff(crossing, what="Send us the order number.", actor=cast.billing_lead)
    assert handoff.from_accepted_at is None
    assert commands.accept_handoff(handoff, actor=cast.online_lead).state == Handoff.State.ACCEPTED


def test_who_leads_both_sides_agrees_alone(cast: Cast, crossing: Crossing) -> None:
    organisation.add_lead(cast.billing, person=cast.online_lead, is_deputy=True, actor=cast.administrator)
    assert propose(cast, crossing).state == Handoff.State.ACCEPTED
    assert [told["crossing"] for told in data_of("handoff.accepted")] == [crossing.pk]


@pytest.mark.parametrize("who", ["executive", "administrator", "retail_head", "service_head", "shops_lead", "guest"])
def test_nobody_else_speaks_for_a_side(cast: Cast, crossing: Crossing, who: str) -> None:
    with pytest.raises(NotAllowed, match="lead neither Online Store nor Billing"):
        commands.propose_handoff(crossing, what="x", actor=getattr(cast, who))
    handoff = propose(cast, crossing)
    with pytest.raises(NotAllowed):
        commands.accept_handoff(handoff, actor=getattr(cast, who))
    with pytest.raises(NotAllowed):
        commands.decline_handoff(handoff, reason="x", actor=getattr(cast, who))


def test_one_side_does_not_accept_twice(cast: Cast, crossing: Crossing) -> None:
    handoff = propose(cast, crossing)
    with pytest.raises(RuleBroken, match="Your side has accepted already"):
        commands.accept_handoff(handoff, actor=cast.online_lead)


def test_a_crossing_has_one_open_handoff(cast: Cast, crossing: Crossing) -> None:
    propose(cast, crossing)
    with pytest.raises(RuleBroken, match="stands on this crossing already"):
        commands.propose_handoff(crossing, what="Another.", actor=cast.billing_lead)


def test_a_declined_one_has_a_reason_and_makes_room_for_the_next(cast: Cast, crossing: Crossing) -> None:
    handoff = propose(cast, crossing)
    with pytest.raises(RuleBroken, match="reason"):
        commands.decline_handoff(handoff, reason="", actor=cast.billing_lead)
    handoff = commands.decline_handoff(handoff, reason="Four hours are too few.", actor=cast.billing_lead)
    assert handoff.state == Handoff.State.DECLINED
    assert data_of("handoff.declined")[0]["reason"] == "Four hours are too few."
    with pytest.raises(RuleBroken, match="declined already"):
        commands.accept_handoff(handoff, actor=cast.billing_lead)
    assert propose(cast, crossing).state == Handoff.State.PROPOSED


def test_the_proposer_may_take_it_back(cast: Cast, crossing: Crossing) -> None:
    handoff = commands.decline_handoff(propose(cast, crossing), reason="Written anew.", actor=cast.online_lead)
    assert handoff.state == Handoff.State.DECLINED


@pytest.mark.parametrize("accepted", [False, True], ids=["proposed", "accepted"])
@pytest.mark.parametrize("end", ["source", "target"])
@pytest.mark.parametrize("how", ["transfer", "release"])
def test_a_change_of_owner_voids_it(cast: Cast, crossing: Crossing, accepted: bool, end: str, how: str) -> None:
    handoff = propose(cast, crossing)
    if accepted:
        commands.accept_handoff(handoff, actor=cast.billing_lead)
    touchpoint, heir = (cast.compare_online, cast.shops) if end == "source" else (cast.receipt, cast.care)
    if how == "transfer":
        commands.transfer_ownership(touchpoint, department=heir, actor=cast.executive)
    else:
        commands.release_ownership(touchpoint, reason="x", actor=cast.executive)
    handoff.refresh_from_db()
    assert handoff.state == Handoff.State.VOID
    assert handoff.ended_at is not None
    assert data_of("handoffs.voided") == [{"touchpoint": touchpoint.pk}]
    with pytest.raises(RuleBroken, match="void already"):
        commands.accept_handoff(handoff, actor=cast.billing_lead)


def test_an_agreement_that_was_voided_counts_as_none(cast: Cast, crossing: Crossing) -> None:
    commands.accept_handoff(propose(cast, crossing), actor=cast.billing_lead)
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    deliver()
    flag = Flag.objects.get(rule="unaccepted-handoff", crossing=crossing)
    assert flag.state == Flag.State.OPEN
    assert flag.department == cast.shops


def test_a_new_accountable_person_voids_nothing(cast: Cast, crossing: Crossing) -> None:
    handoff = propose(cast, crossing)
    commands.set_accountable_person(cast.receipt, person=None, actor=cast.billing_lead)
    handoff.refresh_from_db()
    assert handoff.state == Handoff.State.PROPOSED


@pytest.mark.parametrize(
    ("what", "hours", "why"), [(" ", 4, "what is handed over"), ("x", 0, "too few"), ("x", -1, "too few")]
)
def test_a_handoff_says_what_and_within_how_long(
    cast: Cast, crossing: Crossing, what: str, hours: int, why: str
) -> None:
    with pytest.raises(RuleBroken, match=why):
        commands.propose_handoff(crossing, what=what, within_hours=hours, actor=cast.online_lead)


def test_nothing_is_agreed_where_an_end_is_unowned(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="no owner"):
        commands.propose_handoff(cast.crossing(cast.compare_online, cast.till), what="x", actor=cast.online_lead)


def test_nothing_is_agreed_where_one_department_owns_both_ends(cast: Cast) -> None:
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    with pytest.raises(RuleBroken, match="Shops owns both ends"):
        commands.propose_handoff(crossing, what="x", actor=cast.shops_lead)


def test_nothing_is_agreed_where_customers_no_longer_cross(cast: Cast) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    commands.retire_touchpoint(cast.compare_online, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="do not cross here any more"):
        commands.propose_handoff(crossing, what="x", actor=cast.online_lead)


# --- Not kept --------------------------------------------------------------------------------------------------------


@pytest.fixture
def agreed(cast: Cast, crossing: Crossing) -> Handoff:
    """Accepted by Online Store and Billing; its flag is closed."""
    scan()
    handoff = commands.accept_handoff(propose(cast, crossing), actor=cast.billing_lead)
    deliver()
    return handoff


@pytest.mark.parametrize("who", ["online_lead", "billing_lead"])
def test_either_side_says_that_it_is_not_kept_and_then_it_counts_as_not_agreed(
    cast: Cast, agreed: Handoff, crossing: Crossing, who: str
) -> None:
    broken = commands.report_broken(agreed, reason="Orders come unpaid.", actor=getattr(cast, who))
    deliver()
    assert (broken.broken_by, broken.broken_reason) == (getattr(cast, who), "Orders come unpaid.")
    flag = Flag.objects.get(rule="unaccepted-handoff", crossing=crossing)
    assert (flag.state, flag.severity) == (Flag.State.OPEN, Flag.Severity.HIGH)
    assert flag.evidence["broken_handoff"] == agreed.pk
    (told,) = data_of("handoff.broken")
    assert told["reason"] == "Orders come unpaid."


def test_it_holds_again_when_both_sides_have_confirmed_it(cast: Cast, agreed: Handoff, crossing: Crossing) -> None:
    broken = commands.report_broken(agreed, reason="Orders come unpaid.", actor=cast.billing_lead)
    half = commands.accept_handoff(broken, actor=cast.billing_lead)
    assert half.state == Handoff.State.PROPOSED
    assert half.broken_at is not None
    assert data_of("handoff.mended") == []
    whole = commands.accept_handoff(half, actor=cast.online_lead)
    deliver()
    assert (whole.state, whole.broken_at, whole.broken_by, whole.broken_reason) == ("accepted", None, None, "")
    assert len(data_of("handoff.mended")) == 1
    assert Flag.objects.get(rule="unaccepted-handoff", crossing=crossing).state == Flag.State.RESOLVED


def test_one_that_is_not_kept_can_be_declined_and_another_proposed(cast: Cast, agreed: Handoff, crossing) -> None:
    broken = commands.report_broken(agreed, reason="Orders come unpaid.", actor=cast.billing_lead)
    commands.decline_handoff(broken, reason="We need other terms.", actor=cast.online_lead)
    assert propose(cast, crossing).state == Handoff.State.PROPOSED


@pytest.mark.parametrize("who", ["executive", "administrator", "retail_head", "shops_lead", "guest"])
def test_nobody_else_says_that_it_is_not_kept(cast: Cast, agreed: Handoff, who: str) -> None:
    with pytest.raises(NotAllowed):
        commands.report_broken(agreed, reason="Hearsay.", actor=getattr(cast, who))


def test_only_what_was_agreed_can_be_broken_once_and_with_a_reason(cast: Cast, crossing: Crossing) -> None:
    proposal = propose(cast, crossing)
    with pytest.raises(RuleBroken, match="only proposed"):
        commands.report_broken(proposal, reason="Too early.", actor=cast.online_lead)
    agreed = commands.accept_handoff(proposal, actor=cast.billing_lead)
    with pytest.raises(RuleBroken, match="Say what is not kept"):
        commands.report_broken(agreed, reason=" ", actor=cast.online_lead)
    commands.report_broken(agreed, reason="Nothing comes.", actor=cast.online_lead)
    with pytest.raises(RuleBroken, match="said already"):
        commands.report_broken(agreed, reason="Nothing comes.", actor=cast.billing_lead)


def test_a_change_of_owner_voids_one_that_is_not_kept_as_well(cast: Cast, agreed: Handoff) -> None:
    commands.report_broken(agreed, reason="Nothing comes.", actor=cast.online_lead)
    commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.service_head)
    agreed.refresh_from_db()
    assert agreed.state == Handoff.State.VOID
