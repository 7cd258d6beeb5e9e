"""A journey as a list: stages, owners, and the places where customers cross between units."""

import pytest
from django.test import Client

from journeys import commands
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of


def test_shows_owners_stage_by_stage_and_names_what_nobody_owns(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = text_of(client.get(f"/journeys/{cast.journey.pk}/list/"))
    assert "50 % 3 of 6 owned" in page
    assert "Notice 1 of 1 owned" in page
    assert "Pay 1 of 2 owned 1 unowned" in page
    assert "Shop window Store +1 Good" in page
    assert "Till Store 0 Neutral Moment of truth" in page
    assert "Unowned in Service" in page


def test_shows_what_happens_between_units_and_whether_it_is_agreed(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    address = f"/journeys/{cast.journey.pk}/list/"
    choose = client.get(address).context["page"].bands[1]
    assert [(s.from_unit, s.to_unit, s.n, s.gaps, s.nobody) for s in choose.onward] == [("Retail", "Service", 2, 1, 1)]
    assert "2 crossings 1 with one end nobody’s 1 with both ends nobody’s" in text_of(client.get(address))

    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    assert "1 with one end nobody’s 1 proposed" in text_of(client.get(address))
    commands.accept_handoff(handoff, actor=cast.care_lead)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    assert "2 crossings 1 without a handoff 1 agreed" in text_of(client.get(address))


def test_a_single_crossing_is_named(cast: Cast, client: Client) -> None:
    commands.retire_touchpoint(cast.ask_a_seller, actor=cast.administrator)
    client.force_login(cast.member)
    page = text_of(client.get(f"/journeys/{cast.journey.pk}/list/"))
    assert "Compare online → Till One end is nobody’s" in page
    assert "Retired, not shown 1" in page
    assert "Ask a seller" not in page


@pytest.mark.parametrize(
    ("show", "there", "gone"), [("unowned", "Till", "Receipt"), ("flagged", "Till", "Compare online")]
)
def test_can_be_narrowed_to_what_is_missing(cast: Cast, client: Client, show: str, there: str, gone: str) -> None:
    client.force_login(cast.member)
    page = text_of(client.get(f"/journeys/{cast.journey.pk}/list/?show={show}"))
    assert there in page
    assert gone not in page


def test_an_empty_stage_is_said(cast: Cast, client: Client) -> None:
    commands.add_stage(cast.journey, name="Renew", actor=cast.administrator)
    client.force_login(cast.member)
    page = text_of(client.get(f"/journeys/{cast.journey.pk}/list/"))
    assert "Renew No touchpoint in this stage: customers meet nobody here." in page


def test_flags_are_counted_at_their_touchpoint(cast: Cast, client: Client) -> None:
    scan()
    client.force_login(cast.member)
    bands = client.get(f"/journeys/{cast.journey.pk}/list/").context["page"].bands
    cards = {card.touchpoint.name: (card.flags, card.worst) for b in bands for _step, cs in b.steps for card in cs}
    assert cards["Till"] == (3, 4)
    assert cards["Receipt"] == (0, None)
    assert bands[3].flags == 1


def test_takes_eight_statements_for_12_and_for_120_touchpoints(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    small, large = grow(cast, by=1, stages=3, touchpoints=4)[0], grow(cast, by=1, stages=4, touchpoints=30)[0]
    scan()
    assert statements(client, f"/journeys/{small.pk}/list/") == statements(client, f"/journeys/{large.pk}/list/") == 8
