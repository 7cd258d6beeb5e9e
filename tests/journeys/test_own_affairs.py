"""Nobody decides about their own department: not by deciding, and not by a way around the decision."""

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Claim
from tests.cast import Cast
from tests.journeys.reading import owner
from workspace.errors import NotAllowed
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person


def make_executive_of_shops(cast: Cast) -> Person:
    cast.executive.department = cast.shops
    cast.executive.save()
    return cast.executive


def test_a_head_does_not_decide_the_claim_that_they_have_made(cast: Cast) -> None:
    organisation.set_unit_head(cast.service, head=cast.retail_head, actor=cast.administrator)
    claim = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.retail_head)
    with pytest.raises(NotAllowed, match="claim of their own"):
        commands.approve_claim(claim, actor=cast.retail_head)
    assert owner(cast.till) is None
    other = commands.claim_touchpoint(cast.fault_line, department=cast.online, actor=cast.online_lead)
    commands.approve_claim(other, actor=cast.retail_head)
    assert owner(cast.fault_line) == cast.online


def test_an_executive_of_one_claimant_does_not_deny_its_rival(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    rival = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    executive = make_executive_of_shops(cast)
    for decide in (commands.deny_claim, commands.approve_claim):
        with pytest.raises(NotAllowed, match="stands against one of their own department"):
            decide(rival, reason="No.", actor=executive)
    rival.refresh_from_db()
    assert rival.state == Claim.State.WAITING


def test_an_executive_does_not_release_what_their_own_department_could_claim_at_once(
    cast: Cast, client: Client
) -> None:
    executive = make_executive_of_shops(cast)
    organisation.add_lead(cast.shops, person=executive, actor=cast.administrator)
    with pytest.raises(NotAllowed, match="could take this touchpoint at once"):
        commands.release_ownership(cast.compare_online, reason="For us.", actor=executive)
    assert owner(cast.compare_online) == cast.online
    client.force_login(executive)
    page = client.get(f"/touchpoints/{cast.compare_online.pk}/").content.decode()
    assert f"/touchpoints/{cast.compare_online.pk}/release/" not in page
    assert f"/touchpoints/{cast.compare_online.pk}/person/" in page
    assert client.get(f"/touchpoints/{cast.compare_online.pk}/release/").status_code == 403
    commands.release_ownership(cast.receipt, reason="In another unit.", actor=executive)
    assert owner(cast.receipt) is None


@pytest.mark.parametrize("who", ["shops_lead", "retail_head"])
def test_nobody_moves_a_touchpoint_into_their_unit_to_claim_it_at_once(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="another business unit"):
        commands.change_touchpoint(cast.till, business_unit=cast.retail, actor=getattr(cast, who))
    cast.till.refresh_from_db()
    assert cast.till.business_unit == cast.service
    commands.change_touchpoint(cast.till, business_unit=cast.service, name="Tills", actor=getattr(cast, who))
    commands.change_touchpoint(cast.till, business_unit=cast.retail, actor=cast.service_head)


def test_an_executive_moves_a_touchpoint_but_not_to_their_own_department(cast: Cast) -> None:
    executive = make_executive_of_shops(cast)
    with pytest.raises(NotAllowed, match="own department"):
        commands.change_touchpoint(cast.till, business_unit=cast.retail, actor=executive)
    moved = commands.change_touchpoint(cast.ask_a_seller, business_unit=cast.service, actor=executive)
    assert moved.business_unit == cast.service
