"""Calls for another owner and handoffs when several people answer at the same moment: one story, told once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from journeys import commands
from journeys.commands.calls import end_overdue_calls, end_unanswered
from journeys.models import Claim, Handoff, Ownership, OwnershipCall
from sprints.models import Absence
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.journeys.reading import data_of, owner
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation import commands as organisation

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = ("call.answered", "call.withdrawn", "call.unanswered")


def call(cast: Cast) -> OwnershipCall:
    ends_on = clock.today() + timedelta(days=9)
    return commands.call_for_owner(cast.compare_online, reason="We close.", ends_on=ends_on, actor=cast.online_lead)


def take(cast: Cast, **options: Any) -> Callable[[], Claim]:
    return partial(
        commands.claim_touchpoint, cast.compare_online, department=cast.shops, actor=cast.shops_lead, **options
    )


def is_told_once() -> bool:
    """Whether the one call has ended, or is open, in the same way as the log says."""
    (state,) = OwnershipCall.objects.values_list("state", flat=True)
    ended = list(Event.objects.filter(kind__in=ENDS).values_list("kind", flat=True))
    return ended == ([] if state == "open" else [f"call.{state}"])


@pytest.mark.parametrize("said", [True, None], ids=["told at once", "told nothing"])
def test_a_call_is_withdrawn_while_it_is_answered(cast: Cast, said: bool | None) -> None:
    made = call(cast)
    claimed, withdrawn = at_once(
        take(cast, at_once=said), partial(commands.withdraw_call, made, actor=cast.online_lead)
    )
    assert is_told_once()
    if owner(cast.compare_online) == cast.shops:
        assert isinstance(withdrawn, RuleBroken)
        assert "Shops owns the touchpoint now" in withdrawn.next_step
    elif said:
        assert isinstance(claimed, StaleWrite)
        assert "does not call for another owner of Compare online any more" in claimed.reason
        assert not Claim.objects.waiting().exists()
    else:
        assert isinstance(claimed, Claim)
        assert claimed.state == Claim.State.WAITING


def test_a_call_is_answered_while_its_day_ends_it(cast: Cast) -> None:
    made = call(cast)
    OwnershipCall.objects.filter(pk=made.pk).update(ends_on=clock.today())
    results = at_once(take(cast, at_once=True), end_overdue_calls, partial(end_unanswered, made))
    assert is_told_once()
    made.refresh_from_db()
    assert (owner(cast.compare_online) == cast.shops) is (made.state == OwnershipCall.State.ANSWERED)
    assert all(isinstance(error, RuleBroken | StaleWrite) for error in errors(results))


def test_two_leads_answer_one_call_and_one_of_them_owns_it(cast: Cast) -> None:
    third = organisation.create_department("Fairs", unit=cast.retail, code="FAIR", actor=cast.administrator)
    organisation.add_lead(third, person=cast.member, actor=cast.administrator)
    call(cast)
    results = at_once(
        take(cast, at_once=True),
        partial(commands.claim_touchpoint, cast.compare_online, department=third, at_once=True, actor=cast.member),
    )
    (refused,) = errors(results)
    winner = owner(cast.compare_online)
    assert winner in (cast.shops, third)
    assert winner is not None
    assert isinstance(refused, StaleWrite)
    assert f"{winner.name} became owner of Compare online in the meantime" in refused.reason
    assert is_told_once()
    assert Ownership.objects.current().accountable().filter(touchpoint=cast.compare_online).count() == 1


def test_the_lead_and_the_head_call_at_once_and_one_call_is_made(cast: Cast) -> None:
    ends_on = clock.today() + timedelta(days=9)
    results = at_once(
        *(
            partial(commands.call_for_owner, cast.compare_online, reason="We close.", ends_on=ends_on, actor=actor)
            for actor in (cast.online_lead, cast.retail_head, cast.executive)
        )
    )
    assert [type(error) for error in errors(results)] == [RuleBroken] * 2
    assert OwnershipCall.objects.count() == len(data_of("call.made")) == 1


def test_somebody_claims_while_the_owner_calls(cast: Cast) -> None:
    """Either the claim takes it, or it waits and no call is made: never a call beside a claim that it would grant."""
    ends_on = clock.today() + timedelta(days=9)
    claimed, called = at_once(
        take(cast),
        partial(
            commands.call_for_owner, cast.compare_online, reason="We close.", ends_on=ends_on, actor=cast.online_lead
        ),
    )
    assert isinstance(claimed, Claim)
    if isinstance(called, Exception):
        assert isinstance(called, RuleBroken)
        assert claimed.state == Claim.State.WAITING
        assert owner(cast.compare_online) == cast.online
    else:
        assert claimed.state == Claim.State.ACCEPTED
        assert owner(cast.compare_online) == cast.shops
        assert is_told_once()


# --- Standing in -----------------------------------------------------------------------------------------------------


def test_a_delegate_decides_while_the_absence_ends(cast: Cast) -> None:
    organisation.set_delegate(cast.online_lead, delegate=cast.other_member, actor=cast.online_lead)
    absence = Absence.objects.create(person=cast.online_lead, starts_on=clock.today(), ends_on=clock.today())
    waiting = take(cast)()
    decided, _ended = at_once(partial(commands.approve_claim, waiting, actor=cast.other_member), absence.delete)
    if isinstance(decided, Exception):
        assert isinstance(decided, NotAllowed)
        assert owner(cast.compare_online) == cast.online
    else:
        assert owner(cast.compare_online) == cast.shops
        assert data_of("claim.accepted")[-1]["for"] == [cast.online_lead.pk]
    with pytest.raises(NotAllowed):
        commands.release_ownership(cast.compare_online, reason="Mine.", actor=cast.other_member)


def test_two_halves_of_a_circle_of_delegates_are_not_both_written(cast: Cast) -> None:
    results = at_once(
        partial(organisation.set_delegate, cast.shops_lead, delegate=cast.online_lead, actor=cast.shops_lead),
        partial(organisation.set_delegate, cast.online_lead, delegate=cast.shops_lead, actor=cast.online_lead),
    )
    (refused,) = errors(results)
    assert isinstance(refused, RuleBroken)


# --- Handoffs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def agreed(cast: Cast) -> Handoff:
    """From Compare online (Online Store) to Receipt (Billing), accepted by both."""
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    crossing = cast.crossing(cast.compare_online, cast.receipt)
    handoff = commands.propose_handoff(crossing, what="The order, paid.", actor=cast.online_lead)
    return commands.accept_handoff(handoff, actor=cast.billing_lead)


def test_both_sides_say_at_once_that_it_is_not_kept(cast: Cast, agreed: Handoff) -> None:
    results = at_once(
        *(
            partial(commands.report_broken, agreed, reason=who.name, actor=who)
            for who in (cast.online_lead, cast.billing_lead)
        )
    )
    (refused,) = errors(results)
    assert isinstance(refused, RuleBroken)
    assert "said already" in refused.reason
    agreed.refresh_from_db()
    assert [told["reason"] for told in data_of("handoff.broken")] == [agreed.broken_reason]


def test_both_sides_confirm_at_once_and_it_is_kept_again_once(cast: Cast, agreed: Handoff) -> None:
    commands.report_broken(agreed, reason="Nothing comes.", actor=cast.billing_lead)
    results = at_once(
        *(partial(commands.accept_handoff, agreed, actor=who) for who in (cast.online_lead, cast.billing_lead))
    )
    assert errors(results) == []
    agreed.refresh_from_db()
    assert (agreed.state, agreed.broken_at) == (Handoff.State.ACCEPTED, None)
    assert (agreed.from_accepted_by, agreed.to_accepted_by) == (cast.online_lead, cast.billing_lead)
    assert len(data_of("handoff.mended")) == 1


def test_one_side_confirms_while_the_other_declines(cast: Cast, agreed: Handoff) -> None:
    commands.report_broken(agreed, reason="Nothing comes.", actor=cast.billing_lead)
    confirmed, declined = at_once(
        partial(commands.accept_handoff, agreed, actor=cast.online_lead),
        partial(commands.decline_handoff, agreed, reason="Other terms.", actor=cast.billing_lead),
    )
    assert isinstance(declined, Handoff)
    assert isinstance(confirmed, Handoff | RuleBroken)
    agreed.refresh_from_db()
    assert agreed.state == Handoff.State.DECLINED


def test_both_sides_propose_at_once_and_one_proposal_stands(cast: Cast, agreed: Handoff) -> None:
    commands.report_broken(agreed, reason="Nothing comes.", actor=cast.billing_lead)
    commands.decline_handoff(agreed, reason="Other terms.", actor=cast.billing_lead)
    crossing = agreed.crossing
    results = at_once(
        *(
            partial(commands.propose_handoff, crossing, what=who.name, actor=who)
            for who in (cast.online_lead, cast.billing_lead)
        )
    )
    (refused,) = errors(results)
    assert isinstance(refused, RuleBroken)
    assert Handoff.objects.filter(crossing=crossing, state=Handoff.State.PROPOSED).count() == 1


def test_it_is_said_not_to_be_kept_while_an_owner_changes(cast: Cast, agreed: Handoff) -> None:
    at_once(
        partial(commands.report_broken, agreed, reason="Nothing comes.", actor=cast.billing_lead),
        partial(commands.transfer_ownership, cast.compare_online, department=cast.shops, actor=cast.retail_head),
    )
    agreed.refresh_from_db()
    assert agreed.state == Handoff.State.VOID
    assert owner(cast.compare_online) == cast.shops
