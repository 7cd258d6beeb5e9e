"""Signing in as people do: by keyboard, on wide and narrow screens, with an authenticator app and with a passkey.

The passkey is Chromium's own virtual one: the ceremony is real, only the finger is not.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, THEMES, WIDE, Visit, Visitor
from tests.caching import empty_cache
from tests.cast import Cast
from tests.sign_in.ways import PASSWORD, code_now
from workspace.activity.models import Event
from workspace.organisation.commands import set_password
from workspace.organisation.models import Person

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mia(cast: Cast) -> Person:
    empty_cache()
    return set_password(cast.member, password=PASSWORD, actor=None)


def hold_a_passkey_device(page: Page) -> None:
    """Plug in a device that keeps passkeys and always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def type_password(page: Page) -> None:
    """Sign in by keyboard alone, from where the page puts the focus."""
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type("mia@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def confirm_it_is_me(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.get_by_label("Mia Member: your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def is_sound(seen: Visit, *expected: str) -> None:
    """No fault that axe can see, nothing sideways, nothing that the policy blocked."""
    assert seen.faults() == [], seen.page.url
    assert seen.overflow() == 0, seen.page.url
    assert [said for said in seen.complaints if not any(word in said for word in expected)] == [], seen.page.url
    seen.complaints.clear()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_by_keyboard_alone(visit: Visitor, mia: Person, width: int, theme: str) -> None:
    seen = visit("/account/", width=width, theme=theme)
    page = seen.page
    expect(page.get_by_label("Email")).to_be_focused()
    is_sound(seen)
    page.keyboard.type("mia@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Email and password do not match a person here")
    expect(page.get_by_label("Password")).to_be_focused()
    is_sound(seen, "422")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    is_sound(seen)
    for path in ("/account/sessions/", "/account/password/", "/account/authenticator/"):
        page.goto(path)
        is_sound(seen)


@pytest.mark.parametrize(("width", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_a_passkey_is_added_and_lets_in_alone(visit: Visitor, mia: Person, width: int, theme: str) -> None:
    seen = visit("/sign-in/?next=/account/", width=width, theme=theme)
    page = seen.page
    hold_a_passkey_device(page)
    type_password(page)
    page.get_by_role("link", name="Add a passkey").click()
    confirm_it_is_me(page)
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    is_sound(seen)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    is_sound(seen)
    page.goto("/account/")
    expect(page.get_by_text("My laptop", exact=True)).to_be_visible()
    is_sound(seen)
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_label("Mia Member: your menu")).to_be_visible()
    assert Event.objects.filter(kind="person.passkey_added", actor=mia).exists()
    sign_out(page)

    page.goto("/sign-in/?next=/account/")
    type_password(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    is_sound(seen)
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()

    page.goto("/account/again/passkey/?next=/account/recovery-codes/")
    is_sound(seen)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    page.goto("/account/")
    page.get_by_role("link", name="Remove My laptop").click()
    expect(page.get_by_role("heading", name="Remove “My laptop”?")).to_be_visible()
    is_sound(seen)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("Your passkey is removed.")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="Sign in with a passkey").click()  # the device still offers it
    expect(page.get_by_text("This passkey does not open Throughline.")).to_be_visible()


def test_whoever_does_not_work_here_stays_out_with_a_passkey_too(visit: Visitor, cast: Cast, mia: Person) -> None:
    from workspace.organisation.commands import deactivate_person

    page = visit("/sign-in/?next=/account/passkeys/add/").page
    hold_a_passkey_device(page)
    type_password(page)
    confirm_it_is_me(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    page.goto("about:blank")  # a page that asks for anything now signs out by itself, and would race the next line
    deactivate_person(mia, actor=cast.administrator)
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("You cannot sign in here any more.")).to_be_visible()


def test_without_a_passkey_the_page_says_so(visit: Visitor, mia: Person) -> None:
    seen = visit("/sign-in/")
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("WebAuthn.enable")
    seen.page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    seen.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(seen.page.get_by_role("alert")).to_contain_text("No passkey was used.")
    is_sound(seen)


@pytest.mark.parametrize(("width", "theme"), [(WIDE, "dark"), (NARROW, "light")])
def test_an_authenticator_app_is_set_up_and_asked(visit: Visitor, mia: Person, width: int, theme: str) -> None:
    seen = visit("/sign-in/?next=/account/", width=width, theme=theme)
    page = seen.page
    type_password(page)
    page.get_by_role("link", name="Set up an app").click()
    confirm_it_is_me(page)
    expect(page.get_by_role("img", name="A picture for your authenticator app")).to_be_visible()
    is_sound(seen)
    secret = page.locator(".account-secret").inner_text()
    page.get_by_label("Code that the app shows now").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is not right")
    is_sound(seen, "422")
    page.get_by_label("Code that the app shows now").fill(code_now(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    sign_out(page)
    page.goto("/sign-in/?next=/account/")
    type_password(page)
    expect(page.get_by_label("Code")).to_be_focused()
    expect(page.get_by_role("button", name="passkey")).to_have_count(0)
    is_sound(seen)
    page.keyboard.type(code_now(secret, step=1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_the_other_pages_are_sound(visit: Visitor, mia: Person, theme: str) -> None:
    seen = visit("/account/password/reset/", width=NARROW, theme=theme)
    is_sound(seen)
    seen.page.get_by_label("Email").fill("mia@example.com")
    seen.page.keyboard.press("Enter")
    expect(seen.page).to_have_url(re.compile("/sent/$"))
    is_sound(seen)
    for path in ("/account/password/reset/1-abc/", "/account/address/", "/account/address/abc/"):
        seen.page.goto(path)
        is_sound(seen, "410")
    for _ in range(5):
        seen.page.goto("/sign-in/")
        seen.page.get_by_label("Email").fill("mia@example.com")
        seen.page.get_by_label("Password").fill("wrong")
        with seen.page.expect_navigation():
            seen.page.keyboard.press("Enter")
    expect(seen.page.get_by_role("heading", name="Too many attempts")).to_be_visible()
    is_sound(seen, "422", "429")


def test_a_session_is_ended_from_the_list(visit: Visitor, mia: Person) -> None:
    other = visit("/sign-in/?next=/account/").page
    type_password(other)
    expect(other.get_by_role("heading", name="Your account")).to_be_visible()
    seen: Any = visit("/sign-in/?next=/account/sessions/")
    type_password(seen.page)
    expect(seen.page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    seen.page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(seen.page.get_by_text("You are signed out there.")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_password_and_codes_work_without_a_script(visit: Visitor, mia: Person) -> None:
    page = visit("/sign-in/?next=/account/", java_script_enabled=False).page
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Email").fill("mia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Set up an app").click()
    confirm_it_is_me(page)
    page.get_by_label("Code that the app shows now").fill(code_now(page.locator(".account-secret").inner_text()))
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
