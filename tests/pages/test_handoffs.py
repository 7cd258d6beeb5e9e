"""Handoffs of a department: what is agreed, proposed, missing or not kept, and what one may do about each."""

from __future__ import annotations

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Handoff
from sprints.models import Absence
from tests.cast import Cast, grow
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation.commands import set_delegate


@pytest.fixture
def agreed(cast: Cast) -> Handoff:
    """From Compare online (Online Store, Retail) to Till (Care, Service), accepted by both."""
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", within_hours=2, actor=cast.online_lead)
    return commands.accept_handoff(handoff, actor=cast.care_lead)


def test_lists_the_own_departments_by_how_they_stand(cast: Cast, client: Client, agreed: Handoff) -> None:
    client.force_login(cast.care_lead)
    page = text_of(client.get("/handoffs/"))
    for fact in ("All 1", "Not kept 0", "Agreed 1", "Handoff agreed", "within 2 hours", "The basket"):
        assert fact in page, fact
    client.force_login(cast.billing_lead)
    assert "All 0" in text_of(client.get("/handoffs/")), "Till and Receipt lie in one unit: nothing has to be agreed"
    commands.transfer_ownership(cast.till, department=cast.billing, actor=cast.service_head)
    assert "Missing 1" in text_of(client.get("/handoffs/")), "the owner changed: it has to be agreed again"
    client.force_login(cast.executive)
    assert "Missing 1" in text_of(client.get("/handoffs/"))
    assert "Missing 1" in text_of(client.get("/handoffs/?department=all"))


def test_one_side_says_that_it_is_not_kept_and_both_confirm_it_again(
    cast: Cast, client: Client, agreed: Handoff
) -> None:
    client.force_login(cast.care_lead)
    assert "It counts as not agreed until both" in text_of(client.get(f"/handoffs/{agreed.pk}/report/"))
    assert client.post(f"/handoffs/{agreed.pk}/report/", {"reason": " "}).status_code == 422
    told = client.post(f"/handoffs/{agreed.pk}/report/", {"reason": "Baskets come empty."}, follow=True)
    assert "is not kept. Both departments are asked to confirm it again." in text_of(told)
    assert "Handoff not kept" in text_of(told), "the page of the touchpoint says so"
    listed = text_of(client.get("/handoffs/?stands=broken"))
    for fact in ("Not kept 1", "Baskets come empty.", "Confirm it again", "Decline"):
        assert fact in listed, fact
    assert "1 not kept" not in listed
    assert client.post(f"/handoffs/{agreed.pk}/accept/").status_code == 302
    client.force_login(cast.online_lead)
    assert client.post(f"/handoffs/{agreed.pk}/accept/").status_code == 302
    assert "Agreed 1" in text_of(client.get("/handoffs/"))


def test_a_broken_one_shows_in_the_seams_of_its_journey(cast: Cast, client: Client, agreed: Handoff) -> None:
    commands.report_broken(agreed, reason="Baskets come empty.", actor=cast.care_lead)
    client.force_login(cast.member)
    pages = [client.get(f"/journeys/{cast.journey.pk}/{part}") for part in ("", "list/")]
    assert any("not kept" in text_of(page) for page in pages if page.status_code == 200)


def test_who_stands_in_for_somebody_sees_their_own_department_first(cast: Cast, client: Client) -> None:
    set_delegate(cast.billing_lead, delegate=cast.online_lead, actor=cast.billing_lead)
    Absence.objects.create(person=cast.billing_lead, starts_on=clock.today(), ends_on=clock.today())
    client.force_login(cast.online_lead)
    assert client.get("/handoffs/").context["form"]["department"].value() == str(cast.online.pk)


@pytest.mark.parametrize("query", ["?department=999", "?department=x", "?stands=lost", "?page=-4", "?department="])
def test_what_no_filter_knows_is_answered_with_a_list(cast: Cast, client: Client, query: str) -> None:
    client.force_login(cast.member)
    assert client.get(f"/handoffs/{query}").status_code == 200


def test_takes_at_most_twelve_statements_however_much_there_is(cast: Cast, client: Client, agreed: Handoff) -> None:
    client.force_login(cast.executive)
    few = statements(client, "/handoffs/?department=all")
    grow(cast, by=2, stages=3, touchpoints=4, owned=True)
    assert statements(client, "/handoffs/?department=all") == few <= 12
