"""Ownership is assigned, transferred, released and confirmed, and remembers who held it when."""

from datetime import date, timedelta

import pytest

from journeys import commands
from journeys.models import Flag, Ownership
from journeys.queries.places import owners_on
from tests.cast import Cast
from tests.journeys.reading import at_noon, current, data_of, kinds_since, last_event_id, owner
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands as organisation

# --- Assigning -------------------------------------------------------------------------------------------------------


def test_the_head_assigns_within_the_unit(cast: Cast) -> None:
    commands.assign_ownership(
        cast.till, department=cast.billing, person=cast.billing_lead, reason="Payment.", actor=cast.service_head
    )
    ownership = current(cast.till)
    assert (ownership.department, ownership.person) == (cast.billing, cast.billing_lead)
    assert ownership.approved_by == cast.service_head
    assert data_of("ownership.started")[-1]["reason"] == "Payment."


def test_an_executive_assigns_across_units_and_that_is_approval(cast: Cast) -> None:
    commands.assign_ownership(cast.till, department=cast.shops, actor=cast.executive)
    assert current(cast.till).outside_approved
    assert not Flag.objects.unresolved().filter(rule="outside-unit").exists()


@pytest.mark.parametrize("who", ["retail_head", "billing_lead", "member", "administrator", "guest"])
def test_nobody_else_assigns(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        commands.assign_ownership(cast.till, department=cast.billing, actor=getattr(cast, who))
    assert owner(cast.till) is None


def test_a_head_does_not_assign_to_another_unit(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="an executive to any department"):
        commands.assign_ownership(cast.till, department=cast.shops, actor=cast.service_head)


def test_what_is_owned_is_transferred_not_assigned(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Billing owns Receipt"):
        commands.assign_ownership(cast.receipt, department=cast.care, actor=cast.service_head)


@pytest.mark.parametrize("person", ["leaver", "guest"])
def test_a_leaver_or_a_guest_is_not_made_accountable(cast: Cast, person: str) -> None:
    with pytest.raises(RuleBroken):
        commands.assign_ownership(
            cast.ask_a_seller, department=cast.shops, person=getattr(cast, person), actor=cast.retail_head
        )
    with pytest.raises(RuleBroken):
        commands.transfer_ownership(
            cast.compare_online, department=cast.shops, person=getattr(cast, person), actor=cast.executive
        )
    with pytest.raises(RuleBroken):
        commands.set_accountable_person(cast.shop_window, person=getattr(cast, person), actor=cast.shops_lead)
    assert owner(cast.ask_a_seller) is None
    assert owner(cast.compare_online) == cast.online
    assert current(cast.shop_window).person == cast.shops_lead


# --- Transferring and releasing --------------------------------------------------------------------------------------


def test_who_speaks_for_both_departments_transfers(cast: Cast) -> None:
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    assert owner(cast.compare_online) == cast.shops
    (told,) = data_of("ownership.transferred")
    assert (told["old_department"], told["department"]) == (cast.online.pk, cast.shops.pk)
    assert told["old_person"] == cast.online_lead.pk


@pytest.mark.parametrize("who", ["online_lead", "shops_lead", "service_head", "administrator", "member"])
def test_who_speaks_for_one_side_only_does_not_transfer(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=getattr(cast, who))
    assert owner(cast.compare_online) == cast.online


def test_what_nobody_owns_is_neither_transferred_nor_released(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Nobody owns Till"):
        commands.transfer_ownership(cast.till, department=cast.shops, actor=cast.executive)
    with pytest.raises(RuleBroken, match="Nobody owns Till"):
        commands.release_ownership(cast.till, reason="x", actor=cast.executive)
    with pytest.raises(RuleBroken, match="Nobody owns Till"):
        commands.set_accountable_person(cast.till, person=cast.member, actor=cast.executive)


def test_a_transfer_to_the_owner_changes_nothing(cast: Cast) -> None:
    before = last_event_id()
    with pytest.raises(RuleBroken, match="owns this touchpoint already"):
        commands.transfer_ownership(cast.receipt, department=cast.billing, actor=cast.executive)
    assert last_event_id() == before


@pytest.mark.parametrize("who", ["billing_lead", "service_head", "executive"])
def test_a_release_has_a_reason_and_raises_the_flag_at_once(cast: Cast, who: str) -> None:
    with pytest.raises(RuleBroken, match="reason"):
        commands.release_ownership(cast.receipt, reason=" ", actor=getattr(cast, who))
    commands.release_ownership(cast.receipt, reason="Not ours.", actor=getattr(cast, who))
    assert owner(cast.receipt) is None
    assert cast.flag("no-owner", cast.receipt).state == Flag.State.OPEN
    assert data_of("ownership.released")[0]["reason"] == "Not ours."


@pytest.mark.parametrize("who", ["care_lead", "retail_head", "administrator", "member"])
def test_nobody_else_releases(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="lead of Billing"):
        commands.release_ownership(cast.receipt, reason="Not theirs.", actor=getattr(cast, who))


# --- Is it still yours? ----------------------------------------------------------------------------------------------


def test_the_answer_mine_confirms_and_takes_back_not_mine(cast: Cast) -> None:
    ownership = current(cast.receipt)
    commands.attest_ownership(ownership, mine=False, actor=cast.billing_lead)
    assert cast.flag("unattested", cast.receipt).severity == Flag.Severity.HIGH
    assert owner(cast.receipt) == cast.billing
    with clock.at(at_noon(2027, 1, 15)):
        commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead)
    ownership.refresh_from_db()
    assert ownership.attested_at == at_noon(2027, 1, 15)
    assert ownership.disputed_at is None
    assert cast.flag("unattested", cast.receipt).state == Flag.State.RESOLVED
    assert [told["department"] for told in data_of("ownership.disputed")] == [cast.billing.pk]
    assert [told["department"] for told in data_of("ownership.attested")] == [cast.billing.pk]


def test_the_answer_not_mine_keeps_when_it_was_last_confirmed(cast: Cast) -> None:
    stale = current(cast.receipt)
    with clock.at(at_noon(2027, 1, 15)):
        commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead)
    commands.attest_ownership(stale, mine=False, actor=cast.billing_lead)
    assert current(cast.receipt).attested_at == at_noon(2027, 1, 15)


@pytest.mark.parametrize("who", ["care_lead", "service_head", "executive", "member"])
def test_only_the_accountable_person_and_the_leads_answer(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        commands.attest_ownership(current(cast.receipt), mine=True, actor=getattr(cast, who))


def test_an_ownership_that_has_ended_is_not_confirmed(cast: Cast) -> None:
    ended = current(cast.compare_online)
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    with pytest.raises(RuleBroken, match="Shops owns the touchpoint now"):
        commands.attest_ownership(ended, mine=True, actor=cast.online_lead)


def test_the_accountable_person_is_named_and_unnamed(cast: Cast) -> None:
    commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    assert current(cast.shop_window).person == cast.member
    commands.set_accountable_person(cast.shop_window, person=None, actor=cast.retail_head)
    assert current(cast.shop_window).person is None
    assert [told["person"] for told in data_of("ownership.person_set")] == [cast.member.pk, None]
    with pytest.raises(NotAllowed):
        commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.online_lead)


# --- Who owned what, when --------------------------------------------------------------------------------------------


def test_who_owned_it_on_a_day_is_who_held_it_when_the_day_ended(cast: Cast) -> None:
    with clock.at(at_noon(2027, 1, 10)):
        commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    with clock.at(at_noon(2027, 1, 20)):
        commands.transfer_ownership(cast.till, department=cast.care, actor=cast.service_head)
    with clock.at(at_noon(2027, 1, 30)):
        commands.release_ownership(cast.till, reason="Done.", actor=cast.care_lead)

    def on(day: int) -> list[str]:
        return [row.department.name for row in owners_on(date(2027, 1, day)).filter(touchpoint=cast.till)]

    assert [on(day) for day in (9, 10, 19, 20, 29, 30)] == [[], ["Billing"], ["Billing"], ["Care"], ["Care"], []]


def test_ownership_holds_from_and_until_but_not_at_until(cast: Cast) -> None:
    moment = at_noon(2027, 1, 10)
    with clock.at(moment):
        commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    with clock.at(moment + timedelta(hours=1)):
        commands.transfer_ownership(cast.till, department=cast.care, actor=cast.service_head)
    history = Ownership.objects.accountable().filter(touchpoint=cast.till)

    def at(hours: float) -> list[str]:
        return [row.department.name for row in history.at(moment + timedelta(hours=hours))]

    assert at(-0.001) == []
    assert at(0) == ["Billing"]
    assert at(0.999) == ["Billing"]
    assert at(1) == ["Care"]


def test_every_owner_that_ever_was_is_kept(cast: Cast) -> None:
    for _ in range(3):
        commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
        commands.transfer_ownership(cast.compare_online, department=cast.online, actor=cast.retail_head)
    history = Ownership.objects.filter(touchpoint=cast.compare_online)
    assert history.count() == 7
    assert history.current().count() == 1
    assert len(data_of("ownership.transferred")) == 6


def test_who_is_named_accountable_in_an_archived_department_is_refused_in_words(cast: Cast) -> None:
    organisation.archive_department(cast.shops, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="archived"):
        commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)


def test_each_change_of_owner_is_one_event(cast: Cast) -> None:
    before = last_event_id()
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    assert kinds_since(before) == ["ownership.transferred"]
