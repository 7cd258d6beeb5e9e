"""The ownership overview in a browser: no fault that axe can see, drawn under the policy, acted on by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from journeys import commands
from journeys.models import CoverageSnapshot, Ownership
from tests.browser.conftest import Visitor
from tests.cast import Cast, scan
from tests.journeys.overview import mix_up
from workspace import clock

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fresh_cache"),
]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A company with three units, handoffs in every state, and a month of coverage with a hole in it."""
    mix_up(cast, 3)
    scan()
    for days_ago in (*range(30, 20, -1), *range(12, 0, -1)):
        on = clock.today() - timedelta(days=days_ago)
        CoverageSnapshot.objects.create(on=on, scope="all", live=20, owned=20 - days_ago // 3)
    return cast


def _is_drawn(page: Page) -> bool:
    """Whether the canvas of the trend shows something other than an empty one of its size."""
    return bool(
        page.evaluate(
            """() => {
                const { width, height } = document.getElementById("trend");
                const empty = Object.assign(document.createElement("canvas"), { width, height });
                return document.getElementById("trend").toDataURL() !== empty.toDataURL();
            }"""
        )
    )


def test_pages_are_accessible_and_fit(visit: Visitor, busy: Cast) -> None:
    for path in (
        "/ownership/",
        "/ownership/?by=stage",
        "/ownership/touchpoints/?owned=no",
        f"/ownership/crossings/?from={busy.retail.pk}",
    ):
        seen = visit(path, person=busy.executive)
        for more in seen.page.locator("details.ov-more > summary").all():
            more.click()
        assert seen.wrong_in_any_look() == [], path


def test_the_trend_is_drawn_under_the_policy_and_again_in_the_other_theme(visit: Visitor, busy: Cast) -> None:
    seen = visit("/ownership/", person=busy.member)
    assert _is_drawn(seen.page)
    light = seen.page.evaluate("document.getElementById('trend').toDataURL()")
    seen.page.emulate_media(color_scheme="dark")
    seen.page.wait_for_function("before => document.getElementById('trend').toDataURL() !== before", arg=light)
    assert _is_drawn(seen.page)
    assert seen.complaints == []


def test_without_scripts_the_numbers_stand_in_a_table(visit: Visitor, busy: Cast) -> None:
    page = visit("/ownership/", person=busy.member, java_script_enabled=False).page
    expect(page.locator("#trend")).to_be_hidden()
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("table", name="Coverage day by day")).to_be_visible()
    page.get_by_role("link", name="Channel").click()
    expect(page.get_by_role("table", name="Coverage by channel")).to_be_visible()


def test_claims_from_the_worst_gaps_by_keyboard(visit: Visitor, cast: Cast) -> None:
    seen = visit("/ownership/", person=cast.billing_lead)
    expect(seen.page.locator(".ov-percent")).to_have_text("50 %")
    seen.tab_to("Claim for Billing")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#toasts")).to_contain_text("Billing owns Till now.")
    expect(seen.page.locator(".ov-percent")).to_have_text("66.6 %")
    expect(seen.page.locator(".gaps")).not_to_contain_text("Till")
    assert Ownership.objects.current().get(touchpoint=cast.till).department == cast.billing
    assert seen.complaints == []


def test_from_a_cell_of_the_matrix_to_a_handoff_by_keyboard(visit: Visitor, cast: Cast) -> None:
    commands.assign_ownership(cast.till, department=cast.billing, actor=cast.executive)
    seen = visit("/ownership/", person=cast.billing_lead)
    seen.page.get_by_role("region", name="Crossings from unit to unit").focus()
    seen.page.keyboard.press("Tab")
    expect(seen.page.locator(".matrix td a").first).to_be_focused()
    seen.page.locator(f'.matrix a[href$="from={cast.retail.pk}&to={cast.service.pk}"]').focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/ownership/crossings/**")
    seen.tab_to("Propose a handoff")
    seen.page.keyboard.press("Enter")
    dialog = seen.page.get_by_role("dialog", name="Propose a handoff")
    dialog.get_by_label("What is handed over").fill("The basket")
    seen.page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Propose").press("Enter")
    expect(seen.page.locator("#crossings")).to_contain_text("Handoff proposed")
    assert seen.complaints == []


def test_sorting_and_tabs_change_the_table_in_place(visit: Visitor, cast: Cast) -> None:
    seen = visit("/ownership/", person=cast.member)
    seen.page.get_by_role("link", name="Channel").click()
    table = seen.page.get_by_role("table", name="Coverage by channel")
    expect(table.locator("tbody th").first).to_contain_text("Store")
    table.get_by_role("link", name="Channel").click()
    expect(table.locator("tbody th").first).to_contain_text("Email")
    assert "by=channel" in seen.page.url
    assert "sort=name" in seen.page.url
    expect(seen.page.locator(".ov-percent")).to_be_visible()
    assert seen.complaints == []
