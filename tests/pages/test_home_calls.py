"""Home: calls for another owner, until somebody answers them and where nobody does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.commands.calls import end_unanswered
from journeys.models import OwnershipCall, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.places import hold
from journeys.rules.claims import can_own, is_owned_at_once
from sprints.models import Absence
from tests.cast import Cast, grow
from tests.pages.reading import home, text_of
from workspace import clock
from workspace.organisation.commands import add_lead, set_delegate
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.usefixtures("fresh_cache")


def call_for_owner(cast: Cast, *, days: int = 9) -> OwnershipCall:
    """Online Store calls for another owner of Compare online, in Retail."""
    ends_on = clock.today() + timedelta(days=days)
    return commands.call_for_owner(cast.compare_online, reason="We close it.", ends_on=ends_on, actor=cast.online_lead)


def calls_of(client: Client, person: Person) -> list[Any]:
    return list(home(client, person).context["page"].calls)


def unanswered(cast: Cast) -> OwnershipCall:
    made = call_for_owner(cast)
    OwnershipCall.objects.filter(pk=made.pk).update(ends_on=clock.today())
    return end_unanswered(made)


def test_a_call_that_my_department_could_answer_is_offered_to_me(cast: Cast, client: Client) -> None:
    made = call_for_owner(cast)
    for who in ("shops_lead", "shops_deputy"):
        page = home(client, getattr(cast, who))
        assert page.context["counts"]["calls"] == 1
        text = text_of(page)
        for fact in ("Calls for another owner 1", "Offered to you", "We close it.", "Claim for Shops yours at once"):
            assert fact in text, fact
    told = {"department": cast.shops.pk, "at_once": "yes", "next": "/"}
    client.post(f"/touchpoints/{cast.compare_online.pk}/claim/", told)
    assert calls_of(client, cast.shops_lead) == []
    made.refresh_from_db()
    assert made.state == OwnershipCall.State.ANSWERED


@pytest.mark.parametrize(
    "who", ["billing_lead", "care_lead", "service_head", "retail_head", "member", "executive", "administrator"]
)
def test_a_call_that_does_not_concern_me_is_none_of_mine(cast: Cast, client: Client, who: str) -> None:
    call_for_owner(cast)
    assert calls_of(client, getattr(cast, who)) == []


def test_what_is_offered_is_what_a_claim_takes_at_once(cast: Cast, client: Client) -> None:
    """Whoever leads is offered on home what their own department could take at once, and nothing else."""
    call_for_owner(cast)
    add_lead(cast.online, person=cast.shops_deputy, actor=cast.administrator)
    add_lead(cast.shops, person=cast.care_lead, actor=cast.administrator)
    place = hold(cast.compare_online.pk, lock=False).place
    for who in ("shops_lead", "shops_deputy", "online_lead", "billing_lead", "care_lead", "retail_head", "member"):
        person = getattr(cast, who)
        led = [d for d in directory().open_departments() if standing_of(person).leads_department(d.id)]
        takes = {d.id for d in led if can_own(d.candidate, place) and is_owned_at_once(d.candidate, place)}
        offered = {offer.department.id for row in calls_of(client, person) for offer in row.claims}
        assert offered == takes, who


def test_my_own_call_stays_in_sight_until_somebody_answers(cast: Cast, client: Client) -> None:
    made = call_for_owner(cast)
    text = text_of(home(client, cast.online_lead))
    assert "Nobody has answered yet" in text
    assert "Withdraw the call" in text
    assert client.post(f"/calls/{made.pk}/withdraw/", {"next": "/"}).status_code == 302
    assert calls_of(client, cast.online_lead) == []


def test_a_call_that_nobody_answered_is_told_to_who_called_and_to_the_head_who_is_asked(
    cast: Cast, client: Client
) -> None:
    unanswered(cast)
    (own,) = calls_of(client, cast.online_lead)
    assert (own.is_open, own.may_call_again, own.may_transfer) == (False, True, False)
    text = text_of(client.get("/"))
    assert "Nobody answered" in text
    assert "the head of Retail is asked now" in text
    (asked,) = calls_of(client, cast.retail_head)
    assert (asked.may_call_again, asked.may_transfer) == (True, True)
    assert client.get(f"/touchpoints/{cast.compare_online.pk}/transfer/").status_code == 200
    assert calls_of(client, cast.shops_lead) == [], "it is offered no more"
    OwnershipCall.objects.update(ended_at=clock.now() - timedelta(days=15))
    assert calls_of(client, cast.online_lead) == calls_of(client, cast.retail_head) == []


@pytest.mark.parametrize("how", ["called again", "handed over", "retired", "archived"])
def test_a_call_of_yesterday_is_not_told_where_it_is_settled(cast: Cast, client: Client, how: str) -> None:
    unanswered(cast)
    if how == "called again":
        again = call_for_owner(cast)
        assert [row.call.pk for row in calls_of(client, cast.online_lead)] == [again.pk]
        assert calls_of(client, cast.retail_head) == []
        return
    if how == "handed over":
        commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    elif how == "retired":
        commands.retire_touchpoint(cast.compare_online, actor=cast.administrator)
    else:
        commands.archive_journey(cast.journey, actor=cast.administrator)
    for who in ("online_lead", "retail_head", "shops_lead"):
        assert calls_of(client, getattr(cast, who)) == [], who


def test_whoever_stands_in_for_a_lead_is_offered_it_too(cast: Cast, client: Client) -> None:
    call_for_owner(cast)
    set_delegate(cast.shops_lead, delegate=cast.other_member, actor=cast.shops_lead)
    Absence.objects.create(person=cast.shops_lead, starts_on=clock.today(), ends_on=clock.today())
    (row,) = calls_of(client, cast.other_member)
    assert [offer.department.name for offer in row.claims] == ["Shops"]


def test_all_calls_that_concern_me_are_one_list(cast: Cast, client: Client) -> None:
    for journey in grow(cast, by=1, stages=2, touchpoints=6, owned=True):
        for touchpoint in Touchpoint.objects.filter(stage__journey=journey, business_unit=cast.retail):
            ends_on = clock.today() + timedelta(days=20)
            commands.call_for_owner(touchpoint, reason="Away.", ends_on=ends_on, actor=cast.shops_lead)
    page = home(client, cast.online_lead)
    assert page.context["counts"]["calls"] == 6
    assert len(page.context["page"].calls) == 5
    assert "All 6" in text_of(page)
    whole = client.get("/?show=calls")
    assert len(whole.context["page"].calls) == 6
    assert whole.context["page"].flags == []
