"""Home: what I asked for, until it is decided, and what was decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Claim, Handoff
from journeys.queries.directory import directory
from journeys.queries.home import Window, home_of
from tests.cast import Cast, grow
from tests.pages.reading import home, text_of
from workspace import clock
from workspace.organisation.commands import add_lead
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.usefixtures("fresh_cache")


def test_a_handoff_that_is_not_kept_says_so_where_i_wait_for_it(cast: Cast, client: Client) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    handoff = commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    handoff = commands.accept_handoff(handoff, actor=cast.shops_lead)
    commands.report_broken(handoff, reason="No leaflets come.", actor=cast.online_lead)
    assert "Confirm it again" in text_of(home(client, cast.online_lead)), "both sides are asked"
    commands.accept_handoff(handoff, actor=cast.online_lead)
    text = text_of(client.get("/"))
    for fact in ("Not kept", "No leaflets come.", "To confirm again"):
        assert fact in text, fact


def test_my_claims_tell_who_decides_until_when_and_what_was_decided(cast: Cast, client: Client) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    for person in (cast.shops_lead, cast.shops_deputy):
        text = text_of(home(client, person))
        assert "claimed for Shops" in text
        assert "the head of Service, or an executive" in text
    commands.deny_claim(claim, reason="Billing takes it.", actor=cast.service_head)
    text = text_of(home(client, cast.shops_lead))
    assert "Denied" in text
    assert "Sven Service" in text
    assert "Billing takes it." in text
    Claim.objects.update(decided_at=clock.now() - timedelta(days=15))
    assert "Billing takes it." not in text_of(client.get("/"))


def test_what_was_owned_at_once_is_no_news(cast: Cast, client: Client) -> None:
    assert home(client, cast.shops_lead).context["page"].own_claims == []


def test_a_handoff_that_was_declined_tells_why(cast: Cast, client: Client) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    handoff = commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    commands.decline_handoff(handoff, reason="There is no leaflet.", actor=cast.shops_lead)
    assert handoff.state == Handoff.State.PROPOSED, "the one in hand is older"
    text = text_of(home(client, cast.online_lead))
    assert "Declined" in text
    assert "There is no leaflet." in text


def test_every_page_of_what_i_asked_for_is_full(cast: Cast, client: Client) -> None:
    """Claims, then handoffs, as one list: none is left out and no page is empty."""
    for journey in grow(cast, by=5):
        for touchpoint in journey.stages.get(name="Stage 1").touchpoints.filter(business_unit=cast.service):
            commands.claim_touchpoint(touchpoint, department=cast.shops, actor=cast.shops_lead)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    for _ in range(4):
        handoff = commands.propose_handoff(crossing, what="The leaflet", actor=cast.shops_lead)
        commands.decline_handoff(handoff, reason="No.", actor=cast.online_lead)
    page = home(client, cast.shops_lead).context
    assert page["counts"]["asked"] == 14
    assert (len(page["page"].own_claims), len(page["page"].own_handoffs)) == (3, 2)
    numbers = []
    for first in range(0, 15, 5):
        shown = home_of(standing_of(cast.shops_lead), directory(), only="asked", window=Window(first, first + 5))
        numbers.append((len(shown.own_claims), len(shown.own_handoffs)))
    assert numbers == [(5, 0), (5, 0), (0, 4)]


def test_a_handoff_that_i_can_accept_by_now_is_asked_for_and_not_waited_for(cast: Cast, client: Client) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    assert home(client, cast.online_lead).context["counts"]["asked"] == 1
    add_lead(cast.shops, person=cast.online_lead, actor=cast.administrator)
    page = client.get("/").context
    assert (page["counts"]["handoffs"], page["counts"]["asked"]) == (1, 0)
    assert (len(page["page"].handoffs), len(page["page"].own_handoffs)) == (1, 0)
