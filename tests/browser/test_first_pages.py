"""The first pages in a browser: without a fault that axe can see, on wide and narrow screens, by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from journeys import commands
from journeys.models import Claim, Flag, Ownership
from tests.browser.conftest import NARROW, THEMES, Visitor
from tests.cast import Cast, grow, scan
from workspace.organisation.commands import add_lead

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A day with a bit of everything: contested claims, a proposed handoff, a snoozed flag, a large journey."""
    commands.claim_touchpoint(cast.till, department=cast.shops, reason="Our counter.", actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, reason="Our cash desk.", actor=cast.online_lead)
    commands.propose_handoff(
        cast.crossing(cast.shop_window, cast.compare_online),
        what="The leaflet",
        within_hours=24,
        actor=cast.online_lead,
    )
    grow(cast, by=1, stages=4, touchpoints=8)
    scan()
    return cast


def test_pages_are_accessible_and_fit(visit: Visitor, busy: Cast) -> None:
    for path in (
        "/flags/",
        "/flags/?q=nothing",
        "/journeys/",
        f"/journeys/{busy.journey.pk}/list/",
        f"/touchpoints/{busy.till.pk}/",
        f"/touchpoints/{busy.till.pk}/assign/",
        "/history/",
        f"/touchpoints/{busy.till.pk}/release/",
    ):
        seen = visit(path, person=busy.executive)
        wrong = seen.wrong_in_any_look()
        if "release" in path:  # refused, which the browser notes
            wrong = [what for what in wrong if "Failed to load resource" not in what]
        assert wrong == [], path


@pytest.mark.parametrize("theme", THEMES)
def test_dialog_and_menu_are_accessible(visit: Visitor, busy: Cast, theme: str) -> None:
    seen = visit("/flags/", person=busy.service_head, width=NARROW, theme=theme)
    seen.page.locator(".flag-actions summary[aria-label='Later, or not at all']").first.click()
    assert seen.faults() == []
    seen.page.get_by_role("link", name="Snooze…").locator("visible=true").click()
    expect(seen.page.get_by_role("dialog", name="Snooze this flag")).to_be_visible()
    assert seen.faults() == []
    assert seen.overflow() == 0


def test_claims_by_keyboard_in_one_press_where_one_department_can(visit: Visitor, cast: Cast) -> None:
    seen = visit("/flags/?q=till", person=cast.care_lead)
    seen.tab_to("Claim for Care")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#toasts")).to_contain_text("Care owns Till now.")
    expect(seen.page.locator("#flags")).to_contain_text("No flag matches")
    expect(seen.page.locator("#flags")).to_be_focused()  # it stays where the flag was
    assert Ownership.objects.current().get(touchpoint=cast.till).department == cast.care
    assert seen.complaints == []


def test_claims_by_keyboard_in_two_presses_where_several_can(visit: Visitor, cast: Cast) -> None:
    add_lead(cast.billing, person=cast.care_lead, actor=cast.administrator)
    seen = visit("/flags/?q=till", person=cast.care_lead)
    page = seen.page
    seen.tab_to("Claim")
    page.keyboard.press("Enter")
    seen.tab_to("Claim for Care")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Care owns Till now.")
    assert Ownership.objects.current().get(touchpoint=cast.till).department == cast.care


def test_a_dialog_is_filled_in_corrected_and_gives_the_focus_back(visit: Visitor, cast: Cast) -> None:
    page = visit("/flags/?q=till", person=cast.service_head).page
    page.get_by_role("link", name="Assign").click()
    dialog = page.get_by_role("dialog", name="Assign this touchpoint")
    dialog.get_by_label("Department").select_option(label="Care")
    opener = page.locator("[data-act=assign]")
    opener.evaluate("one => { one.dataset.former = '' }")
    commands.acknowledge_flag(cast.flag("no-owner", cast.till), actor=cast.executive)
    expect(opener).not_to_have_attribute("data-former", "")  # somebody else has changed the list behind
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Assign")).to_be_focused()

    page.locator(".flag-actions summary").click()
    page.get_by_role("link", name="Waive…").click()
    dialog = page.get_by_role("dialog", name="Waive this flag")
    dialog.get_by_label("Reason").fill("   ")
    dialog.get_by_label("Until").fill("2001-01-01")
    dialog.locator("form").evaluate("form => form.noValidate = true")
    dialog.get_by_role("button", name="Waive").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This field is required.")
    expect(dialog.get_by_label("Until")).to_have_value("2001-01-01")
    dialog.get_by_label("Reason").fill("The shop is being rebuilt.")
    dialog.locator("form").evaluate("form => form.noValidate = true")
    dialog.get_by_role("button", name="Waive").click()
    expect(dialog.get_by_role("alert")).to_contain_text("2001-01-01 is not in the future.")
    assert Flag.objects.get(rule="no-owner", touchpoint=cast.till).state == Flag.State.ACKNOWLEDGED


def test_a_refusal_is_said_and_leaves_the_page_as_it_is(visit: Visitor, cast: Cast) -> None:
    page = visit("/flags/?q=till", person=cast.care_lead).page
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    page.get_by_role("button", name="Claim for Care").click()
    expect(page.locator("#toasts")).to_contain_text("Billing became owner of Till in the meantime.")
    assert not Claim.objects.waiting().exists()


def test_filters_fetch_the_list_and_keep_the_address(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/", person=busy.member).page
    page.get_by_label("Business unit").select_option(label="Service")
    expect(page.locator(".chip")).to_contain_text("Business unit: Service")
    page.get_by_label("Touchpoint or journey").press_sequentially("till")
    expect(page.locator(".flag").first).to_contain_text("Till")
    expect(page).to_have_url(re.compile(rf"q=till.*unit={busy.service.pk}"))
    page.go_back()
    expect(page.get_by_role("heading", name="Flags", level=1)).to_be_visible()


def test_contested_claims_are_decided_on_the_touchpoint(visit: Visitor, busy: Cast) -> None:
    page = visit(f"/touchpoints/{busy.till.pk}/", person=busy.executive).page
    page.get_by_role("link", name="Approve for Shops").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.locator("#owner")).to_contain_text("Shops")
    expect(page.locator("#touchpoint-history")).to_contain_text("approved the claim of Shops")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_all_of_it_works_without_a_script(visit: Visitor, cast: Cast) -> None:
    page = visit("/flags/?q=till", person=cast.service_head, java_script_enabled=False).page
    page.get_by_role("link", name="Assign").click()
    page.get_by_label("Department").select_option(label="Care")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Care owns Till now.")).to_be_visible()
    assert page.url.endswith("/flags/?q=till")
    page.get_by_label("Touchpoint or journey").fill("fault")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".flag").first).to_contain_text("Fault line")
    page.get_by_role("link", name="Fault line").first.click()
    page.get_by_role("link", name="Show what happened here").click()
    expect(page.get_by_text("added the touchpoint")).to_be_visible()
