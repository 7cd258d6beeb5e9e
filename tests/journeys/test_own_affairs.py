"""Nobody decides about their own department: not by deciding, and not by a way around the decision."""

import pytest

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
