"""The ownership overview as people read it: where the gaps are, and what each of them can do about it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils.formats import date_format

from journeys import commands
from journeys.models import CoverageSnapshot, Crossing
from journeys.queries.overview.coverage import Share
from journeys.queries.overview.ties import Ties
from journeys.views.overview_matrix import ratio_text
from journeys.views.overview_tables import percent, points
from tests.cast import Cast, grow, scan
from tests.journeys.overview import mix_up
from tests.pages.reading import text_of
from workspace import clock
from workspace.organisation.models import Person

pytestmark = pytest.mark.usefixtures("fresh_cache")


def enter(client: Client, person: Person) -> Client:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    return client


def note(days_ago: int, live: int, owned: int, **scope: Any) -> None:
    on = clock.today() - timedelta(days=days_ago)
    CoverageSnapshot.objects.create(on=on, live=live, owned=owned, **({"scope": "all"} | scope))


def test_says_how_much_is_owned_and_how_that_has_moved(cast: Cast, client: Client) -> None:
    note(28, 6, 2)
    note(28, 3, 2, scope="unit", scope_id=cast.service.pk)
    page = text_of(enter(client, cast.executive).get("/ownership/"))
    assert "Coverage 50 %" in page
    assert "3 of 6 owned · target 80 %" in page
    assert "+16.7 points since" in page
    assert "Unowned touchpoints 3" in page
    assert "Unowned moments of truth 1 of 1" in page
    assert re.search(r"Service .{0,60}1 of 3 owned · target 80 % −33.3 points", page)
    assert re.search(r"Retail .{0,60}2 of 3 owned · target 80 % not known", page)


def test_says_that_there_is_nothing_to_compare_with(cast: Cast, client: Client) -> None:
    page = text_of(enter(client, cast.member).get("/ownership/"))
    assert "No coverage was noted 28 days ago" in page
    assert "The line begins tomorrow." in page


def test_the_day_that_is_compared_with_is_named(cast: Cast, client: Client) -> None:
    commands.set_rule_settings({"coverage_drop_days": 7}, actor=cast.administrator)
    assert "No coverage was noted 7 days ago" in text_of(enter(client, cast.member).get("/ownership/"))
    note(7, 6, 2)
    note(7, 3, 2, scope="unit", scope_id=cast.service.pk)
    commands.change_journey(cast.journey, name="Buying", actor=cast.administrator)
    answer = client.get("/ownership/")
    day = date_format(clock.today() - timedelta(days=7), "j F")
    assert f"Owned Since {day} Unowned" in text_of(answer)
    assert f'data-label="Since {day}"' in answer.content.decode()
    assert "four weeks" not in text_of(answer)


def test_a_silo_leads_to_its_flag_while_the_rule_is_on(cast: Cast, client: Client) -> None:
    commands.set_rule_settings({"siloed_min_ties": 1}, actor=cast.administrator)
    Crossing.objects.exclude(source__business_unit=F("target__business_unit")).update(active=False)
    link = f'href="/flags/?rule=siloed-unit&amp;unit={cast.retail.pk}"'
    assert link in enter(client, cast.member).get("/ownership/").content.decode()
    commands.set_rule_settings({"off.siloed-unit": True}, actor=cast.administrator)
    page = client.get("/ownership/")
    assert link not in page.content.decode()
    assert "Silo" in text_of(page)


def test_the_line_and_its_table_carry_the_same_numbers_and_leave_missing_days_empty(cast: Cast, client: Client) -> None:
    for days_ago, owned in ((9, 1), (8, 2), (2, 2)):
        note(days_ago, 6, owned)
    answer = enter(client, cast.member).get("/ownership/")
    found = re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', answer.content.decode())
    assert found
    line = json.loads(found[1])
    assert line["shares"] == [16.6, 33.3, None, None, None, None, None, 33.3, None, 50.0]
    assert line["counts"][0] == [1, 6]
    assert line["target"] == 80
    page = text_of(answer)
    assert "noted on 4 of 10 days; the others stay empty" in page
    assert page.count("not noted") == 2  # five days in a row are one line
    assert "3 6 50 %" in page


def test_the_worst_gaps_say_who_could_own_them_and_offer_only_what_the_viewer_may_do(
    cast: Cast, client: Client
) -> None:
    page = enter(client, cast.billing_lead).get("/ownership/")
    first = page.context["seen"].gaps[0]
    assert first.flag.touchpoint == cast.till
    assert "Claim for Billing" in text_of(page)
    assert "Assign" not in text_of(page)
    assert "12,400 contacts a year" in text_of(page)
    assert "Could own it: BI Billing owns 1 of 2 touchpoints in this stage" in re.sub(r"\bS\b", "BI", text_of(page))
    assert "Assign" in text_of(enter(client, cast.service_head).get("/ownership/"))
    looking = text_of(enter(client, cast.member).get("/ownership/"))
    assert "Till" in looking
    assert "Claim" not in looking
    assert "Assign" not in looking


def test_every_offer_is_taken_by_the_command(cast: Cast, client: Client) -> None:
    enter(client, cast.billing_lead)
    offer = client.get("/ownership/").context["seen"].gaps[0].claims[0]
    sent = {"department": offer.department.id, "at_once": "yes", "next": "/ownership/?by=stage"}
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", sent)
    assert answer["Location"] == "/ownership/?by=stage"
    page = client.get("/ownership/")
    assert page.context["whole"].owned == 4
    assert cast.till not in [row.flag.touchpoint for row in page.context["seen"].gaps]


def test_the_parts_come_alone(cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    parts = {"overview": "The worst gaps", "coverage": "Business unit", "crossings": "crossings lead"}
    for part, marker in parts.items():
        answer = client.get("/ownership/", headers={"HX-Request": "true", "HX-Target": part})
        assert b"<html" not in answer.content
        assert marker in answer.content.decode(), part


def test_tables_are_sorted_by_what_was_asked(cast: Cast, client: Client) -> None:
    enter(client, cast.member)

    def names(query: str) -> list[str]:
        return [row.name for row in client.get(f"/ownership/?by=channel{query}").context["rows"]]

    assert names("") == ["store", "phone", "email", "web"]  # two unowned, one, none and none
    assert names("&sort=name") == ["email", "phone", "store", "web"]
    assert names("&sort=-live")[0] == "store"
    assert names("&sort=-share")[:2] == ["web", "email"] or names("&sort=-share")[:2] == ["email", "web"]
    assert names("&sort=nonsense") == names("")


def test_the_matrix_has_headings_for_both_ways_and_words_for_every_number(cast: Cast, client: Client) -> None:
    page = enter(client, cast.member).get("/ownership/")
    html = page.content.decode()
    assert 'role="region" tabindex="0"' in html
    assert '<th scope="col"><span>Retail</span></th>' in html
    assert '<th scope="row">Retail</th>' in html
    where = f"/ownership/crossings/?from={cast.retail.pk}&amp;to={cast.service.pk}"
    cell = re.search(rf'<td data-tone="bad"><a href="{re.escape(where)}">(.*?)</a>', html)
    assert cell
    assert re.sub(r"<[^>]+>", "", cell[1]) == "2 crossings2 unowned"


def test_a_list_of_crossings_offers_the_handoff_and_the_claim(cast: Cast, client: Client) -> None:
    commands.assign_ownership(cast.till, department=cast.billing, actor=cast.executive)
    path = f"/ownership/crossings/?from={cast.retail.pk}&to={cast.service.pk}"
    page = text_of(enter(client, cast.billing_lead).get(f"{path}&state=unaccepted"))
    assert "Compare online" in page
    assert "No handoff agreed Propose a handoff" in page
    assert "Propose" not in text_of(enter(client, cast.member).get(path))
    page = text_of(enter(client, cast.shops_lead).get(path))
    assert "Claim for Shops" in page  # Ask a seller is nobody's
    commands.propose_handoff(cast.crossing(cast.compare_online, cast.till), what="The basket", actor=cast.online_lead)
    assert "Handoff proposed Accept" in text_of(enter(client, cast.billing_lead).get(path))


def test_parameters_that_make_no_sense_narrow_nothing(cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    for path, n in (
        ("/ownership/crossings/?from=99999&to=x&state=nonsense&tie=1", 6),
        ("/ownership/touchpoints/?unit=x&owned=perhaps&truth=1&page=-3", 6),
        ("/ownership/?by=x&sort=--&matrix=x&rows=x", None),
        ("/ownership/?by=stage&journey=%00", None),
        ("/ownership/touchpoints/?stage=%00&channel=%00", None),
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        if n is not None:
            assert page.context["page"].paginator.count == n, path


def test_an_organisation_without_touchpoints_is_told_what_comes_next(cast: Cast, client: Client) -> None:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    page = text_of(enter(client, cast.administrator).get("/ownership/"))
    assert "Nothing to own yet" in page
    assert "import_csv touchpoints" in page
    for path in ("/ownership/touchpoints/", "/ownership/crossings/"):
        assert "matches" in text_of(client.get(path))


def test_where_nothing_leads_from_unit_to_unit_the_page_says_what_that_means(cast: Cast, client: Client) -> None:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    (journey,) = grow(cast, by=1, stages=2, touchpoints=1)
    page = text_of(enter(client, cast.member).get("/ownership/"))
    assert "There is one business unit, so nothing can fall between two." in page
    assert "all internal" in page
    assert "too few to compare" in page
    assert journey.name in page


def test_the_formula_and_its_source_are_one_click_away(cast: Cast, client: Client) -> None:
    page = text_of(enter(client, cast.member).get("/ownership/"))
    assert "E-I index −0.33 n = 6 crossings" in page
    assert "Internal : external 2 : 1" in page
    assert "E-I index = (E − I) ÷ (E + I)" in page
    assert "Krackhardt, D. & Stern, R. N. (1988)" in page


def test_everything_at_once_fits_on_the_page(cast: Cast, client: Client) -> None:
    mix_up(cast, 5)
    scan()
    page = enter(client, cast.member).get("/ownership/?rows=all&matrix=all&by=stage")
    assert page.status_code == 200


def test_guests_find_nothing_there(cast: Cast, client: Client) -> None:
    enter(client, cast.guest)
    for path in ("/ownership/", "/ownership/touchpoints/", "/ownership/crossings/"):
        assert client.get(path).status_code == 404
    assert "Ownership" not in client.get("/journeys/").content.decode()


@pytest.mark.parametrize(
    ("share", "text"), [(Share(8, 7), "87.5 %"), (Share(3, 3), "100 %"), (Share(3000, 2999), "99.9 %"), (None, "–")]
)
def test_percent(share: Share | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("change", "text"), [(1.0, "+1 point"), (-2.5, "−2.5 points"), (0.0, "unchanged"), (None, "")])
def test_points(change: float | None, text: str) -> None:
    assert points(change) == text


@pytest.mark.parametrize(
    ("ties", "text"),
    [
        (Ties(11, 2), "5.5 : 1"), (Ties(1, 12), "1 : 12"), (Ties(3, 0), "all internal"), (Ties(0, 3), "all external"),
        (Ties(0, 0), "–"),
    ],
)  # fmt: skip
def test_ratio(ties: Ties, text: str) -> None:
    assert ratio_text(ties) == text
