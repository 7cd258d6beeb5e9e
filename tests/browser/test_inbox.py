"""The inbox in a browser: many flags by keyboard alone, views that are kept, without a script, on any screen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from journeys import commands
from journeys.models import Flag, Ownership
from tests.browser.conftest import Visitor
from tests.cast import Cast, grow, scan
from workspace import clock
from workspace.organisation.commands.saved_views import save_view

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    grow(cast, by=1)
    scan()
    return cast


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_choosing_asking_and_outcomes_are_accessible(visit: Visitor, busy: Cast) -> None:
    save_view("Worst", page="flags", query="severity=4", filters=["severity"], actor=busy.service_head)
    seen = visit("/flags/?severity=4", person=busy.service_head)
    seen.page.locator(".flag-pick input").first.check()
    assert seen.wrong_in_any_look() == []
    seen.page.get_by_label("Choose all on this page").check()
    seen.page.locator("#bulk").get_by_role("button", name="Snooze…").click()
    dialog = seen.page.get_by_role("dialog", name=re.compile("Snooze: "))
    expect(dialog).to_be_visible()
    assert seen.wrong_in_any_look() == []
    dialog.get_by_label("Reason").fill("Next week.")
    dialog.get_by_role("button", name="Snooze").click()
    expect(seen.page.locator("#toasts")).to_contain_text("done")
    seen.page.goto("/flags/?rule=coverage-drop")
    seen.page.get_by_label("Choose all on this page").check()
    seen.page.locator("#bulk").get_by_role("button", name="Acknowledge").click()
    dialog = seen.page.get_by_role("dialog", name=re.compile("Acknowledge: "))
    expect(dialog.get_by_text("This flag is not yours to answer.")).to_be_visible()
    assert seen.wrong_in_any_look() == []


def test_many_flags_by_keyboard_alone(visit: Visitor, busy: Cast) -> None:
    seen = visit("/flags/?rule=no-owner&unit=" + str(busy.service.pk), person=busy.service_head)
    page, keys = seen.page, seen.page.keyboard
    boxes = page.locator(".flag-pick input")
    ids = [boxes.nth(number).get_attribute("id") for number in range(boxes.count())]
    keys.press("j")
    assert _focused(page) == ids[0]
    keys.press("j")
    keys.press("ArrowDown")
    assert _focused(page) == ids[2]
    keys.press("k")
    assert _focused(page) == ids[1]
    keys.press("x")
    expect(boxes.nth(1)).to_be_checked()
    keys.press("j")
    keys.press("j")
    keys.press("Shift+X")
    expect(page.locator(".flag-pick input:checked")).to_have_count(3)
    expect(page.locator("#bulk")).to_contain_text("3 chosen")
    keys.press("s")
    dialog = page.get_by_role("dialog", name="Snooze: 3 flags")
    expect(dialog).to_be_visible()
    for _ in range(12):
        if page.evaluate("document.activeElement.name") == "reason":
            break
        keys.press("Tab")
    keys.type("The counter is being rebuilt.")
    keys.press("Tab")
    for _ in range(6):
        if page.evaluate("document.activeElement.textContent.trim()") == "Snooze":
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Snooze: 3 of 3 done")
    expect(boxes).to_have_count(len(ids) - 3)
    assert Flag.objects.filter(state="snoozed").count() == 3
    assert seen.complaints == []


def test_a_key_acts_on_the_flag_where_one_is_and_one_stays_there(visit: Visitor, busy: Cast) -> None:
    page = visit(f"/flags/?rule=no-owner&unit={busy.service.pk}", person=busy.care_lead).page
    boxes = page.locator(".flag-pick input")
    expect(boxes.first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = boxes.nth(2).get_attribute("id")
    page.keyboard.press("c")
    expect(page.locator("#toasts")).to_contain_text("Care owns")
    expect(page.locator(f"#{second}")).to_be_focused()
    assert Ownership.objects.current().filter(department=busy.care).count() == 1
    page.keyboard.press("a")
    expect(page.locator("#announcer")).to_have_text("That is not offered for this flag.")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/touchpoints/\d+/"))


def test_the_sheet_tells_the_keys_and_they_can_be_turned_off(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/", person=busy.service_head).page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    for words in ("Next flag", "Choose it", "Acknowledge", "Claim", "Snooze", "Waive", "Open it"):
        expect(sheet.get_by_text(words, exact=True)).to_be_visible()
    sheet.get_by_label("Single keys act as shortcuts").uncheck()
    sheet.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert not _focused(page).startswith("pick-")


def test_what_was_refused_is_tried_again(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/?q=till", person=busy.service_head).page
    flag = busy.flag("no-owner", busy.till)
    page.locator(f"#pick-{flag.pk}").check()
    commands.acknowledge_flag(flag, actor=busy.executive)
    page.locator("#bulk").get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This flag is acknowledged already.")
    dialog.get_by_role("button", name="Try it again").click()
    expect(page.get_by_role("dialog")).to_contain_text("This flag is acknowledged already.")


def test_the_focus_comes_back_from_the_outcomes(visit: Visitor, busy: Cast) -> None:
    """Behind the dialog the list was fetched anew, with the button that led there."""
    page = visit("/flags/?q=till", person=busy.service_head).page
    flag = busy.flag("no-owner", busy.till)
    page.locator(f"#pick-{flag.pk}").check()
    commands.acknowledge_flag(flag, actor=busy.executive)
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "flags"):
        page.locator("#bulk").get_by_role("button", name="Acknowledge").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("This flag is acknowledged already.")
    expect(page.locator(".flags input:checked")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#flags:focus, #flags :focus")).to_have_count(1)


def test_a_dialog_begins_in_its_first_field(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/?q=till", person=busy.service_head).page
    page.locator(f"#pick-{busy.flag('no-owner', busy.till).pk}").check()
    page.locator("#bulk").get_by_role("button", name="Snooze…").press("Enter")
    dialog = page.get_by_role("dialog", name="Snooze: 1 flag")
    expect(dialog.locator("[name=until]")).to_be_focused()
    dialog.locator("[name=until]").fill((clock.today() + timedelta(days=5)).isoformat())
    dialog.get_by_label("Reason").fill(" ")
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog.locator(".error-summary")).to_be_focused()


def test_what_was_chosen_by_a_key_is_told(visit: Visitor, busy: Cast) -> None:
    page = visit(f"/flags/?rule=no-owner&unit={busy.service.pk}", person=busy.service_head).page
    said = page.locator("#announcer[role=status]")
    for keys, words in (("jx", "1 chosen"), ("jj", "1 chosen"), ("X", "3 chosen"), ("x", "2 chosen")):
        for key in keys:
            page.keyboard.press(f"Shift+{key}" if key.isupper() else key)
        expect(said).to_have_text(words)


def test_filters_are_kept_under_a_name(visit: Visitor, busy: Cast) -> None:
    seen = visit("/flags/?rule=no-owner", person=busy.member)
    page = seen.page
    page.get_by_role("link", name="Save these filters").click()
    dialog = page.get_by_role("dialog", name="Save these filters")
    dialog.get_by_label("Name").fill("Nobody's")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("navigation", name="Views").locator("[aria-current]")).to_have_text("Nobody's")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Critical").click()
    expect(page).to_have_url(re.compile("severity=4"))
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Nobody's").click()
    page.locator("summary[aria-label='Change “Nobody\\'s”']").click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Nobody's")).to_have_count(0)
    assert seen.complaints == []


def test_the_list_leaves_as_a_file(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/?rule=no-owner", person=busy.member).page
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download as CSV").click()
    assert re.fullmatch(r"flags \d{4}-\d\d-\d\d\.csv", downloading.value.suggested_filename)


def test_all_of_it_works_without_a_script(visit: Visitor, busy: Cast) -> None:
    page = visit("/flags/?q=till", person=busy.service_head, java_script_enabled=False).page
    flag = busy.flag("no-owner", busy.till)
    page.locator(f"#pick-{flag.pk}").check()
    page.locator("#bulk").get_by_role("button", name="Waive…").click()
    page.get_by_label("Reason").fill("Closed for the season.")
    page.get_by_role("button", name="Waive").click()
    expect(page.get_by_role("heading", name="Waive: 1 of 1 done")).to_be_visible()
    page.get_by_role("link", name="Back to the flags").click()
    assert page.url.endswith("/flags/?q=till")
    flag.refresh_from_db()
    assert flag.state == Flag.State.WAIVED
