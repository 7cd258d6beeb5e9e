"""Each kind of person signs in and does what they come for, by keyboard alone, on a wide and on a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys import commands
from journeys.models import Journey, Ownership
from journeys.queries.limits import limits_now
from tests.browser.conftest import NARROW, WIDE, Visit, Visitor
from tests.caching import empty_cache
from tests.cast import Cast, scan
from tests.sign_in.ways import PASSWORD
from workspace import clock
from workspace.organisation.commands import set_password, share
from workspace.organisation.models import Person

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

Arrival = Callable[[Person], Visit]


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def arrive(visit: Visitor, request: Any) -> Arrival:
    """Sign in with the form, without touching the mouse."""
    width, theme = request.param
    empty_cache()

    def come(person: Person) -> Visit:
        set_password(person, password=PASSWORD, actor=None)
        seen = visit("/sign-in/", width=width, theme=theme)
        expect(seen.page.get_by_label("Email")).to_be_focused()
        seen.page.keyboard.type(person.email)
        seen.page.keyboard.press("Tab")
        seen.page.keyboard.type(PASSWORD)
        seen.page.keyboard.press("Enter")
        expect(seen.page.get_by_label(f"{person.name}: your menu")).to_be_visible()
        seen.page.wait_for_load_state()  # dialogs need the scripts, which come last
        return seen

    return come


def go(seen: Visit, place: str) -> None:
    """Go there by the navigation, which is behind a button where there is no room for it."""
    if seen.page.get_by_label("Open navigation").is_visible():
        press(seen, "Open navigation")
    press(seen, place)
    expect(seen.page.get_by_role("heading", name=place, level=1)).to_be_visible()


def press(seen: Visit, name: str) -> None:
    seen.tab_to(name)
    seen.page.keyboard.press("Enter")


def owner_of(touchpoint: Any) -> Any:
    return Ownership.objects.current().accountable().get(touchpoint=touchpoint).department


def test_a_lead_claims(arrive: Arrival, cast: Cast) -> None:
    scan()
    seen = arrive(cast.billing_lead)
    press(seen, "Claim for Billing")
    expect(seen.page.locator("#toasts")).to_contain_text("Billing owns")
    assert Ownership.objects.current().accountable().filter(department=cast.billing).count() == 2
    assert seen.complaints == []


def test_the_head_of_a_unit_assigns(arrive: Arrival, cast: Cast) -> None:
    scan()
    seen = arrive(cast.service_head)
    go(seen, "Flags")
    seen.tab_to("Touchpoint or journey")
    seen.page.keyboard.type("fault")
    expect(seen.page.locator(".flag").first).to_contain_text("Fault line")
    press(seen, "Assign to Billing")
    expect(seen.page.locator("#toasts")).to_contain_text("Billing owns Fault line now.")
    assert owner_of(cast.fault_line) == cast.billing
    assert seen.complaints == []


def test_an_executive_decides(arrive: Arrival, cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, reason="Our counter.", actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, reason="Our cash desk.", actor=cast.online_lead)
    seen = arrive(cast.executive)
    press(seen, "Approve for Shops")
    expect(seen.page.get_by_role("dialog", name="Approve this claim")).to_be_visible()
    press(seen, "Approve")
    expect(seen.page.locator("#toasts")).to_contain_text("Shops owns Till now.")
    assert owner_of(cast.till) == cast.shops
    assert seen.complaints == []


def test_a_member_finds_out_who_answers(arrive: Arrival, cast: Cast) -> None:
    seen = arrive(cast.member)
    go(seen, "Journeys")
    press(seen, cast.journey.name)
    expect(seen.page.get_by_role("heading", name=cast.journey.name, level=1)).to_be_visible()
    press(seen, "Shop window")
    expect(seen.page.locator("#owner")).to_contain_text("Shops")
    assert seen.complaints == []


def test_an_administrator_sets_a_rule(arrive: Arrival, cast: Cast) -> None:
    seen = arrive(cast.administrator)
    go(seen, "Rules")
    seen.tab_to("Target of coverage")
    seen.page.keyboard.press("ControlOrMeta+a")
    seen.page.keyboard.type("90")
    seen.page.keyboard.press("Enter")
    expect(seen.page.get_by_text("1 change was saved")).to_be_visible()
    assert limits_now().coverage_target == 0.9
    assert seen.complaints == []


def test_a_guest_reads_what_is_shared(arrive: Arrival, cast: Cast) -> None:
    until = clock.today() + timedelta(days=30)
    share(Journey.NOUN, cast.journey.pk, guest=cast.guest, until=until, actor=cast.executive)
    seen = arrive(cast.guest)
    press(seen, cast.journey.name)
    expect(seen.page.get_by_role("heading", name=cast.journey.name, level=1)).to_be_visible()
    press(seen, "Shop window")
    expect(seen.page.get_by_text("Shops", exact=True)).to_be_visible()
    assert seen.complaints == []
