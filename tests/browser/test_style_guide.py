"""The shared pieces in a browser: no fault that axe can see, nothing the policy blocks, and all of it by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Visitor
from workspace.organisation.models import Person

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ada() -> Person:
    return Person.objects.create(email="ada@example.com", name="Ada Okafor")


def test_is_accessible_and_fits(visit: Visitor, ada: Person) -> None:
    assert visit("/style-guide/?severity=high", person=ada).wrong_in_any_look() == []


def test_sign_in_is_accessible_and_fits(visit: Visitor) -> None:
    assert visit("/sign-in/").wrong_in_any_look() == []


def test_sign_in_keeps_the_email_and_does_not_say_what_was_wrong(visit: Visitor, ada: Person) -> None:
    ada.set_password("correct horse battery")
    ada.save()
    page = visit("/style-guide/").page
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Email and password do not match a person here")
    expect(page.get_by_label("Email")).to_have_value("ada@example.com")
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Style guide", level=1)).to_be_visible()


def test_missing_page_is_accessible(visit: Visitor, ada: Person) -> None:
    missing = visit("/nothing-here/", person=ada, width=NARROW, theme="dark")
    expect(missing.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert missing.faults() == []
    assert missing.overflow() == 0


def test_chosen_theme_holds_on_the_next_page(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada).page
    page.get_by_label("Ada Okafor: your menu").click()
    page.locator(".bar").get_by_label("Dark").check()
    page.goto("/style-guide/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_menu_by_keyboard(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada).page
    opener = page.locator("summary", has_text="Actions")
    opener.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Rename")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Duplicate")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(page.get_by_role("link", name="Rename")).to_be_hidden()


def test_dialog_opens_by_key_and_gives_the_focus_back(visit: Visitor, ada: Person) -> None:
    guide = visit("/style-guide/", person=ada)
    opener = guide.page.get_by_role("button", name="Open a dialog")
    opener.focus()
    guide.page.keyboard.press("o")
    dialog = guide.page.get_by_role("dialog", name="Snooze this flag")
    expect(dialog).to_be_visible()
    assert guide.faults() == []
    guide.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_shortcut_sheet_lists_what_the_page_has_and_turns_keys_off(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada).page
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Open a dialog")
    sheet.get_by_label("Single keys act as shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_slash_focuses_the_search_field(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada).page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-search]')")


def test_navigation_slides_in_where_there_is_no_room(visit: Visitor, ada: Person) -> None:
    guide = visit("/style-guide/", person=ada, width=NARROW)
    link = guide.page.get_by_role("navigation", name="Main").get_by_role("link", name="Style guide")
    expect(link).to_be_hidden()
    guide.page.get_by_role("button", name="Open navigation").click()
    expect(link).to_be_visible()
    assert guide.faults() == []
    guide.page.keyboard.press("Escape")
    expect(link).to_be_hidden()


def test_refused_request_is_said_in_a_toast(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada).page
    page.evaluate("htmx.ajax('GET', '/nothing-here/', '#dialog-slot')")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("The page does not exist, has been removed, or is not open to you.")
    toast.get_by_role("button", name="Dismiss").click()
    expect(toast).to_have_count(0)


def test_everything_is_there_without_a_script(visit: Visitor, ada: Person) -> None:
    page = visit("/style-guide/", person=ada, java_script_enabled=False).page
    page.get_by_label("Ada Okafor: your menu").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.locator(".bar .theme-switch")).to_be_hidden()
