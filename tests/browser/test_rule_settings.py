"""The page of the rules in a browser: by keyboard, wide and narrow, light and dark, for writers and readers."""

import pytest
from playwright.sync_api import expect

from journeys.queries.limits import limits_now
from tests.browser.conftest import NARROW, Visitor
from tests.cast import Cast

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PAGE = "/settings/rules/"


def test_the_page_is_accessible_and_fits(visit: Visitor, cast: Cast) -> None:
    for person in (cast.administrator, cast.member):
        assert visit(PAGE, person=person).wrong_in_any_look() == [], person


def test_an_administrator_changes_a_period_and_switches_a_rule_off_by_keyboard(visit: Visitor, cast: Cast) -> None:
    page = visit(PAGE, person=cast.administrator).page
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Rules", exact=True)).to_be_visible()
    period = page.get_by_label("Confirm ownership every")
    period.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("90")
    page.get_by_label("On: Siloed unit").focus()
    page.keyboard.press("Space")
    period.press("Enter")
    expect(page.get_by_text("2 changes were saved.")).to_be_visible()
    expect(period).to_have_value("90")
    expect(page.get_by_label("On: Siloed unit")).not_to_be_checked()
    assert (limits_now().attest_every_days, set(limits_now().off)) == (90, {"siloed-unit"})


def test_what_cannot_be_taken_is_said_at_its_field_and_stays(visit: Visitor, cast: Cast) -> None:
    page = visit(PAGE, person=cast.administrator, width=NARROW).page
    target = page.get_by_label("Target of coverage")
    target.fill("120")
    target.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("120 is not between 1 and 100 %")
    expect(target).to_have_value("120")
    expect(target).to_have_attribute("aria-invalid", "true")
