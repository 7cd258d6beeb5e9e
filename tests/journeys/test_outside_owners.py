"""An owner from another business unit who is there already is approved in place, by those who could have done it."""

from __future__ import annotations

import pytest

from journeys import commands
from journeys.models import Flag, Ownership
from tests.cast import Cast, scan
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation.commands import add_lead, change_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside(cast: Cast) -> Cast:
    """The receipt, in Service, was handed by Billing to Shops, in Retail: nobody entitled approved that."""
    claim = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=cast.billing_lead)
    scan()
    assert cast.flag("outside-unit", cast.receipt).state == Flag.State.OPEN
    return cast


def current(cast: Cast) -> Ownership:
    return Ownership.objects.current().accountable().get(touchpoint=cast.receipt)


@pytest.mark.parametrize("who", ["service_head", "executive"])
def test_the_head_of_the_unit_or_an_executive_approves_and_the_flag_closes_at_once(outside: Cast, who: str):
    person = getattr(outside, who)
    before = current(outside).pk

    commands.approve_outside_owner(outside.receipt, actor=person)

    assert current(outside).pk == before
    assert current(outside).outside_approved
    assert current(outside).outside_approved_by == person
    assert current(outside).approved_by != person, "who gave it stays"
    assert outside.flag("outside-unit", outside.receipt).state == Flag.State.RESOLVED
    told = Event.objects.get(kind="ownership.outside_approved")
    assert told.data == {
        "touchpoint": outside.receipt.pk,
        "department": outside.shops.pk,
        "unit": outside.service.pk,
    }
    scan()
    assert outside.flag("outside-unit", outside.receipt).state == Flag.State.RESOLVED


@pytest.mark.parametrize("who", ["retail_head", "shops_lead", "billing_lead", "care_lead", "member", "administrator"])
def test_nobody_else_does(outside: Cast, who: str):
    with pytest.raises(NotAllowed, match="The head of Service can, or an executive"):
        commands.approve_outside_owner(outside.receipt, actor=getattr(outside, who))
    assert not current(outside).outside_approved


def test_nor_does_the_house_by_itself(outside: Cast):
    with pytest.raises(NotAllowed):
        commands.approve_outside_owner(outside.receipt, actor=None)


@pytest.mark.parametrize("tie", ["home", "lead"])
def test_nobody_approves_for_their_own_department(outside: Cast, tie: str):
    if tie == "home":
        change_person(outside.executive, department=outside.shops, actor=outside.administrator)
    else:
        add_lead(outside.shops, person=outside.executive, actor=outside.administrator)
    with pytest.raises(NotAllowed, match="their own department"):
        commands.approve_outside_owner(outside.receipt, actor=outside.executive)


def test_who_saw_another_owner_is_told(outside: Cast):
    with pytest.raises(StaleWrite, match="Shops owns Receipt by now"):
        commands.approve_outside_owner(outside.receipt, seen=outside.billing.pk, actor=outside.executive)
    assert not current(outside).outside_approved


def test_there_has_to_be_something_to_approve(outside: Cast):
    with pytest.raises(RuleBroken, match="Nobody owns Till"):
        commands.approve_outside_owner(outside.till, actor=outside.executive)
    with pytest.raises(RuleBroken, match="nothing to approve"):
        commands.approve_outside_owner(outside.shop_window, actor=outside.executive)
    commands.approve_outside_owner(outside.receipt, actor=outside.executive)
    with pytest.raises(RuleBroken, match="approved already"):
        commands.approve_outside_owner(outside.receipt, actor=outside.service_head)


@pytest.mark.parametrize("page", ["touchpoint", "flag"])
def test_the_pages_offer_it_to_those_who_can(client, outside: Cast, page: str):
    flag = outside.flag("outside-unit", outside.receipt)
    path = outside.receipt.get_absolute_url() if page == "touchpoint" else f"/flags/?flag={flag.pk}"
    way = f'action="/touchpoints/{outside.receipt.pk}/approve-owner/"'

    client.force_login(outside.retail_head)
    assert way not in client.get(path).content.decode()

    client.force_login(outside.service_head)
    assert way in client.get(path).content.decode()
    answer = client.post(f"/touchpoints/{outside.receipt.pk}/approve-owner/", {"owner": outside.shops.pk}, follow=True)
    assert "Approved: Shops owns Receipt." in answer.content.decode()
    assert way not in client.get(path).content.decode()
