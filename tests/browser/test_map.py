"""The journey map in a browser: lines between units, zoom by key, a phone, paper, and what changes while one looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from journeys import commands
from tests.browser.conftest import NARROW, Visitor, box
from tests.browser.test_live import ARRIVES, listening
from tests.cast import Cast, scan

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

A3 = (1191, 842)


@pytest.fixture
def agreed(cast: Cast) -> Cast:
    """Compare online and the till are handed over; ask a seller is nobody's, so its crossing to the till has a gap."""
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    handoff = commands.propose_handoff(
        cast.crossing(cast.compare_online, cast.till), what="The basket", actor=cast.online_lead
    )
    commands.accept_handoff(handoff, actor=cast.care_lead)
    scan()
    return cast


def lines(page: Page) -> set[tuple[str, str, str]]:
    """From, to and state of every line that is drawn."""
    drawn = page.locator("#map-lines > g").evaluate_all(
        "all => all.map((one) => [one.dataset.from, one.dataset.to, one.dataset.state])"
    )
    return {(source, target, state) for source, target, state in drawn}


def test_the_map_is_accessible_and_fits_in_every_look(visit: Visitor, agreed: Cast) -> None:
    for query in ("", "?zoom=whole", f"?stage={agreed.pay.pk}", "?on=2026-01-01", "?lanes=channel"):
        seen = visit(f"/journeys/{agreed.journey.pk}/{query}", person=agreed.shops_lead)
        assert seen.wrong_in_any_look() == [], query


def test_lines_join_the_cards_and_tell_the_state(visit: Visitor, agreed: Cast) -> None:
    seen = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.member)
    page, till = seen.page, f"touch-{agreed.till.pk}"
    expect(page.locator("#map-lines > g")).to_have_count(2)
    assert lines(page) == {
        (f"touch-{agreed.compare_online.pk}", till, "agreed"),
        (f"touch-{agreed.ask_a_seller.pk}", till, "unowned"),
    }
    agreed_line = page.locator("#map-lines > g[data-state=agreed]")
    dashes = [
        page.locator(f"#map-lines > g[data-state={state}] > path").evaluate(
            "one => getComputedStyle(one).strokeDasharray"
        )
        for state in ("agreed", "unowned")
    ]
    assert dashes[0] != dashes[1]
    expect(agreed_line.locator("text")).to_have_text("✓")
    source, line = box(page.locator(f"#touch-{agreed.compare_online.pk}")), box(agreed_line.locator("path"))
    assert abs(line["x"] - source["x"] - source["width"]) <= 4  # it begins where the card ends
    page.locator(f"#name-{agreed.compare_online.pk}").focus()
    expect(agreed_line).to_have_attribute("data-on", "")
    assert seen.complaints == []


def test_the_list_on_a_card_says_the_same_without_a_script(visit: Visitor, agreed: Cast) -> None:
    page = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.member, java_script_enabled=False).page
    page.locator(f"#cross-{agreed.till.pk} summary").click()
    listed = page.locator(f"#cross-{agreed.till.pk} li")
    expect(listed).to_have_count(2)
    expect(listed.filter(has_text="Compare online")).to_contain_text("handoff agreed")
    page.get_by_role("link", name="Channel").click()
    expect(page.locator(".map-lane[data-lane=store]")).to_contain_text("Till")


def test_zooms_by_key_from_the_whole_to_one_stage(visit: Visitor, agreed: Cast) -> None:
    seen = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.member)
    page, whole = seen.page, seen.page.locator("#map")
    page.keyboard.press("-")
    expect(whole).to_have_attribute("data-zoom", "whole")
    assert box(page.locator(f"#touch-{agreed.till.pk}"))["height"] < 32
    page.keyboard.press("+")
    expect(whole).to_have_attribute("data-zoom", "normal")
    page.locator(f"#name-{agreed.receipt.pk}").focus()
    page.keyboard.press("+")
    expect(whole).to_have_attribute("data-zoom", "stage")
    expect(page.locator(".map-stage")).to_have_text(re.compile("Pay"))  # the one where the keyboard was
    assert page.url.endswith(f"?stage={agreed.pay.pk}")
    page.keyboard.press("0")
    expect(whole).to_have_attribute("data-zoom", "whole")
    page.go_back()
    expect(whole).to_have_attribute("data-zoom", "stage")
    assert seen.complaints == []


def test_a_phone_shows_one_stage_at_a_time(visit: Visitor, agreed: Cast) -> None:
    page = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.member, width=NARROW).page
    stage, room = box(page.locator(f"#stage-{agreed.notice.pk}")), box(page.locator("#map-scroll"))
    assert abs(stage["width"] - room["width"]) <= 3
    aside = page.locator(f"td[data-stage='{agreed.pay.pk}']").first
    expect(aside).to_have_attribute("data-aside", "")  # the lanes have their height: nothing snaps back any more
    page.locator("#map-scroll").evaluate("one => one.scrollTo(one.clientWidth * 0.7, 0)")
    second = page.locator(f"#stage-{agreed.choose.pk}")
    expect(second).to_be_in_viewport(ratio=0.95)
    assert abs(box(second)["x"] - room["x"]) <= 3  # it snaps


def test_on_a_phone_a_lane_is_as_high_as_what_is_shown_of_it(visit: Visitor, cast: Cast) -> None:
    for number in range(6):
        commands.add_touchpoint(cast.pay, name=f"Form {number}", business_unit=cast.service, actor=cast.administrator)
    seen = visit(f"/journeys/{cast.journey.pk}/", person=cast.shops_lead, width=NARROW)
    page, lane = seen.page, seen.page.locator(f".map-lane[data-lane='{cast.service.pk}']")
    scroller, form = page.locator("#map-scroll"), page.locator(".map-card[data-name='Form 5']")
    expect(lane.locator(f"td[data-stage='{cast.pay.pk}']")).to_have_attribute("data-aside", "")
    low = box(lane)["height"]
    scroller.evaluate("one => one.scrollTo(one.scrollWidth * 0.52, 0)")
    expect(page.locator(f"#stage-{cast.pay.pk}")).to_be_in_viewport(ratio=0.95)
    expect(lane.locator(f"td[data-stage='{cast.pay.pk}']")).not_to_have_attribute("data-aside", "")
    assert box(lane)["height"] > low + 4 * box(form)["height"]
    assert box(lane)["y"] + box(lane)["height"] >= box(form)["y"] + box(form)["height"]
    scroller.evaluate("one => one.scrollTo(0, 0)")
    expect(lane.locator(f"td[data-stage='{cast.pay.pk}']")).to_have_attribute("data-aside", "")
    assert box(lane)["height"] == low
    form.locator(".map-name").focus()  # by keyboard one gets to what is out of sight
    expect(form).to_be_in_viewport()
    assert box(lane)["height"] > low
    page.goto(f"/journeys/{cast.journey.pk}/#touch-{cast.compare_online.pk}")
    online = page.locator(f"#touch-{cast.compare_online.pk}")
    expect(online).to_be_in_viewport()
    online.locator("summary").click()
    online.get_by_role("link", name="Till").click()  # and by a link
    expect(page.locator(f"#touch-{cast.till.pk}")).to_be_in_viewport()
    assert seen.complaints == []


def test_long_names_stay_in_their_place(visit: Visitor, cast: Cast) -> None:
    for number, stage in enumerate((cast.notice, cast.choose, cast.pay)):
        name = f"{number} " + ("Donaudampfschifffahrt" if number else "of many words ") * 14
        commands.rename_stage(stage, name=name[:200], actor=cast.administrator)
    long = ("Rindfleischetikettierung" * 9)[:200]
    commands.change_touchpoint(cast.till, name=long, channel="x" * 50, actor=cast.administrator)
    for query in ("", "?zoom=whole", f"?stage={cast.pay.pk}", "?lanes=channel"):
        seen = visit(f"/journeys/{cast.journey.pk}/{query}", person=cast.shops_lead)
        assert seen.wrong_in_any_look() == [], query
        spilt = """all => all.flatMap((head) => [...head.querySelectorAll("h2, p")].filter((one) => {
            const [inner, outer] = [one.getBoundingClientRect(), head.getBoundingClientRect()];
            return inner.bottom > outer.bottom + 1 || inner.right > outer.right + 1;
        }).map((one) => one.textContent))"""
        assert seen.page.locator(".map-stage").evaluate_all(spilt) == [], query


def test_a_map_without_touchpoints_begins_with_the_first(visit: Visitor, cast: Cast) -> None:
    empty = commands.create_journey("Returning it", actor=cast.administrator)
    for name in ("Pack", "Send"):
        commands.add_stage(empty, name=name, actor=cast.administrator)
    seen = visit(empty.get_absolute_url(), person=cast.shops_lead)
    assert seen.wrong_in_any_look() == []
    page = seen.page
    page.get_by_role("link", name="Add the first touchpoint to Send").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("Parcel shop")
    dialog.get_by_label("Business unit").select_option(label="Retail")
    dialog.get_by_role("button", name="Add").click()
    card = page.locator(".map-card[data-name='Parcel shop']")
    expect(card).to_be_visible()
    assert card.get_attribute("data-stage") == str(empty.stages.get(name="Send").pk)


def test_what_others_do_turns_the_map(visit: Visitor, agreed: Cast) -> None:
    page = listening(visit(f"/journeys/{agreed.journey.pk}/", person=agreed.executive).page)
    lonely = page.locator(f"#touch-{agreed.ask_a_seller.pk}")
    expect(lonely).to_have_attribute("data-unowned", "")
    commands.claim_touchpoint(agreed.ask_a_seller, department=agreed.shops, actor=agreed.shops_lead)
    expect(lonely).to_contain_text("Shops", timeout=ARRIVES)
    expect(page.locator("#map-lines > g[data-state=none]")).to_have_count(1)
    expect(page.locator("#map-lines > g[data-state=unowned]")).to_have_count(0)


def test_a_day_is_chosen_and_left_again(visit: Visitor, agreed: Cast) -> None:
    seen = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.shops_lead)
    page = seen.page
    page.get_by_label("Owners on").fill("2026-01-05")
    expect(page.get_by_text("Owners as they were at the end of 5 January 2026")).to_be_visible()
    expect(page.locator(".map-card[data-unowned]")).to_have_count(6)
    expect(page.locator("[data-grip]")).to_have_count(0)
    page.get_by_role("link", name="Back to today").click()
    expect(page.locator(".map-card[data-unowned]")).to_have_count(2)
    assert seen.complaints == []


def test_goes_on_one_sheet_of_a3_in_ink_that_needs_no_colour(visit: Visitor, agreed: Cast) -> None:
    page = visit(f"/journeys/{agreed.journey.pk}/", person=agreed.shops_lead, theme="dark").page
    expect(page.locator("#map-lines > g")).to_have_count(2)
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert [(round(float(wide)), round(float(high))) for wide, high in sheets] == [A3]
    page.emulate_media(media="print")
    for hidden in (".bar", ".side", ".map-tools", ".map-claim >> nth=0", "[data-grip] >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    unowned = page.locator(f"#touch-{agreed.fault_line.pk}")
    expect(unowned).to_contain_text("Unowned")
    border = unowned.evaluate("one => getComputedStyle(one).border")
    assert "dashed" in border
    assert "rgb(0, 0, 0)" in border
