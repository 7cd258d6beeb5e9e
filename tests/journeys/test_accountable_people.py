"""Who may be named as the person that answers for a touchpoint."""

import pytest
from django.db import connection
from django.test import Client

from journeys import commands
from tests.cast import Cast
from tests.journeys.reading import current, owner
from workspace.errors import RuleBroken
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person


def test_a_person_of_another_department_does_not_answer_for_it(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match=r"Bela Billing does not belong to Shops.*works there"):
        commands.set_accountable_person(cast.shop_window, person=cast.billing_lead, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="does not belong to Care"):
        commands.assign_ownership(cast.till, department=cast.care, person=cast.member, actor=cast.service_head)
    with pytest.raises(RuleBroken, match="does not belong to Care"):
        commands.transfer_ownership(
            cast.receipt, department=cast.care, person=cast.billing_lead, actor=cast.service_head
        )
    assert current(cast.shop_window).person == cast.shops_lead
    assert owner(cast.till) is None
    assert owner(cast.receipt) == cast.billing


def test_a_lead_from_elsewhere_answers_for_the_department_that_they_lead(cast: Cast) -> None:
    organisation.add_lead(cast.shops, person=cast.online_lead, actor=cast.administrator)
    commands.set_accountable_person(cast.shop_window, person=cast.online_lead, actor=cast.shops_lead)
    assert current(cast.shop_window).person == cast.online_lead


def test_a_claimant_who_has_become_a_guest_does_not_stand_in_the_way_of_the_approval(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    Person.objects.filter(pk=cast.shops_lead.pk).update(role=Person.Role.GUEST)
    commands.approve_claim(claim, actor=cast.service_head)
    assert (current(cast.till).department, current(cast.till).person) == (cast.shops, None)


def test_a_confirmation_that_comes_after_the_release_is_refused_in_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.billing_lead)
    released: list[bool] = []

    def release_first(execute, sql, params, many, context):
        """Release it after the page has looked who owns it: when it asks where the viewer stands."""
        if "departmentlead" in sql and not released:
            released.append(True)
            commands.release_ownership(cast.receipt, reason="At this moment.", actor=None)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(release_first):
        answer = client.post(f"/touchpoints/{cast.receipt.pk}/attest/", {"mine": "yes"})
    assert released
    assert answer.status_code == 422
    assert "This ownership has ended." in answer.content.decode()
