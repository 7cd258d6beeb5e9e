"""A guest sees the journeys that are shared with them, who answers for what in them, and nothing else of the house."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Journey, Touchpoint
from tests.access.ways import enter
from tests.cast import Cast, deliver, grow, scan
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation.models import BusinessUnit, Department, Person

HANDOFF = "Customers bring the printed leaflet"
REASON = "We pay for the card terminals"


@pytest.fixture
def full(cast: Cast) -> Cast:
    """The company on a busy day: claims, handoffs, flags, systems, and journeys that are nobody's business."""
    grow(cast, by=2, owned=True)
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, reason=REASON, actor=cast.shops_deputy)
    commands.deny_claim(claim, reason="The till is not a shop window", actor=cast.service_head)
    commands.claim_touchpoint(cast.till, department=cast.online, reason=REASON, actor=cast.online_lead)
    agreed = cast.crossing(cast.shop_window, cast.compare_online)
    commands.propose_handoff(agreed, what=HANDOFF, actor=cast.online_lead)
    system = commands.create_system("Cashbox 3000", technology_owner=cast.care_lead, actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=system, actor=cast.administrator)
    commands.set_accountable_person(cast.shop_window, person=cast.shops_lead, actor=cast.shops_lead)
    commands.set_accountable_person(cast.compare_online, person=None, actor=cast.online_lead)
    commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)
    commands.release_ownership(cast.receipt, reason="Nobody reads receipts", actor=cast.care_lead)
    deliver()
    scan()
    return cast


def pages_of(cast: Cast) -> list[str]:
    """Every page that an invited guest can open."""
    journey = f"/journeys/{cast.journey.pk}/"
    touchpoints = Touchpoint.objects.filter(stage__journey=cast.journey).order_by("pk")
    lists = ["/", "/journeys/", "/journeys/?q=journey", "/journeys/?q=coffee", "/style-guide/"]
    ways = ["", "?lanes=unit", "?lanes=visibility", "?zoom=whole", f"?stage={cast.pay.pk}", "?on=2026-01-01"]
    shown = [f"{journey}{way}" for way in (*ways, "list/", "list/?show=unowned", "list/?show=flagged")]
    return [*lists, *shown, *(touchpoint.get_absolute_url() for touchpoint in touchpoints)]


def hidden_words(cast: Cast) -> set[str]:
    """All names and reasons that stand in the database and are not part of what is shared."""
    shown_people = {cast.guest, cast.executive, cast.shops_lead}  # accountable for the journey, and for a touchpoint
    shown_departments = {cast.shops, cast.online}
    words = {unit.name for unit in BusinessUnit.objects.all()}
    words |= {department.name for department in Department.objects.all() if department not in shown_departments}
    words |= {person.name for person in Person.objects.all() if person not in shown_people}
    words |= {person.email for person in Person.objects.exclude(pk=cast.guest.pk)}
    words |= set(Journey.objects.exclude(pk=cast.journey.pk).values_list("name", flat=True))
    words |= set(Touchpoint.objects.exclude(stage__journey=cast.journey).values_list("name", flat=True))
    return words | {HANDOFF, REASON, "Cashbox 3000", "not a shop window", "Nobody reads receipts", "claim", "handoff"}


def words_on(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", page))


def test_no_page_of_a_guest_names_anything_that_is_not_shared(full: Cast, client: Client) -> None:
    hidden = hidden_words(full)
    enter(client, full, "invited_guest")
    told = []
    for path in pages_of(full):
        for headers in ({}, {"HX-Request": "true", "HX-Target": "journeys"}, {"HX-Request": "true"}):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 200, path
            page = words_on(answer.content.decode()) if path != "/style-guide/" else ""
            told += [(path, word) for word in hidden if re.search(rf"\b{re.escape(word)}\b", page)]
    assert told == []


def test_the_same_words_are_there_for_people_of_the_house(full: Cast, client: Client) -> None:
    """So that the test above cannot pass by looking for what nobody is shown."""
    enter(client, full, "member")
    seen = "".join(words_on(client.get(path).content.decode()) for path in pages_of(full))
    for word in ("Retail", "Service", HANDOFF, REASON, "Cashbox 3000", "Journey 1", "Olga Online", "claim"):
        assert word in seen


def test_no_page_of_a_guest_leads_to_one_that_is_not_there(full: Cast, client: Client) -> None:
    enter(client, full, "invited_guest")
    wrong = set()
    for path in pages_of(full):
        page = client.get(path).content.decode()
        for link in set(re.findall(r'(?:href|hx-get|action)="(/[^"#]*)"', page)):
            where = unescape(link)
            if not where.startswith("/static/") and client.get(where).status_code == 404:
                wrong.add((path, where))
    assert wrong == set()


def test_a_guest_sees_who_answers_for_a_shared_touchpoint(full: Cast, client: Client) -> None:
    enter(client, full, "invited_guest")
    page = text_of(client.get(full.shop_window.get_absolute_url()))
    for words in ("Shop window", "Shops", "Liam Lead", "Compare online", "30,000"):
        assert words in page
    assert "Unowned" in text_of(client.get(full.till.get_absolute_url()))


def test_counts_are_those_of_what_is_shared(full: Cast, client: Client) -> None:
    enter(client, full, "invited_guest")
    answer = client.get("/journeys/")
    assert [row.journey for row in answer.context["rows"]] == [full.journey]
    assert answer.context["page"].paginator.count == 1
    assert "2 of 6" in text_of(answer)
    assert "flag" not in text_of(answer).lower()


@pytest.mark.parametrize("kind", ["guest", "invited_guest"])
def test_what_is_not_shared_is_not_there(full: Cast, client: Client, kind: str) -> None:
    other = Journey.objects.exclude(pk=full.journey.pk).first()
    assert other is not None
    touchpoint = Touchpoint.objects.filter(stage__journey=other).first()
    assert touchpoint is not None
    enter(client, full, kind)
    for path in (other.get_absolute_url(), touchpoint.get_absolute_url(), f"{touchpoint.get_absolute_url()}history/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert other.name not in answer.content.decode()
        assert touchpoint.name not in answer.content.decode()


def test_a_share_ends_by_its_date(cast: Cast, client: Client) -> None:
    enter(client, cast, "invited_guest")
    path = f"/journeys/{cast.journey.pk}/"
    last_day = clock.now() + timedelta(days=29)
    with clock.at(last_day):
        assert client.get(path).status_code == 200
    with clock.at(last_day + timedelta(days=1)):
        client.force_login(cast.guest)
        assert client.get(path).status_code == 404
        assert client.get(cast.till.get_absolute_url()).status_code == 404
        assert "Nothing is shared with you" in text_of(client.get("/"))


@pytest.mark.parametrize("page", ["/journeys/", "journey", "touchpoint", "/"])
def test_pages_of_guests_cost_the_same_at_two_sizes(cast: Cast, client: Client, page: str) -> None:
    paths = {"journey": cast.journey.get_absolute_url(), "touchpoint": cast.till.get_absolute_url()}
    enter(client, cast, "invited_guest")
    small = statements(client, paths.get(page, page))
    grow(cast, by=4)
    for number in range(12):
        commands.add_touchpoint(
            cast.pay, name=f"Desk {number}", business_unit=cast.service, channel="store", actor=cast.administrator
        )
    assert statements(client, paths.get(page, page)) == small <= 12
