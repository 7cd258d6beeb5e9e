"""Claiming from the map by mouse, touch and keyboard while somebody watches; two at once; a handoff from both sides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys import commands as journeys
from journeys.models import Claim, Handoff
from tests.browser.conftest import NARROW, WIDE, Visit, Visitor
from tests.browser.test_live import ARRIVES, is_same, listening
from tests.cast import Cast, scan
from tests.journeys.reading import owner
from workspace import clock

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_cache")]


def by_mouse(visit: Visit, card: str) -> None:
    visit.page.locator(card).get_by_role("link", name="Claim Ask a seller").click()
    visit.page.get_by_role("dialog").get_by_role("button", name="Claim", exact=True).click()


def by_touch(visit: Visit, card: str) -> None:
    visit.page.locator(card).get_by_role("link", name="Claim Ask a seller").tap()
    visit.page.get_by_role("dialog").get_by_role("button", name="Claim", exact=True).tap()


def by_keyboard(visit: Visit, card: str) -> None:
    visit.page.locator(card).get_by_role("link", name="Claim Ask a seller").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.tab_to("Claim")
    visit.page.keyboard.press("Enter")


@pytest.mark.parametrize(
    ("hand", "more"),
    [
        (by_mouse, {}),
        (by_touch, {"width": NARROW, "has_touch": True, "is_mobile": True}),
        (by_keyboard, {}),
    ],
    ids=["mouse", "touch", "keyboard"],
)
def test_a_lead_claims_from_the_map_while_an_executive_watches_it_turn(
    visit: Visitor, cast: Cast, hand: Any, more: dict[str, Any]
) -> None:
    scan()
    path, card = f"/journeys/{cast.journey.pk}/", f"#touch-{cast.ask_a_seller.pk}"
    seen = visit(path, person=cast.executive)
    watching = listening(seen.page)
    expect(watching.locator(card)).to_contain_text("Unowned")
    acting = visit(path, person=cast.shops_lead, **more)
    hand(acting, card)
    expect(watching.locator(card)).to_contain_text("Shops", timeout=ARRIVES)
    expect(watching.locator(card)).not_to_contain_text("Unowned")
    assert owner(cast.ask_a_seller) == cast.shops
    assert is_same(watching)
    assert seen.complaints == acting.complaints == []


def test_the_dialog_says_before_what_will_happen_and_when(visit: Visitor, cast: Cast) -> None:
    opened = visit(f"/touchpoints/{cast.till.pk}/claim/", person=cast.shops_lead)
    chosen = opened.page.get_by_label("Department")
    expect(chosen).to_contain_text("Shops – the head of Service, or an executive decides, by ")
    expect(opened.page.get_by_text("nothing changes until then")).to_be_visible()
    assert opened.wrong_in_any_look() == []


def test_of_two_leads_at_once_one_owns_it_and_the_other_is_told_who_was_faster(visit: Visitor, cast: Cast) -> None:
    path = f"/touchpoints/{cast.ask_a_seller.pk}/claim/"
    first = visit(path, person=cast.shops_lead).page
    second = visit(path, person=cast.online_lead).page
    for page, name in ((first, "Shops"), (second, "Online Store")):
        expect(page.get_by_label("Department")).to_contain_text(f"{name} – yours at once")
    first.get_by_role("button", name="Claim", exact=True).click()
    expect(first.get_by_text("Shops owns Ask a seller now.")).to_be_visible()
    second.get_by_role("button", name="Claim", exact=True).click()
    expect(second.get_by_text("Shops became owner of Ask a seller in the meantime.")).to_be_visible()
    assert owner(cast.ask_a_seller) == cast.shops
    assert not Claim.objects.waiting().exists()


def test_what_an_owner_gives_up_is_taken_from_the_list_while_the_owner_watches(visit: Visitor, cast: Cast) -> None:
    ends_on = clock.today() + timedelta(days=14)
    journeys.call_for_owner(cast.compare_online, reason="We close it.", ends_on=ends_on, actor=cast.online_lead)
    seen = visit(f"/touchpoints/{cast.compare_online.pk}/", person=cast.online_lead)
    watching = listening(seen.page)
    expect(watching.locator("#call")).to_contain_text("We close it.")
    assert seen.wrong_in_any_look() == []
    acting = visit("/calls/", person=cast.shops_lead)
    expect(acting.page.get_by_text("yours at once")).to_be_visible()
    assert acting.wrong_in_any_look() == []
    acting.page.get_by_role("button", name="Claim for Shops").click()
    expect(acting.page.get_by_text("No department calls for another owner")).to_be_visible(timeout=ARRIVES)
    expect(watching.locator("#call")).to_have_count(0, timeout=ARRIVES)
    assert owner(cast.compare_online) == cast.shops


def test_a_handoff_is_accepted_from_both_sides_broken_and_confirmed_again(visit: Visitor, cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    giving, taking = visit("/handoffs/", person=cast.online_lead), visit("/handoffs/", person=cast.care_lead)
    row = f"#handoff-{cast.crossing(cast.compare_online, cast.till).pk}"
    there = listening(taking.page)
    here = giving.page
    here.locator(row).get_by_role("link", name="Propose a handoff").click()
    here.get_by_label("What is handed over").fill("The basket")
    here.get_by_role("button", name="Propose", exact=True).click()
    there.locator(row).get_by_role("button", name="Accept").click(timeout=ARRIVES)
    expect(there.locator(row)).to_contain_text("Handoff agreed", timeout=ARRIVES)
    assert taking.wrong_in_any_look() == []
    there.set_viewport_size({"width": WIDE, "height": 900})
    there.locator(row).get_by_role("link", name="Not kept").click()
    there.get_by_label("Reason").fill("Baskets come empty.")
    there.get_by_role("button", name="Say that it is not kept").click()
    expect(there.locator(row)).to_contain_text("Handoff not kept", timeout=ARRIVES)
    expect(there.locator(row)).to_contain_text("Baskets come empty.")
    assert taking.wrong_in_any_look() == []
    there.locator(row).get_by_role("button", name="Confirm it again").click()
    expect(there.locator(row)).to_contain_text("waits for Online Store", timeout=ARRIVES)
    here.goto("/handoffs/")
    here.locator(row).get_by_role("button", name="Confirm it again").click()
    expect(here.locator(row)).to_contain_text("Handoff agreed", timeout=ARRIVES)
    assert Handoff.objects.get().state == Handoff.State.ACCEPTED
    assert giving.complaints == taking.complaints == []
