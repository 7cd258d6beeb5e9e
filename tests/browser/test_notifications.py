"""The bell in a browser: it rings while one does something else, and what it leads to is done without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys import commands as journeys
from tests.browser.conftest import NARROW, Visitor
from tests.browser.test_live import ARRIVES, is_same, listening
from tests.cast import Cast, deliver
from workspace.activity.models import Notification

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_cache")]


@pytest.fixture(autouse=True)
def quiet(cast: Cast) -> None:
    """What the founding of the company told is forgotten."""
    deliver()
    deliver()
    Notification.objects.all().delete()


def claim_the_till(cast: Cast) -> None:
    """Shops claim it, and the worker does its work: Sven decides."""
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    deliver()


def test_the_bell_rings_on_whichever_page_one_is(visit: Visitor, cast: Cast) -> None:
    seen = visit("/flags/", person=cast.service_head)
    page = listening(seen.page)
    bell = page.get_by_role("link", name="Notifications")
    expect(bell).to_be_visible()
    expect(bell.locator(".bell-number")).to_have_count(0)

    claim_the_till(cast)

    expect(bell.locator(".bell-number")).to_be_visible(timeout=ARRIVES)
    assert is_same(page)
    bell.click()
    expect(page.get_by_text("Liam Lead claimed Till for Shops.")).to_be_visible()
    assert seen.complaints == []


def test_the_list_grows_and_shrinks_while_it_is_open(visit: Visitor, cast: Cast) -> None:
    seen = visit("/notifications/?group=claims", person=cast.service_head)
    page = listening(seen.page)
    expect(page.get_by_text("You have read everything")).to_be_visible()

    claim_the_till(cast)

    row = page.locator(".notification").filter(has_text="claimed Till for Shops")
    expect(row).to_be_visible(timeout=ARRIVES)
    row.get_by_role("button", name="Mark as read").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Marked as read.")
    expect(row).to_have_count(0)
    assert is_same(page)
    assert Notification.objects.get(event__kind="claim.made").read_at is not None
    assert seen.complaints == []


def test_opening_leads_to_what_it_is_about_and_the_bell_knows(visit: Visitor, cast: Cast) -> None:
    claim_the_till(cast)
    Notification.objects.exclude(group="claims").delete()
    page = visit("/notifications/", person=cast.service_head, width=NARROW).page
    bell = page.get_by_role("link", name="Notifications: 1 unread")
    expect(bell).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="Till", level=1)).to_be_visible()
    expect(bell).to_have_count(0)


def test_without_a_script_everything_works(visit: Visitor, cast: Cast) -> None:
    claim_the_till(cast)
    page = visit("/", person=cast.service_head, java_script_enabled=False).page
    page.get_by_role("link", name="Notifications").click()
    expect(page.get_by_text("Liam Lead claimed Till for Shops.")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("You have read everything")).to_be_visible()


def test_the_pages_are_accessible_and_fit(visit: Visitor, cast: Cast) -> None:
    claim_the_till(cast)
    for path in ("/notifications/", "/notifications/?all=on", "/account/notifications/"):
        assert visit(path, person=cast.service_head).wrong_in_any_look() == [], path
