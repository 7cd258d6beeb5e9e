"""Somebody is away: their delegate leads and decides for them, says for whom, and decides nothing that is their own."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Claim
from sprints.models import Absence
from tests.cast import Cast, scan
from tests.journeys.reading import current, data_of, owner
from tests.pages.reading import text_of
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


def away(person: Person, delegate: Person | None, *, starts: int = 0, ends: int = 3) -> None:
    """The person is away from `starts` to `ends` days from now, with this delegate."""
    organisation.set_delegate(person, delegate=delegate, actor=person)
    today = clock.today()
    Absence.objects.create(
        person=person, starts_on=today + timedelta(days=starts), ends_on=today + timedelta(days=ends)
    )


def test_a_delegate_leads_and_heads_on_the_days_of_absence_alone(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    away(cast.service_head, cast.member)
    away(cast.online_lead, cast.other_member, starts=1)
    away(cast.billing_lead, cast.other_member, starts=-3, ends=-1)
    standing = standing_of(cast.member)
    assert standing.leads == {cast.shops.pk}
    assert standing.heads == {cast.service.pk}
    assert standing_of(cast.other_member).leads == frozenset(), "not yet, and not any more"


def test_who_is_away_goes_on_deciding_and_a_delegate_of_a_delegate_does_not(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    away(cast.member, cast.other_member)
    assert standing_of(cast.shops_lead).leads_department(cast.shops.pk)
    assert standing_of(cast.member).leads_department(cast.shops.pk)
    assert not standing_of(cast.other_member).leads


@pytest.mark.parametrize("gone", ["the delegate", "the absent one"])
def test_who_has_left_lends_nothing_and_takes_nothing(cast: Cast, gone: str) -> None:
    away(cast.shops_lead, cast.other_member)
    leaver = cast.other_member if gone == "the delegate" else cast.shops_lead
    organisation.deactivate_person(leaver, actor=cast.administrator)
    cast.other_member.refresh_from_db()
    assert not standing_of(cast.other_member).leads


def test_it_takes_one_statement(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    with CaptureQueriesContext(connection) as captured:
        standing_of(cast.member)
    assert len(captured) == 1


def test_a_claim_for_somebody_says_for_whom_and_makes_nobody_else_accountable(cast: Cast, client: Client) -> None:
    away(cast.online_lead, cast.other_member)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.online, actor=cast.other_member)
    assert owner(cast.ask_a_seller) == cast.online
    assert current(cast.ask_a_seller).person is None
    assert data_of("claim.made")[-1]["for"] == [cast.online_lead.pk]
    client.force_login(cast.member)
    history = text_of(client.get(f"/touchpoints/{cast.ask_a_seller.pk}/history/"))
    assert "(for Olga Online )" in history


def test_a_decision_for_somebody_says_for_whom(cast: Cast) -> None:
    away(cast.online_lead, cast.other_member)
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=cast.other_member)
    assert data_of("claim.accepted")[-1]["for"] == [cast.online_lead.pk]
    assert current(cast.compare_online).approved_by == cast.other_member


def test_what_one_may_do_oneself_is_done_for_nobody(cast: Cast) -> None:
    away(cast.shops_lead, cast.shops_deputy)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_deputy)
    assert "for" not in data_of("claim.made")[-1]
    assert current(cast.ask_a_seller).person == cast.shops_deputy


def test_nobody_decides_their_own_claim_by_standing_in_for_who_decides_it(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    away(cast.online_lead, cast.shops_lead)
    with pytest.raises(NotAllowed, match="Nobody decides a claim of their own"):
        commands.approve_claim(claim, actor=cast.shops_lead)
    assert Claim.objects.waiting().get() == claim


def test_nobody_has_their_claim_decided_by_their_own_delegate(cast: Cast) -> None:
    """The delegate of the claimant stands in for the head of the unit as well: the claim is theirs all the same."""
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    away(cast.shops_lead, cast.care_lead)
    away(cast.service_head, cast.care_lead)
    with pytest.raises(NotAllowed, match="Nobody decides a claim of their own"):
        commands.approve_claim(claim, actor=cast.care_lead)


def test_a_delegate_of_the_head_appoints_no_leads(cast: Cast) -> None:
    away(cast.service_head, cast.member)
    with pytest.raises(NotAllowed):
        organisation.add_lead(cast.care, person=cast.member, actor=cast.member)


def test_a_handoff_is_accepted_for_somebody(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    away(cast.care_lead, cast.member)
    assert commands.accept_handoff(handoff, actor=cast.member).state == "accepted"
    assert data_of("handoff.accepted")[-1]["for"] == [cast.care_lead.pk]


def test_a_circle_of_delegates_is_refused_and_named(cast: Cast) -> None:
    organisation.set_delegate(cast.shops_lead, delegate=cast.member, actor=cast.shops_lead)
    organisation.set_delegate(cast.member, delegate=cast.care_lead, actor=cast.member)
    with pytest.raises(RuleBroken, match="Cara Care → Liam Lead → Mia Member → Cara Care"):
        organisation.set_delegate(cast.care_lead, delegate=cast.shops_lead, actor=cast.care_lead)


def test_the_account_says_who_stands_in_and_leads_to_the_choice(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead)
    assert "Nobody leads and decides for you" in text_of(client.get("/account/"))
    organisation.set_delegate(cast.shops_lead, delegate=cast.member, actor=cast.shops_lead)
    page = client.get("/account/")
    assert "Mia Member leads and decides for you on the days of your absence." in text_of(page)
    assert f"/people/{cast.shops_lead.pk}/delegate/" in page.content.decode()
    assert 'href="/absences/add/"' in page.content.decode(), "and where the days of the absence are entered"


@pytest.mark.parametrize("how", ["leaves", "becomes a guest"])
def test_the_account_says_when_the_delegate_cannot_stand_in_any_more(cast: Cast, client: Client, how: str) -> None:
    organisation.set_delegate(cast.shops_lead, delegate=cast.member, actor=cast.shops_lead)
    if how == "leaves":
        organisation.deactivate_person(cast.member, actor=cast.administrator)
    else:
        organisation.set_role(cast.member, role=Person.Role.GUEST, actor=cast.administrator)
    client.force_login(cast.shops_lead)
    assert "Mia Member cannot stand in for you any more: name somebody else." in text_of(client.get("/account/"))


# --- The history says for whom ---------------------------------------------------------------------------------------


def for_whom(kind: str) -> list[int]:
    """For whom the last event of this kind was done."""
    named: list[int] = data_of(kind)[-1].get("for", [])
    return named


def test_a_delegate_of_the_same_department_acts_for_the_absent_lead_too(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.member)
    assert for_whom("claim.made") == [cast.shops_lead.pk]
    assert current(cast.ask_a_seller).person == cast.member, "they work there themselves"


def test_nobody_is_named_whose_right_was_not_used(cast: Cast) -> None:
    """The delegate stands in for somebody who merely works in the department as well."""
    away(cast.shops_lead, cast.other_member)
    away(cast.member, cast.other_member)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.other_member)
    assert for_whom("claim.made") == [cast.shops_lead.pk]
    assert current(cast.ask_a_seller).person is None


@pytest.mark.parametrize(("mine", "kind"), [(True, "ownership.attested"), (False, "ownership.disputed")])
def test_an_answer_to_still_ours_says_for_whom(cast: Cast, client: Client, mine: bool, kind: str) -> None:
    away(cast.online_lead, cast.other_member)
    commands.set_accountable_person(cast.compare_online, person=None, actor=cast.online_lead)
    commands.attest_ownership(current(cast.compare_online), mine=mine, reason="Seen.", actor=cast.other_member)
    assert for_whom(kind) == [cast.online_lead.pk]
    client.force_login(cast.member)
    assert "(for Olga Online )" in text_of(client.get(f"/touchpoints/{cast.compare_online.pk}/history/"))


def test_the_accountable_person_answers_for_themselves_whomever_they_stand_in_for(cast: Cast) -> None:
    commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    away(cast.shops_lead, cast.member)
    commands.attest_ownership(current(cast.shop_window), mine=True, actor=cast.member)
    assert for_whom("ownership.attested") == []


def silence(days: int) -> dict[str, Any]:
    return {"until": clock.today() + timedelta(days=days), "reason": "Later."}


def test_each_answer_to_a_flag_says_for_whom(cast: Cast, client: Client) -> None:
    scan()
    away(cast.retail_head, cast.other_member)
    flag = cast.flag("no-owner", cast.ask_a_seller)
    for answer in (
        partial(commands.acknowledge_flag, flag),
        partial(commands.snooze_flag, flag, **silence(7)),
        partial(commands.end_silence, flag),
        partial(commands.waive_flag, flag, **silence(60)),
    ):
        answer(actor=cast.other_member)
    for kind in ("flag.acknowledged", "flag.snoozed", "flag.silence_ended", "flag.waived"):
        assert for_whom(kind) == [cast.retail_head.pk], kind
    client.force_login(cast.member)
    history = text_of(client.get(f"/touchpoints/{cast.ask_a_seller.pk}/history/"))
    assert history.count("(for Rita Retail )") == 4


@pytest.mark.parametrize("role", ["executive", "administrator"])
def test_who_may_answer_any_flag_answers_it_for_nobody(cast: Cast, role: str) -> None:
    scan()
    actor: Person = getattr(cast, role)
    away(cast.retail_head, actor)
    commands.acknowledge_flag(cast.flag("no-owner", cast.ask_a_seller), actor=actor)
    assert for_whom("flag.acknowledged") == []


def test_an_executive_claims_and_agrees_for_somebody_for_they_speak_for_no_department(cast: Cast) -> None:
    away(cast.care_lead, cast.executive)
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.executive)
    assert for_whom("claim.made") == [cast.care_lead.pk]
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    commands.accept_handoff(handoff, actor=cast.executive)
    assert for_whom("handoff.accepted") == [cast.care_lead.pk]
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.deny_claim(claim, reason="It stays here.", actor=cast.executive)
    assert for_whom("claim.denied") == [], "an executive decides by their own right"


def test_who_accepts_what_they_proposed_themselves_says_for_whom_they_accept(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    assert for_whom("handoff.proposed") == []
    away(cast.care_lead, cast.online_lead)
    assert commands.accept_handoff(handoff, actor=cast.online_lead).state == "accepted"
    assert for_whom("handoff.accepted") == [cast.care_lead.pk]
    commands.report_broken(handoff, reason="Baskets come empty.", actor=cast.online_lead)
    assert for_whom("handoff.broken") == [], "either side alone may say so"


def test_who_hands_over_between_two_departments_says_for_whom_each_side_agrees(cast: Cast) -> None:
    away(cast.shops_lead, cast.online_lead)
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.online_lead)
    assert for_whom("ownership.transferred") == [cast.shops_lead.pk]
    away(cast.retail_head, cast.other_member)
    commands.assign_ownership(cast.ask_a_seller, department=cast.online, actor=cast.other_member)
    assert for_whom("ownership.started") == [cast.retail_head.pk]
    commands.set_accountable_person(cast.ask_a_seller, person=cast.online_lead, actor=cast.other_member)
    assert for_whom("ownership.person_set") == [cast.retail_head.pk]


def test_who_approves_an_owner_from_outside_for_the_head_says_so(cast: Cast) -> None:
    commands.transfer_ownership(cast.compare_online, department=cast.billing, actor=None)
    away(cast.retail_head, cast.other_member)
    commands.approve_outside_owner(cast.compare_online, actor=cast.other_member)
    assert for_whom("ownership.outside_approved") == [cast.retail_head.pk]
