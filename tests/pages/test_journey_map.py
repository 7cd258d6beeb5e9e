"""A journey as a map: stages, lanes, owners, emotion, and where customers cross between units."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Stage, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.offers import claim_offers
from journeys.queries.places import hold
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


def address(cast: Cast, query: str = "") -> str:
    return f"/journeys/{cast.journey.pk}/{query}"


def markup(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def card(page: str, pk: int) -> str:
    """The markup of one card."""
    found = re.search(
        rf'<li class="map-card" id="touch-{pk}".*?(?=<li class="map-card"|<tbody|</table>)', page, re.DOTALL
    )
    assert found, pk
    return found[0]


def words(page: str, pk: int) -> str:
    """What one card says."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card(page, pk))).strip()


def lanes(page: str) -> list[str]:
    return re.findall(r'<tbody class="map-lane" role="rowgroup" data-lane="([^"]*)"', page)


def cells(page: str) -> dict[str, tuple[str, str]]:
    """Stage and lane of each card, by its id."""
    found: dict[str, tuple[str, str]] = {}
    for stage, lane, rest in re.findall(
        r'<ol class="map-cell" data-stage="(\d+)" data-lane="([^"]*)"(.*?)</td>', page, re.DOTALL
    ):
        found |= dict.fromkeys(re.findall(r'id="touch-(\d+)"', rest), (stage, lane))
    return found


def test_shows_stages_lanes_and_owners(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = text_of(client.get(address(cast)))
    assert "50 % 3 of 6 owned" in page
    assert "Pay 1 of 2 owned 1 unowned" in page
    assert "Retail 3 touchpoints · 1 unowned" in page
    assert "Service 3 touchpoints · 2 unowned" in page
    assert "Step 1 Till" in page
    assert "Unowned in Service" in page


@pytest.mark.parametrize(
    ("query", "lane"), [("", "{retail}"), ("?lanes=channel", "web"), ("?lanes=visibility", "frontstage")]
)
def test_each_touchpoint_stands_in_its_stage_and_lane(cast: Cast, client: Client, query: str, lane: str) -> None:
    client.force_login(cast.member)
    stands = cells(markup(client, address(cast, query)))
    assert len(stands) == 6
    assert stands[str(cast.compare_online.pk)] == (str(cast.choose.pk), lane.format(retail=cast.retail.pk))


def test_units_come_by_name_and_channels_by_number(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert lanes(markup(client, address(cast))) == [str(cast.retail.pk), str(cast.service.pk)]
    assert lanes(markup(client, address(cast, "?lanes=channel"))) == ["store", "email", "phone", "web"]


def test_equal_steps_are_shown_as_alternatives(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = markup(client, address(cast))
    assert "data-joined" not in card(page, cast.ask_a_seller.pk)
    assert words(page, cast.compare_online.pk).startswith("or Step 1 Compare online")
    assert "Step 1: one of 2 alternatives" in card(page, cast.ask_a_seller.pk)


def test_the_curve_has_the_mean_of_each_step(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    curve = client.get(address(cast)).context["curve"]
    assert [(point.name, point.text) for point in curve.points] == [
        ("Shop window", "+1"),
        ("Ask a seller, Compare online", "+0.5"),
        ("Till", "0"),
        ("Receipt", "0"),
        ("Fault line", "\N{MINUS SIGN}2"),
    ]
    assert [point.x for point in curve.points] == [12.5, 37.5, 56.25, 68.75, 87.5]


def test_every_state_of_a_crossing_is_said_on_its_cards(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)

    def says(pk: int) -> str:
        return words(markup(client, address(cast)), pk)

    assert "2 × unowned end from 2 touchpoints Retail unowned end" in says(cast.till.pk)
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    assert "no handoff agreed to Till Service no handoff agreed" in says(cast.compare_online.pk)
    handoff = commands.propose_handoff(
        cast.crossing(cast.compare_online, cast.till), what="The basket", actor=cast.online_lead
    )
    assert "to Till Service handoff proposed" in says(cast.compare_online.pk)
    assert "from Compare online Retail handoff proposed" in says(cast.till.pk)
    commands.accept_handoff(handoff, actor=cast.care_lead)
    assert "to Till Service handoff agreed" in says(cast.compare_online.pk)
    type(handoff).objects.filter(pk=handoff.pk).update(broken_at=clock.now())
    assert "to Till Service handoff not kept" in says(cast.compare_online.pk)
    assert client.get(address(cast)).context["between"] == [
        ("unowned", "unowned end", 1),
        ("broken", "handoff not kept", 1),
    ]


def test_inside_one_unit_nothing_is_a_crossing_between_units(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = markup(client, address(cast))
    assert "map-fold" not in card(page, cast.shop_window.pk)
    commands.assign_ownership(cast.ask_a_seller, department=cast.care, actor=cast.executive)
    page = markup(client, address(cast))
    assert "to Ask a seller Service no handoff agreed" in words(page, cast.shop_window.pk)
    assert "data-elsewhere" in card(page, cast.ask_a_seller.pk)


def test_flags_claims_and_calls_are_on_their_card(cast: Cast, client: Client) -> None:
    scan()
    for department, lead in ((cast.shops, cast.shops_lead), (cast.online, cast.online_lead)):
        commands.claim_touchpoint(cast.till, department=department, reason="Ours.", actor=lead)
    until = clock.today() + timedelta(days=14)
    commands.call_for_owner(cast.shop_window, reason="Not ours.", ends_on=until, actor=cast.shops_lead)
    client.force_login(cast.member)
    page = markup(client, address(cast))
    assert "an owner is called for" in words(page, cast.shop_window.pk)
    assert "4 flags, the worst critical" in words(page, cast.till.pk)
    assert "2 claims" in words(page, cast.till.pk)
    assert "flag" not in words(page, cast.receipt.pk)


def test_whoever_leads_is_offered_to_claim_what_is_unowned(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    page = markup(client, address(cast))
    assert f'href="/touchpoints/{cast.till.pk}/claim/"' in card(page, cast.till.pk)
    assert "claim" not in card(page, cast.receipt.pk)
    client.force_login(cast.member)
    assert "/claim/" not in markup(client, address(cast))


def offered(client: Client, cast: Cast, person: Person) -> set[str]:
    """The touchpoints that the map asks somebody to claim."""
    client.force_login(person)
    return set(re.findall(r'id="claim-(\d+)"', markup(client, address(cast))))


def test_what_its_owner_gives_up_is_offered_to_whoever_could_take_it(cast: Cast, client: Client) -> None:
    window, till = str(cast.shop_window.pk), str(cast.till.pk)
    assert window not in offered(client, cast, cast.online_lead)
    until = clock.today() + timedelta(days=14)
    commands.call_for_owner(cast.shop_window, reason="Not ours.", ends_on=until, actor=cast.shops_lead)
    assert window in offered(client, cast, cast.online_lead)
    assert window in offered(client, cast, cast.retail_head), "who heads the unit speaks for its other department"
    assert window not in offered(client, cast, cast.shops_lead), "the owner has it"
    assert not offered(client, cast, cast.member)
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    assert offered(client, cast, cast.online_lead) == {window, str(cast.ask_a_seller.pk), str(cast.fault_line.pk)}
    assert till in offered(client, cast, cast.shops_lead)
    client.force_login(cast.online_lead)
    client.post(f"/touchpoints/{window}/claim/", {"department": cast.online.pk, "at_once": "yes"})
    assert "Online Store" in words(markup(client, address(cast)), cast.shop_window.pk)
    assert window not in offered(client, cast, cast.online_lead)


def test_the_map_asks_for_a_claim_where_the_rules_take_one(cast: Cast, client: Client) -> None:
    until = clock.today() + timedelta(days=14)
    for touchpoint, lead in ((cast.shop_window, cast.shops_lead), (cast.receipt, cast.billing_lead)):
        commands.call_for_owner(touchpoint, reason="Not ours.", ends_on=until, actor=lead)
    commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    organisation.archive_department(cast.care, actor=cast.administrator)
    free = {cast.shop_window, cast.receipt, cast.till, cast.ask_a_seller, cast.fault_line}
    known = directory()
    for person in (cast.shops_lead, cast.shops_deputy, cast.online_lead, cast.billing_lead, cast.care_lead,
                   cast.retail_head, cast.service_head, cast.executive, cast.member):  # fmt: skip
        could = set()
        for touchpoint in free:
            waiting = [claim.department_id for claim in touchpoint.claims.waiting()]
            place = hold(touchpoint.pk, lock=False).place
            if claim_offers(standing_of(person), known, place, waiting=waiting):
                could.add(str(touchpoint.pk))
        assert offered(client, cast, person) == could, person.name


def test_names_are_text_whatever_stands_in_them(cast: Cast, client: Client) -> None:
    hostile = '<script>alert("1")</script>&lt; \ue000id\ue001 {{ id }} %(n)s'
    for touchpoint in (cast.till, cast.shop_window, cast.ask_a_seller):
        commands.change_touchpoint(touchpoint, name=hostile, channel="<b>\ue000own", actor=cast.administrator)
    organisation.change_department(cast.shops, name='A "<i>\ue000name\ue001', actor=cast.administrator)
    client.force_login(cast.shops_lead)
    for query in ("", "?zoom=whole", f"?stage={cast.pay.pk}", "?lanes=channel"):
        page = markup(client, address(cast, query))
        assert "<script>alert" not in page
        assert "<i>" not in page
        assert "<b>\ue000" not in page
        assert unescape(words(page, cast.till.pk)).count(hostile) == 1, query


def test_only_who_builds_journeys_may_edit_and_nobody_an_archived_one(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead)
    assert "data-may-edit" in markup(client, address(cast))
    type(cast.journey).objects.filter(pk=cast.journey.pk).update(archived_at=clock.now())
    assert "data-may-edit" not in markup(client, address(cast))
    client.force_login(cast.member)
    assert "data-may-edit" not in markup(client, address(cast))


def test_one_stage_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = markup(client, address(cast, f"?stage={cast.pay.pk}"))
    assert set(cells(page)) == {str(cast.till.pk), str(cast.receipt.pk)}
    assert "3 of 6 owned" in page  # the numbers above are those of the whole journey


@pytest.mark.parametrize("stage", ["0", "many", "99999999999999999999", "{other}"])
def test_a_stage_of_another_journey_is_not_found(cast: Cast, client: Client, stage: str) -> None:
    other = Stage.objects.filter(journey=grow(cast, by=1, stages=1)[0]).get()
    client.force_login(cast.member)
    assert client.get(address(cast, f"?stage={stage.format(other=other.pk)}")).status_code == 404


def test_as_of_a_day_shows_its_owners_and_offers_nothing(cast: Cast, client: Client) -> None:
    scan()
    begun = clock.now()
    with clock.at(begun + timedelta(days=10)):
        commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)
        commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    with clock.at(begun + timedelta(days=20)):
        client.force_login(cast.care_lead)
        then = markup(client, address(cast, f"?on={begun.date().isoformat()}"))
        now = markup(client, address(cast))
    assert "Owners as they were at the end of" in then
    assert "Billing" in words(then, cast.receipt.pk)
    assert "Unowned" in words(then, cast.till.pk)
    assert "Care" in words(now, cast.receipt.pk)
    assert "Care" in words(now, cast.till.pk)
    assert "3 of 6 owned" in then
    for nothing in ("data-may-edit", "/claim/", "map-flags", "map-grip"):
        assert nothing not in then


def test_handoffs_are_those_of_the_day(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    begun = clock.now()
    with clock.at(begun + timedelta(days=3)):
        crossing = cast.crossing(cast.compare_online, cast.till)
        handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    with clock.at(begun + timedelta(days=6)):
        commands.accept_handoff(handoff, actor=cast.care_lead)
    with clock.at(begun + timedelta(days=9)):
        client.force_login(cast.member)
        said = {}
        for days in (1, 4, 7):
            day = (begun + timedelta(days=days)).date().isoformat()
            said[days] = words(markup(client, address(cast, f"?on={day}")), cast.compare_online.pk)
    assert "no handoff agreed" in said[1]
    assert "handoff proposed" in said[4]
    assert "handoff agreed" in said[7]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("yesterday", "“yesterday” is no day."),
        ("2026-02-30", "is no day."),
        ("2999-01-01", "2999-01-01 is not over yet."),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(cast: Cast, client: Client, day: str, reason: str) -> None:
    client.force_login(cast.member)
    answer = client.get(address(cast, f"?on={day}"))
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert "Choose a day until today" in text_of(answer)


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31"])
def test_before_all_history_nobody_owned_anything(cast: Cast, client: Client, day: str) -> None:
    client.force_login(cast.member)
    assert "Nobody is on record as an owner" in text_of(client.get(address(cast, f"?on={day}")))


def test_a_guest_sees_owners_and_no_units(cast: Cast, client: Client) -> None:
    scan()
    organisation.share("journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator)
    client.force_login(cast.guest)
    page = markup(client, address(cast, "?lanes=unit"))
    assert lanes(page) == ["store", "email", "phone", "web"]
    assert "Billing" in words(page, cast.receipt.pk)
    for hidden in ("Retail", "Service", "map-flags", "map-fold", "data-may-edit"):
        assert hidden not in page


def test_an_empty_stage_and_an_empty_journey_are_said(cast: Cast, client: Client) -> None:
    commands.add_stage(cast.journey, name="Renew", actor=cast.administrator)
    empty = commands.create_journey("Nothing yet", actor=cast.administrator)
    client.force_login(cast.member)
    assert "Renew Customers meet nobody here" in text_of(client.get(address(cast)))
    assert "This journey has no stages yet" in text_of(client.get(empty.get_absolute_url()))


def test_the_first_touchpoint_is_added_where_there_is_none(cast: Cast, client: Client) -> None:
    empty = commands.create_journey("Nothing yet", actor=cast.administrator)
    stages = [commands.add_stage(empty, name=name, actor=cast.administrator) for name in ("Pack", "Send")]
    client.force_login(cast.shops_lead)
    for query in ("", "?zoom=whole", f"?stage={stages[0].pk}"):
        page = markup(client, f"{empty.get_absolute_url()}{query}")
        assert f'href="/journeys/{empty.pk}/touchpoints/add/?stage={stages[0].pk}"' in page, query
        assert "Add the first touchpoint to Pack" in page
        assert "never leaves its business unit" not in page, "nothing is known about where it leads"
    client.force_login(cast.member)
    assert "touchpoints/add" not in markup(client, empty.get_absolute_url())
    renew = commands.add_stage(cast.journey, name="Renew", actor=cast.administrator)
    client.force_login(cast.shops_lead)
    assert "Add the first touchpoint to Renew" in markup(client, address(cast, f"?stage={renew.pk}"))


def test_map_and_list_lead_to_each_other(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert f'href="{address(cast, "list/")}"' in markup(client, address(cast))
    assert f'href="{address(cast)}"' in markup(client, address(cast, "list/"))


def test_the_part_alone_is_what_the_page_shows(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    part = client.get(address(cast), headers={"HX-Request": "true", "HX-Target": "journey-map"}).content.decode()
    assert "<html" not in part
    assert part.strip() in markup(client, address(cast))


@pytest.mark.parametrize("query", ["", "?zoom=whole", "?on=2026-01-01"])
def test_takes_at_most_twelve_statements_for_12_and_for_120_touchpoints(cast: Cast, client: Client, query: str) -> None:
    client.force_login(cast.shops_lead)
    small, large = grow(cast, by=1, stages=3, touchpoints=4)[0], grow(cast, by=1, stages=4, touchpoints=30)[0]
    scan()
    until = clock.today() + timedelta(days=14)
    for journey in (small, large):
        for touchpoint in Touchpoint.objects.filter(stage__journey=journey, business_unit=cast.retail)[:8]:
            commands.assign_ownership(touchpoint, department=cast.online, actor=cast.executive)
            commands.call_for_owner(touchpoint, reason="Not ours.", ends_on=until, actor=cast.online_lead)
    paths = [f"{journey.get_absolute_url()}{query}" for journey in (small, large)]
    assert statements(client, paths[0]) == statements(client, paths[1]) <= 12
