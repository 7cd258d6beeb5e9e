"""Two people, two browsers: what one does shows at the other, who goes on undisturbed; offline, and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from journeys import commands as journeys
from journeys.models import Claim
from tests.browser.conftest import Visitor
from tests.cast import Cast, scan
from workspace import clock
from workspace.activity.live.hub import hub
from workspace.organisation import commands as organisation

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_cache")]

ARRIVES = 10_000  # a machine that runs many tests at once is slow; how fast it really is, benchmarks/live.py measures

NOTES = """
    window.seen = [];
    window.streams = [];
    document.addEventListener("live", (event) => window.seen.push(event.detail));
    const Original = EventSource;
    window.EventSource = class extends Original {
        constructor(...all) {
            super(...all);
            window.streams.push(this);
        }
    };
"""


def listening(page: Page) -> Page:
    """The page, once its stream is open; what arrives is noted in `seen`."""
    page.add_init_script(NOTES)
    page.reload()
    page.wait_for_function("() => window.streams.some((one) => one.readyState === EventSource.OPEN)")
    page.evaluate("window.isSame = true")
    return page


def is_same(page: Page) -> bool:
    """Whether the page was not loaded again since."""
    return bool(page.evaluate("window.isSame === true"))


def test_a_flag_that_somebody_answers_changes_in_the_inbox_of_another(visit: Visitor, cast: Cast) -> None:
    scan()
    seen = visit("/flags/", person=cast.executive)
    watching = listening(seen.page)
    acting = visit("/flags/", person=cast.service_head).page
    flag = cast.flag("no-owner", cast.till)
    row = watching.locator(f"#flag-{flag.pk}")
    expect(row).to_be_visible()
    expect(row.get_by_text("Acknowledged")).to_have_count(0)
    acting.locator(f"#flag-{flag.pk}").get_by_role("button", name="Acknowledge").click()
    expect(row.get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)
    assert is_same(watching)
    assert seen.complaints == []


def test_a_claim_shows_on_the_touchpoint_the_journey_the_overview_and_home(visit: Visitor, cast: Cast) -> None:
    scan()
    touchpoint = listening(visit(f"/touchpoints/{cast.till.pk}/", person=cast.member).page)
    journey = listening(visit(f"/journeys/{cast.journey.pk}/", person=cast.member).page)
    overview = listening(visit("/ownership/", person=cast.executive).page)
    home = listening(visit("/", person=cast.service_head).page)
    expect(overview.locator(".ov-percent")).to_have_text("50 %")
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    journeys.claim_touchpoint(cast.fault_line, department=cast.shops, actor=cast.shops_lead)
    expect(touchpoint.locator("#touchpoint .owning-who")).to_contain_text("Billing", timeout=ARRIVES)
    expect(journey.locator("#journey-map")).to_contain_text("4 of 6", timeout=ARRIVES)
    expect(overview.locator(".ov-percent")).to_contain_text("66.6", timeout=ARRIVES)
    expect(home.locator("#home")).to_contain_text("Fault line", timeout=ARRIVES)
    assert Claim.objects.filter(state="waiting").count() == 1
    assert all(is_same(page) for page in (touchpoint, journey, overview, home))
    (first, *_rest) = touchpoint.evaluate("window.seen")
    assert set(first) == {"topic", "kind", "subject", "ids", "id"}
    assert first["topic"] == f"journey:{cast.journey.pk}"


def test_whoever_types_is_left_alone_until_done(visit: Visitor, cast: Cast) -> None:
    page = listening(visit(f"/touchpoints/{cast.till.pk}/", person=cast.member).page)
    page.evaluate(
        """() => {
            const field = Object.assign(document.createElement("input"), { id: "mine", ariaLabel: "Mine" });
            document.getElementById("touchpoint").prepend(field);
            field.focus();
        }"""
    )
    page.keyboard.type("half a sen")
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    page.wait_for_function("() => window.seen.length > 0")
    page.keyboard.type("tence")
    # The history below is a part of its own, in which nobody is busy: once it shows the claim, the other had its turn.
    expect(page.locator("#touchpoint-history")).to_contain_text("Bela Billing", timeout=ARRIVES)
    expect(page.locator("#mine")).to_have_value("half a sentence")
    expect(page.locator("#mine")).to_be_focused()
    expect(page.locator("#touchpoint .owning-who")).not_to_contain_text("Billing")
    page.locator("#mine").blur()
    page.keyboard.press("Tab")
    expect(page.locator("#mine")).to_have_value("half a sentence")  # what was typed is not thrown away either
    page.locator("#mine").fill("")
    page.locator("#mine").blur()
    expect(page.locator("#touchpoint .owning-who")).to_contain_text("Billing", timeout=ARRIVES)


def test_an_open_menu_and_selected_text_hold_it_back(visit: Visitor, cast: Cast) -> None:
    scan()
    page = listening(visit("/flags/", person=cast.service_head).page)
    first = page.locator("#flags .flag").first
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#flags .flag-what'))")
    chosen = page.evaluate("String(getSelection())")
    assert chosen
    flag = cast.flag("no-owner", cast.till)
    journeys.acknowledge_flag(flag, actor=cast.executive)
    page.wait_for_function("() => window.seen.length > 0")
    page.wait_for_timeout(1000)  # nothing is to be seen of it: nothing happens
    assert page.evaluate("String(getSelection())") == chosen
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged")).to_have_count(0)
    page.evaluate("getSelection().removeAllRanges()")
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)
    expect(first).to_be_visible()


def test_what_came_anew_is_answered_in_place_from_the_first_moment(visit: Visitor, cast: Cast) -> None:
    scan()
    page = listening(visit("/flags/", person=cast.service_head).page)
    flag = cast.flag("no-owner", cast.till)
    page.evaluate(
        """(row) => {
            const press = () => document.querySelector(`${row} [data-act=acknowledge] button`).click();
            document.addEventListener("htmx:afterSwap", () => setTimeout(press), { once: true });
            document.body.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
        }""",
        f"#flag-{flag.pk}",
    )
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)
    assert is_same(page)


def test_focus_scroll_and_what_is_unfolded_stay(visit: Visitor, cast: Cast) -> None:
    scan()
    page = listening(visit("/flags/", person=cast.service_head, width=360).page)
    flag = cast.flag("no-owner", cast.till)
    boxes = page.locator(".flag-pick input")
    last = str(boxes.last.get_attribute("id"))
    boxes.last.focus()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
    place = page.evaluate("scrollY")
    journeys.acknowledge_flag(flag, actor=cast.executive)
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_attached(timeout=ARRIVES)
    assert page.evaluate("document.activeElement.id") == last
    assert abs(page.evaluate("scrollY") - place) < 200, "not at the top again"


def test_offline_is_said_quietly_and_back_it_catches_up(visit: Visitor, cast: Cast) -> None:
    scan()
    seen = visit("/flags/", person=cast.executive)
    page = listening(seen.page)
    sign = page.locator("#live-sign")
    expect(sign).to_be_hidden()
    page.context.set_offline(True)
    expect(sign).to_be_visible(timeout=ARRIVES)
    expect(page.locator("#announcer")).to_have_text("Offline – trying again")
    flag = cast.flag("no-owner", cast.till)
    journeys.acknowledge_flag(flag, actor=cast.service_head)
    page.context.set_offline(False)
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)
    expect(sign).to_be_hidden()
    assert is_same(page)


def test_a_server_that_starts_anew_is_found_again(visit: Visitor, cast: Cast) -> None:
    scan()
    page = listening(visit("/flags/", person=cast.executive).page)
    hub.close()
    flag = cast.flag("no-owner", cast.till)
    journeys.acknowledge_flag(flag, actor=cast.service_head)
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)
    assert is_same(page)


def test_a_tab_that_is_left_closes_its_stream_and_catches_up(visit: Visitor, cast: Cast) -> None:
    scan()
    page = visit("/flags/", person=cast.executive).page
    page.clock.install()
    listening(page)
    hide = """(isHidden) => {
        Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide, True)
    page.clock.run_for(11_000)
    page.wait_for_function("() => window.streams.every((one) => one.readyState === EventSource.CLOSED)")
    flag = cast.flag("no-owner", cast.till)
    journeys.acknowledge_flag(flag, actor=cast.service_head)
    page.evaluate(hide, False)
    expect(page.locator(f"#flag-{flag.pk}").get_by_text("Acknowledged").first).to_be_visible(timeout=ARRIVES)


def test_a_page_that_was_open_for_too_long_asks_for_itself_again(
    visit: Visitor, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workspace.activity import topics

    page = listening(visit("/flags/", person=cast.executive).page)
    monkeypatch.setattr(topics, "SALT", "another key")  # as when the installation was given another SECRET_KEY
    hub.close()
    page.wait_for_function("() => window.streams.filter((one) => one.readyState === EventSource.OPEN).length === 1")
    scan()
    expect(page.locator("#flags .flag").first).to_be_visible(timeout=ARRIVES)
    assert is_same(page)


def test_a_guest_sees_what_changes_while_it_is_shared(visit: Visitor, cast: Cast) -> None:
    shared = organisation.share(
        "journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator
    )
    page = listening(visit(f"/journeys/{cast.journey.pk}/", person=cast.guest).page)
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    expect(page.locator("#journey-map")).to_contain_text("4 of 6", timeout=ARRIVES)
    assert page.evaluate("window.seen.every((one) => Object.keys(one).join() === 'topic')")
    organisation.end_share(shared, actor=cast.administrator)
    page.wait_for_function("() => window.streams.every((one) => one.readyState === EventSource.CLOSED)", timeout=30_000)
    expect(page.locator("#live-sign")).to_be_hidden()
