"""Home in a browser: each role does what it is asked for, where it is asked, by keyboard and on any screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from journeys import commands
from journeys.models import Flag, Handoff, Ownership
from tests.browser.conftest import NARROW, Visitor
from tests.cast import Cast, scan
from workspace import clock
from workspace.organisation.commands import add_lead

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Something in every part."""
    commands.claim_touchpoint(cast.till, department=cast.shops, reason="Our counter.", actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, reason="Our cash desk.", actor=cast.online_lead)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    commands.propose_handoff(crossing, what="The leaflet", within_hours=24, actor=cast.online_lead)
    add_lead(cast.shops, person=cast.executive, actor=cast.administrator)
    Ownership.objects.update(held_from=clock.now() - timedelta(days=200))
    scan()
    return cast


def test_home_is_accessible_and_fits(visit: Visitor, busy: Cast) -> None:
    for person in (busy.shops_lead, busy.executive, busy.member, busy.administrator):
        assert visit("/", person=person).wrong_in_any_look() == [], person


def test_a_lead_confirms_what_is_theirs_from_home(visit: Visitor, busy: Cast) -> None:
    seen = visit("/", person=busy.shops_lead)
    page = seen.page
    page.locator("#home-attestations").get_by_role("button", name="Still ours").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Confirmed: Shops owns Shop window.")
    expect(page.locator("#home-attestations")).to_have_count(0)
    expect(page.locator("#home :focus")).to_have_count(1)  # on what stands in its place now
    assert Ownership.objects.current().get(touchpoint=busy.shop_window).attested_at is not None
    assert seen.complaints == []


def test_not_ours_asks_first(visit: Visitor, busy: Cast) -> None:
    page = visit("/", person=busy.billing_lead).page
    page.locator("#home-attestations").get_by_role("link", name="Not ours").click()
    dialog = page.get_by_role("dialog", name="Not ours")
    dialog.get_by_label("Reason").fill("It is Care's.")
    dialog.get_by_role("button", name="It is not ours").click()
    expect(page.locator("#home-attestations")).to_have_count(0)
    assert Ownership.objects.current().get(touchpoint=busy.receipt).disputed_at is not None


def test_an_executive_decides_a_contested_claim_from_home(visit: Visitor, cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, reason="Our counter.", actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, reason="Our cash desk.", actor=cast.online_lead)
    seen = visit("/", person=cast.executive)
    page = seen.page
    expect(page.locator("#home-decisions")).to_contain_text("Contested")
    page.get_by_role("link", name="Approve for Online Store").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts")).to_contain_text("Online Store owns Till now.")
    expect(page.locator("#home-decisions")).to_have_count(0)
    assert Ownership.objects.current().get(touchpoint=cast.till).department == cast.online
    assert seen.complaints == []


def test_a_handoff_is_accepted_where_it_is_asked_for(visit: Visitor, busy: Cast) -> None:
    page = visit("/", person=busy.shops_lead, width=NARROW).page
    page.locator("#home-handoffs").get_by_role("button", name="Accept").click()
    expect(page.locator("#home-handoffs")).to_have_count(0)
    assert Handoff.objects.get().state == Handoff.State.ACCEPTED


def test_who_is_not_needed_claims_what_is_nobodys(visit: Visitor, cast: Cast) -> None:
    page = visit("/", person=cast.care_lead).page
    expect(page.get_by_role("heading", name="Nothing waits for you. These have no owner yet")).to_be_visible()
    page.get_by_role("button", name="Claim for Care").first.click()
    expect(page.locator("#toasts")).to_contain_text("Care owns")


def test_the_keys_of_the_inbox_work_here_too(visit: Visitor, busy: Cast) -> None:
    page = visit("/", person=busy.executive).page
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("Acknowledged")
    assert Flag.objects.filter(state="acknowledged").count() == 1
    page.keyboard.press("g")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="History", level=1)).to_be_visible()
    page.wait_for_load_state("load")  # the keys are there with the scripts
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="What needs you", level=1)).to_be_visible()
