"""Ownership calls on pages: made with a reason and a day, taken by one press, told where people look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from journeys import commands
from journeys.models import OwnershipCall
from tests.cast import Cast, grow
from tests.journeys.reading import owner
from tests.pages.reading import statements, text_of
from workspace import clock


def soon(days: int = 14) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def call(cast: Cast) -> OwnershipCall:
    return commands.call_for_owner(
        cast.compare_online, reason="We close it.", ends_on=clock.today() + timedelta(days=14), actor=cast.online_lead
    )


def test_a_lead_calls_and_what_will_happen_is_said_before(cast: Cast, client: Client) -> None:
    client.force_login(cast.online_lead)
    page = f"/touchpoints/{cast.compare_online.pk}/"
    assert "Call for another owner" in text_of(client.get(page))
    form = client.get(f"{page}call/")
    assert "Online Store stays the owner of Compare online until somebody takes it." in text_of(form)
    assert soon() in form.content.decode()
    told = client.post(f"{page}call/", {"reason": "We close it.", "ends_on": soon(7)}, follow=True)
    assert f"Online Store calls for another owner of Compare online until {soon(7)}." in text_of(told)
    now = text_of(client.get(page))
    assert "Calls for another owner" in now
    assert "A department of Retail takes it at once by claiming it" in now
    assert "Withdraw the call" in now


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"reason": "", "ends_on": soon()}, "This field is required"),
        ({"reason": "We close it.", "ends_on": "tomorrow"}, "Enter a valid date"),
        ({"reason": "We close it.", "ends_on": soon(0)}, "is too soon"),
        ({"reason": "We close it.", "ends_on": soon(200)}, "is too far away"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(cast: Cast, client: Client, data, says: str) -> None:
    client.force_login(cast.online_lead)
    answer = client.post(f"/touchpoints/{cast.compare_online.pk}/call/", data)
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert data["reason"] in answer.content.decode()
    assert not OwnershipCall.objects.exists()


def test_another_department_of_the_unit_takes_it_from_the_list(cast: Cast, client: Client) -> None:
    call(cast)
    client.force_login(cast.shops_lead)
    listed = text_of(client.get("/calls/"))
    for fact in ("Compare online", "We close it.", "Online Store", "Claim for Shops yours at once"):
        assert fact in listed, fact
    told = client.post(
        f"/touchpoints/{cast.compare_online.pk}/claim/",
        {"department": cast.shops.pk, "at_once": "yes", "next": "/calls/"},
        follow=True,
    )
    assert "Shops owns Compare online now." in text_of(told)
    assert owner(cast.compare_online) == cast.shops
    assert "No department calls for another owner" in text_of(client.get("/calls/"))


def test_who_leads_nothing_sees_the_calls_and_is_offered_nothing(cast: Cast, client: Client) -> None:
    call(cast)
    client.force_login(cast.member)
    listed = text_of(client.get("/calls/"))
    assert "Compare online" in listed
    assert "Claim" not in listed
    assert "Withdraw" not in listed


def test_a_call_is_withdrawn_by_a_press(cast: Cast, client: Client) -> None:
    made = call(cast)
    client.force_login(cast.online_lead)
    told = client.post(f"/calls/{made.pk}/withdraw/", follow=True)
    assert "Withdrawn: Online Store keeps Compare online." in text_of(told)
    assert client.post(f"/calls/{made.pk}/withdraw/").status_code == 422


def test_what_is_retired_since_is_offered_to_nobody(cast: Cast, client: Client) -> None:
    call(cast)
    commands.retire_touchpoint(cast.compare_online, actor=cast.administrator)
    client.force_login(cast.shops_lead)
    assert "Compare online" not in text_of(client.get("/calls/"))
    page = text_of(client.get(f"/touchpoints/{cast.compare_online.pk}/"))
    assert "It is retired: nobody can take it" in page
    assert "takes it at once" not in page


def test_takes_at_most_twelve_statements_however_much_there_is(cast: Cast, client: Client) -> None:
    call(cast)
    client.force_login(cast.shops_lead)
    few = statements(client, "/calls/")
    for journey in grow(cast, by=1, stages=2, touchpoints=4, owned=True):
        for stage in journey.stages.all():
            for touchpoint in stage.touchpoints.all():
                commands.call_for_owner(
                    touchpoint, reason="Away.", ends_on=clock.today() + timedelta(days=9), actor=cast.executive
                )
    assert statements(client, "/calls/") == few <= 12
