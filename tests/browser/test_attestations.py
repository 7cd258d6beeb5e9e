"""Still ours? in a browser: a department answered in a minute by keyboard, without a script, on any screen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from journeys import commands
from journeys.models import Ownership
from tests.browser.conftest import NARROW, Visitor
from tests.cast import Cast, grow
from tests.journeys.reading import current
from workspace import clock

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def due(cast: Cast) -> Cast:
    """Billing owns seven touchpoints, and has to confirm all of them."""
    grow(cast, by=1, owned=True)
    Ownership.objects.update(held_from=clock.now() - timedelta(days=200), attested_at=None)
    return cast


def _boxes(page: Page) -> list[str]:
    boxes = page.locator(".flag-pick input")
    expect(boxes).to_have_count(7)
    return [str(boxes.nth(number).get_attribute("id")) for number in range(boxes.count())]


def test_a_whole_department_is_answered_by_keyboard_alone(visit: Visitor, due: Cast) -> None:
    seen = visit("/attestations/", person=due.billing_lead)
    page, keys = seen.page, seen.page.keyboard
    ids = _boxes(page)
    keys.press("j")
    expect(page.locator(f"#{ids[0]}")).to_be_focused()
    keys.press("n")
    dialog = page.get_by_role("dialog", name="Not ours")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    keys.type("It is Care's.")
    keys.press("Tab")
    for _ in range(4):
        if page.evaluate("document.activeElement.textContent.trim()") == "It is not ours":
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator(".flag-pick input")).to_have_count(6)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#{ids[1]}")).to_be_visible()
    page.locator(f"#{ids[1]}").focus()
    keys.press("x")
    expect(page.locator("#bulk")).to_contain_text("1 chosen")
    for number in range(2, 7):
        keys.press("j")
        expect(page.locator(f"#{ids[number]}")).to_be_focused()
    keys.press("Shift+X")
    expect(page.locator("#bulk")).to_contain_text("6 chosen")
    keys.press("y")
    expect(page.locator("#toasts")).to_contain_text("Still ours: 6 of 6 done")
    expect(page.get_by_text("Nothing to confirm")).to_be_visible()
    mine = Ownership.objects.current().filter(department=due.billing)
    assert mine.filter(attested_at__isnull=False).count() == 6
    assert mine.filter(disputed_at__isnull=False).count() == 1
    keys.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("6 answers are taken back.")
    expect(page.locator(".flag-pick input")).to_have_count(6)
    assert mine.filter(attested_at__isnull=False).count() == 0
    assert seen.complaints == []


def test_what_somebody_else_has_answered_is_said_and_stays(visit: Visitor, due: Cast) -> None:
    page = visit("/attestations/?q=Receipt", person=due.billing_lead).page
    expect(page.locator(".flag-pick input")).to_have_count(1)
    page.evaluate("document.getElementById('attestations').removeAttribute('hx-trigger')")
    commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
    page.locator(".flag").get_by_role("button", name="Still ours").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Bela Billing has confirmed already today that Billing owns Receipt.")


def test_not_ours_for_several_and_the_search_for_an_owner_are_accessible(visit: Visitor, due: Cast) -> None:
    seen = visit("/attestations/", person=due.billing_lead)
    page = seen.page
    page.locator(".flag-pick input").first.check()
    assert seen.wrong_in_any_look() == []
    page.get_by_label("Choose all on this page").check()
    page.locator("#bulk").get_by_role("button", name="Not ours…").click()
    dialog = page.get_by_role("dialog", name="Not ours: 7 touchpoints")
    expect(dialog).to_be_visible()
    assert seen.wrong_in_any_look() == []
    dialog.get_by_label("Reason").fill("Care does all of it.")
    dialog.get_by_role("button", name="Not ours").click()
    expect(page.locator("#toasts")).to_contain_text("Not ours: 7 of 7 done")
    page.goto("/attestations/?state=disputed")
    expect(page.locator(".flags > .flag")).to_have_count(7)
    expect(page.get_by_text("Care does all of it.").first).to_be_visible()
    assert seen.wrong_in_any_look() == []


def test_it_works_without_a_script_on_a_narrow_screen(visit: Visitor, due: Cast) -> None:
    page = visit("/attestations/", person=due.billing_lead, width=NARROW, java_script_enabled=False).page
    for number in range(2):
        page.locator(".flag-pick input").nth(number).check()
    page.locator("#bulk").get_by_role("button", name="Still ours").click()
    expect(page.get_by_role("heading", name="Still ours: 2 of 2 done")).to_be_visible()
    page.get_by_role("link", name="Back to “Still ours?”").click()
    expect(page.locator(".flag-pick input")).to_have_count(5)
    page.locator(".flag").first.get_by_role("link", name="Not ours").click()
    page.get_by_label("Reason").fill("It is Care's.")
    page.get_by_role("button", name="It is not ours").click()
    expect(page).to_have_url(re.compile(r"/attestations/$"))
    expect(page.locator(".flag-pick input")).to_have_count(4)


def test_the_past_is_accessible_and_follows_its_fields(visit: Visitor, due: Cast) -> None:
    commands.note_coverage(clock.today())
    today, then = clock.today().isoformat(), (clock.today() - timedelta(days=201)).isoformat()
    seen = visit(f"/ownership/past/?on={today}", person=due.member)
    page = seen.page
    assert seen.wrong_in_any_look() == []
    page.locator("#past-coverage").get_by_role("link", name="Channel").click()
    expect(page.locator("#past-coverage").get_by_text("store").first).to_be_attached()
    page.get_by_label("Day", exact=True).fill("2099-01-01")
    expect(page.locator("#past")).to_contain_text("1 January 2099 has not come yet.")
    page.get_by_label("Day", exact=True).fill(today)
    expect(page.locator("#past")).to_contain_text("Owners today, so far")
    assert all("422" in complaint for complaint in seen.complaints), "the day that was refused, and nothing else"
    seen.complaints.clear()
    page.goto(f"/ownership/changes/?from={then}&to={today}")
    expect(page.locator("#changes")).to_contain_text("Gained from nobody")
    assert seen.wrong_in_any_look() == []
