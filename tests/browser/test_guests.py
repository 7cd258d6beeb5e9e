"""An executive invites a guest to a journey; the guest comes in and sees that journey, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from journeys.models import Journey
from tests.browser.conftest import Visitor
from tests.cast import Cast, grow
from workspace import clock
from workspace.organisation import commands

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long way to the sea"


def test_a_guest_is_invited_to_a_journey_and_sees_it_alone(visit: Visitor, cast: Cast) -> None:
    grow(cast, by=1)
    inviting = visit(cast.journey.get_absolute_url(), person=cast.executive)
    page = inviting.page
    page.get_by_role("link", name="Share", exact=True).click()
    expect(page.get_by_text("No guest sees this journey")).to_be_visible()
    page.get_by_role("link", name="Invite a guest").click()
    page.get_by_label("Name").fill("Nora Nova")
    page.get_by_label("E-mail address").fill("nora@agency.example")
    assert inviting.faults() == []
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name="Nora Nova is invited")).to_be_visible()
    assert inviting.faults() == []
    link = page.get_by_label("Link").input_value()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name=re.compile("nora@agency.example"))).to_be_visible()
    assert inviting.complaints == []

    coming = visit(re.sub(r"^https?://[^/]+", "", link))
    page = coming.page
    expect(page.get_by_role("heading", name="Welcome, Nora Nova")).to_be_visible()
    assert coming.faults() == []
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Nora Nova")).to_be_visible()
    expect(page.get_by_role("link", name=cast.journey.name)).to_be_visible()
    page.get_by_role("link", name="Journeys").first.click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name=cast.journey.name).click()
    page.get_by_role("link", name="Till").click()
    expect(page.get_by_text("Unowned").first).to_be_visible()
    for hidden in ("Flags", "History", "Organisation", "Service", "Claim"):
        expect(page.get_by_text(hidden, exact=True)).to_have_count(0)
    assert coming.complaints == []

    late = visit(re.sub(r"^https?://[^/]+", "", link))
    expect(late.page.get_by_text("This invitation cannot be used.")).to_be_visible()


def test_pages_about_guests_are_accessible_and_fit(visit: Visitor, cast: Cast) -> None:
    until = clock.today() + timedelta(days=30)
    commands.share(Journey.NOUN, cast.journey.pk, guest=cast.guest, until=until, actor=cast.executive)
    invited = commands.invite_and_share(
        Journey.NOUN,
        cast.journey.pk,
        email="nora@agency.example",
        name="Nora Nova",
        until=until,
        actor=cast.executive,
    )
    sharing = f"/journeys/{cast.journey.pk}/sharing/"
    pages = {
        sharing: cast.executive,
        f"{sharing}invite/": cast.executive,
        "/organisation/people/invite/": cast.administrator,
        f"/organisation/people/{invited.person.pk}/": cast.administrator,
        "/": cast.guest,
        "/journeys/": cast.guest,
        cast.journey.get_absolute_url(): cast.guest,
        cast.shop_window.get_absolute_url(): cast.guest,
        re.sub(r"^https?://[^/]+", "", invited.link): None,
    }
    for path, person in pages.items():
        assert visit(path, person=person).wrong_in_any_look() == [], path
