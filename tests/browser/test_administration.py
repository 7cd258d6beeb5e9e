"""Administration in a browser: every page without a fault that axe can see, and a department archived by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys import commands as journeys
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.cast import Cast, grow, scan
from workspace.organisation import commands
from workspace.organisation.models import Department, Person

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """A company with claims, an archived unit and department, a person who leaves, and much that Shops owns."""
    grow(cast, by=3, owned=True)
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, actor=cast.online_lead)
    old = commands.create_unit("A unit with quite a long name that has to wrap somewhere", actor=None)
    commands.archive_unit(old, actor=None)
    closed = commands.create_department("Closed", unit=cast.retail, code="OLD", actor=None)
    commands.archive_department(closed, merged_into=cast.shops, actor=None)
    commands.set_delegate(cast.member, delegate=cast.shops_lead, actor=None)
    commands.create_department("Empty", unit=cast.service, code="EMPTY", actor=None)
    scan()
    return cast


def pages(cast: Cast) -> list[str]:
    department, person = f"/organisation/departments/{cast.shops.pk}/", f"/organisation/people/{cast.shops_lead.pk}/"
    return [
        "/organisation/",
        "/organisation/?q=nothing",
        "/organisation/?show=archived",
        "/organisation/units/new/",
        f"/organisation/units/{cast.retail.pk}/",
        f"/organisation/units/{cast.retail.pk}/change/",
        f"/organisation/units/{cast.retail.pk}/archive/",
        department,
        f"/organisation/departments/{Department.objects.get(code='EMPTY').pk}/",
        f"/organisation/departments/{Department.objects.get(code='OLD').pk}/",
        f"{department}leads/add/",
        f"{department}leads/{cast.shops_lead.pk}/remove/",
        f"{department}move/?unit={cast.service.pk}",
        f"{department}archive/?successor={cast.care.pk}&holdings=move",
        f"{department}history/",
        "/organisation/people/",
        "/organisation/people/?q=nobody",
        "/organisation/people/new/",
        person,
        f"{person}change/",
        f"{person}email/",
        f"{person}delegate/",
        f"{person}role/?role=guest",
        f"{person}leaving/",
        f"{person}deactivate/",
        f"/organisation/people/{cast.leaver.pk}/",
        f"/touchpoints/?department={cast.shops.pk}",
    ]


def test_pages_are_accessible_and_fit(visit: Visitor, busy: Cast) -> None:
    seen = visit("/organisation/", person=busy.administrator)
    for path in pages(busy):
        seen.page.goto(path)
        seen.page.wait_for_load_state("networkidle")
        assert seen.wrong_in_any_look() == [], path


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_department_is_archived_with_its_successor_by_keyboard(visit: Visitor, busy: Cast, width: int) -> None:
    seen = visit(f"/organisation/departments/{busy.shops.pk}/", person=busy.administrator, width=width)
    page = seen.page
    seen.tab_to("Archive")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Archive Shops")
    expect(page.locator("#consequences")).to_contain_text("left to a department that is closed")
    seen.tab_to("Successor")
    page.keyboard.type("Online")
    page.keyboard.press("Tab")
    expect(page.locator("#consequences")).to_contain_text("touchpoints go to Online Store.")
    seen.tab_to("Archive")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Shops is archived; Online Store took over.")
    busy.shops.refresh_from_db()
    assert busy.shops.merged_into == busy.online


def test_without_a_script_the_successor_that_stands_there_is_the_one_that_takes_over(
    visit: Visitor, busy: Cast
) -> None:
    page = visit(
        f"/organisation/departments/{busy.shops.pk}/archive/", person=busy.administrator, java_script_enabled=False
    ).page
    page.get_by_label("Successor").select_option(label="Online Store")
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("#consequences")).to_contain_text("You chose otherwise since this was shown")
    expect(page.locator("#consequences")).to_contain_text("touchpoints go to Online Store.")
    page.get_by_label("Successor").select_option(label="Billing")
    page.get_by_role("button", name="Show what this brings about").click()
    expect(page.locator("#consequences")).to_contain_text("touchpoints go to Billing.")
    assert "csrf" not in page.url
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("main")).to_contain_text("Shops is archived; Billing took over.")
    busy.shops.refresh_from_db()
    assert busy.shops.merged_into == busy.billing


def test_who_is_faster_than_the_answer_is_shown_what_they_chose_first(visit: Visitor, busy: Cast) -> None:
    """The answer to the choice never comes; Enter in a field looks at the consequences and does nothing."""
    page = visit(f"/organisation/people/{busy.online_lead.pk}/deactivate/", person=busy.administrator).page
    page.route("**/deactivate/?*", lambda _route: None)
    page.get_by_label("Who takes over").fill("mia@example.com")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("#consequences")).to_contain_text("You chose otherwise since this was shown")
    expect(page.get_by_label("Who takes over")).to_have_value("mia@example.com")
    page.unroute_all()
    page.wait_for_load_state()  # the refusal came as a new page, whose scripts have to be there for Enter
    page.get_by_label("Who takes over").fill("liam@example.com")
    page.keyboard.press("Enter")
    expect(page.locator("#consequences")).to_contain_text("not Liam Lead's")
    assert "seen" not in page.url
    busy.online_lead.refresh_from_db()
    assert busy.online_lead.is_active
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("main")).to_contain_text("is deactivated.")


def test_a_person_is_suggested_while_their_name_is_typed(visit: Visitor, busy: Cast) -> None:
    page = visit(f"/organisation/units/{busy.retail.pk}/", person=busy.administrator).page
    page.get_by_role("link", name="Change").click()
    head = page.get_by_label("Head")
    head.fill("mia")
    expect(page.locator("datalist option")).to_have_count(1)
    expect(page.locator("datalist option")).to_have_attribute("value", "mia@example.com")
    head.fill("mia@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#unit")).to_contain_text("Mia Member")


def test_somebody_who_was_faster_is_told_in_the_dialog(visit: Visitor, busy: Cast) -> None:
    page = visit(f"/organisation/people/{busy.member.pk}/", person=busy.administrator).page
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Name", exact=True).fill("Mia M.")
    commands.change_person(Person.objects.get(pk=busy.member.pk), name="Mia Married", actor=None)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("was changed in the meantime")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mia M.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#person h1")).to_have_text("Mia M.")


def test_units_are_found_while_typing(visit: Visitor, busy: Cast) -> None:
    page = visit("/organisation/", person=busy.member).page
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("billing")
    expect(page.locator("#units")).to_contain_text("Billing")
    expect(page.locator("#units")).not_to_contain_text("Retail")
