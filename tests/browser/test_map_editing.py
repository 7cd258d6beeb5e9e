"""Editing on the journey map in a browser: by mouse, finger and keyboard; undone; seen by others; on any screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from journeys import commands
from journeys.models import Touchpoint
from tests.browser.conftest import NARROW, WIDE, Visitor, box
from tests.cast import Cast

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


def card(page: Page, touchpoint: Touchpoint) -> Locator:
    return page.locator(f"#touch-{touchpoint.pk}")


def cell(page: Page, stage: int, lane: int) -> Locator:
    return page.locator(f".map-cell[data-stage='{stage}'][data-lane='{lane}']")


def names(page: Page, stage: int) -> list[str]:
    """The cards of a stage, lane by lane."""
    found: list[str] = page.locator(f".map-cell[data-stage='{stage}'] .map-card").evaluate_all(
        "(cards) => cards.map((card) => card.dataset.name)"
    )
    return found


def settled(page: Page) -> None:
    """The map has fetched itself after what was done."""
    busy = ", ".join(f"#journey-map.htmx-{state}" for state in ("request", "swapping", "settling"))
    expect(page.locator(busy)).to_have_count(0)


def shows(page: Page, stage: int, *cards: str) -> None:
    """Wait until the map that the server sent shows these cards in the stage, and nothing is fetched any more."""
    expect(page.locator(f".map-cell[data-stage='{stage}'] .map-card .map-name")).to_have_text(list(cards))
    settled(page)


def stages(page: Page) -> list[str]:
    """The stages from left to right, and what stands below them in the first lane alike."""
    heads: list[str] = page.locator(".map-stage").evaluate_all("all => all.map((one) => one.dataset.stage)")
    cells = page.locator(".map-cells").first.locator("td").evaluate_all("all => all.map((one) => one.dataset.stage)")
    assert heads == cells
    names = page.locator(".map-stage").evaluate_all("all => all.map((one) => one.dataset.name)")
    return list(names)


def shows_stages(page: Page, *names: str) -> None:
    """Wait until the map that the server sent shows the stages in this order, and nothing is fetched any more."""
    expect(page.locator(".map-stage h2")).to_have_text(list(names))
    settled(page)
    assert stages(page) == list(names)


def head(page: Page, stage: int) -> Locator:
    return page.locator(f"#stage-{stage}")


def toast(page: Page, text: str) -> Locator:
    shown = page.locator("#toasts .toast").filter(has_text=text)
    expect(shown).to_be_visible()
    return shown


def test_a_card_is_carried_by_mouse_and_undone_while_somebody_watches(visit: Visitor, cast: Cast) -> None:
    path = cast.journey.get_absolute_url()
    watching = visit(path, person=cast.executive).page
    page = visit(path, person=cast.shops_lead).page
    shows(page, cast.pay.pk, "Till", "Receipt")
    card(page, cast.receipt).scroll_into_view_if_needed()
    grip = box(card(page, cast.receipt).locator(".map-grip"))
    target = box(card(page, cast.till))
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] + 12, grip["y"] - 12, steps=3)
    page.mouse.move(target["x"] + 40, target["y"] + 4, steps=8)
    page.mouse.up()
    shown = toast(page, "“Receipt” is in Pay now.")
    shows(page, cast.pay.pk, "Receipt", "Till")
    shows(watching, cast.pay.pk, "Receipt", "Till")
    shown.get_by_role("button", name="Undo").click()
    toast(page, "“Receipt” is back where it was.")
    shows(page, cast.pay.pk, "Till", "Receipt")
    shows(watching, cast.pay.pk, "Till", "Receipt")
    assert cast.crossing(cast.till, cast.receipt).active


def test_a_card_is_carried_by_keyboard_into_another_stage(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead).page
    shows(page, cast.use.pk, "Fault line")
    says = page.locator("#announcer")
    card(page, cast.receipt).locator(".map-name").focus()
    page.keyboard.press("Space")
    expect(says).to_contain_text("Picked up Receipt in Pay")
    page.keyboard.press("ArrowRight")
    expect(says).to_contain_text("Use")
    page.keyboard.press("Escape")
    expect(says).to_have_text("Receipt is back where it was.")
    assert names(page, cast.pay.pk) == ["Till", "Receipt"]
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    toast(page, "“Receipt” is in Use now.")
    stands = page.locator(f".map-cell[data-stage='{cast.use.pk}'] .map-card")
    expect(stands).to_have_count(2)
    settled(page)
    expect(page.locator(f"#name-{cast.receipt.pk}")).to_be_focused()
    moved = Touchpoint.objects.get(pk=cast.receipt.pk)
    assert moved.stage == cast.use
    page.keyboard.press("Control+z")
    toast(page, "“Receipt” is back where it was.")
    shows(page, cast.pay.pk, "Till", "Receipt")


def test_a_finger_carries_after_a_long_press(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead, has_touch=True).page
    shows(page, cast.pay.pk, "Till", "Receipt")
    card(page, cast.receipt).locator(".map-owner").scroll_into_view_if_needed()
    here, there = box(card(page, cast.receipt).locator(".map-owner")), box(card(page, cast.till))
    finger = page.context.new_cdp_session(page)
    x, y = here["x"] + here["width"] / 2, here["y"] + here["height"] / 2

    def touch(kind: str, at: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": at}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", y)
    expect(card(page, cast.receipt)).to_have_attribute("data-carried", "pointer")
    for step in range(1, 9):
        touch("touchMove", y + (there["y"] + 4 - y) * step / 8)
    touch("touchEnd", there["y"] + 4)
    toast(page, "“Receipt” is in Pay now.")
    shows(page, cast.pay.pk, "Receipt", "Till")
    assert page.url.endswith(cast.journey.get_absolute_url()), "letting go opens nothing"


def test_a_stage_is_carried_by_mouse_and_undone_while_somebody_watches(visit: Visitor, cast: Cast) -> None:
    path = cast.journey.get_absolute_url()
    watching = visit(path, person=cast.executive).page
    page = visit(path, person=cast.shops_lead).page
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    grip, target = box(head(page, cast.pay.pk).locator(".map-grip")), box(head(page, cast.notice.pk))
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(grip["x"] - 12, grip["y"] + 3, steps=3)
    page.mouse.move(target["x"] + 20, target["y"] + 200, steps=8)
    assert stages(page) == ["Pay", "Notice", "Choose", "Use"], "what stands below goes along"
    page.mouse.up()
    shown = toast(page, "The stage “Pay” is moved.")
    shows_stages(page, "Pay", "Notice", "Choose", "Use")
    shows_stages(watching, "Pay", "Notice", "Choose", "Use")
    assert cast.crossing(cast.receipt, cast.shop_window).active
    shown.get_by_role("button", name="Undo").click()
    toast(page, "“Pay” is back where it was.")
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    shows_stages(watching, "Notice", "Choose", "Pay", "Use")


def test_a_stage_is_carried_by_keyboard(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead).page
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    says = page.locator("#announcer")
    head(page, cast.pay.pk).locator("h2 a").focus()
    page.keyboard.press("Space")
    expect(says).to_contain_text("Picked up the stage Pay, place 3 of 4.")
    page.keyboard.press("ArrowRight")
    expect(says).to_have_text("Pay, place 4 of 4")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert stages(page) == ["Notice", "Choose", "Use", "Pay"]
    page.keyboard.press("Escape")
    expect(says).to_have_text("The stage Pay is back where it was.")
    assert stages(page) == ["Notice", "Choose", "Pay", "Use"]
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    toast(page, "The stage “Pay” is moved.")
    shows_stages(page, "Pay", "Notice", "Choose", "Use")
    expect(head(page, cast.pay.pk).locator("h2 a")).to_be_focused()
    page.keyboard.press("Control+z")
    toast(page, "“Pay” is back where it was.")
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    page.keyboard.press("e")
    expect(page.locator("dialog[open]").get_by_label("Name")).to_have_value("Pay")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_finger_carries_a_stage_after_a_long_press(visit: Visitor, cast: Cast, width: int) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead, has_touch=True, width=width).page
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    head(page, cast.notice.pk).scroll_into_view_if_needed()
    here = box(head(page, cast.notice.pk).locator("h2 a"))
    finger = page.context.new_cdp_session(page)
    x, y = here["x"] + 8, here["y"] + here["height"] / 2

    def touch(kind: str, at: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": at, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x)
    expect(head(page, cast.notice.pk)).to_have_attribute("data-carried", "pointer")
    there = box(head(page, cast.choose.pk))
    aim = there["x"] + there["width"] / 2 + 10
    for step in range(1, 9):
        touch("touchMove", x + (aim - x) * step / 8)
    expect(page.locator(".map-stage").first).to_have_attribute("data-name", "Choose")
    touch("touchEnd", aim)
    toast(page, "The stage “Notice” is moved.")
    shows_stages(page, "Choose", "Notice", "Pay", "Use")
    assert "stage=" not in page.url, "letting go opens nothing"


def test_a_stage_that_is_refused_goes_back(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead).page
    shows_stages(page, "Notice", "Choose", "Pay", "Use")
    head(page, cast.use.pk).locator("h2 a").focus()
    page.keyboard.press("Space")
    expect(page.locator("#announcer")).to_contain_text("Picked up the stage Use")
    commands.retire_touchpoint(cast.fault_line, actor=cast.executive)
    commands.remove_stage(cast.use, actor=cast.executive)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    toast(page, "There is no")
    expect(page.locator(".map-stage").nth(2)).not_to_have_attribute("data-name", "Use")


def test_what_is_refused_goes_back(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead).page
    shows(page, cast.use.pk, "Fault line")
    card(page, cast.receipt).locator(".map-name").focus()
    page.keyboard.press("Space")
    expect(page.locator("#announcer")).to_contain_text("Picked up Receipt")
    commands.archive_journey(cast.journey, actor=cast.executive)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    toast(page, "is archived")
    expect(page.locator(f".map-cell[data-stage='{cast.use.pk}'] #touch-{cast.receipt.pk}")).to_have_count(0)


def test_stages_and_touchpoints_are_made_and_changed_in_dialogs(visit: Visitor, cast: Cast) -> None:
    seen = visit(cast.journey.get_absolute_url(), person=cast.shops_lead)
    page = seen.page
    shows(page, cast.pay.pk, "Till", "Receipt")
    dialog = page.locator("dialog[open]")
    page.get_by_role("link", name="Add a stage").click()
    dialog.get_by_label("Name").fill("Return")
    page.keyboard.press("Enter")
    toast(page, "The stage “Return” is added.")
    stage = page.locator(".map-stage[data-name='Return']")
    expect(stage).to_be_visible()
    settled(page)
    stage.get_by_role("link", name="Change Return").click()
    dialog.get_by_role("link", name="Move it…", exact=True).click()
    dialog.get_by_label("Place").select_option(label="before Choose")
    dialog.get_by_role("button", name="Move").click()
    toast(page, "The stage “Return” is moved.")
    order = [re.compile(rf"^\s*{name}") for name in ("Notice", "Return", "Choose", "Pay", "Use")]
    expect(page.locator(".map-stage")).to_have_text(order)
    settled(page)
    card(page, cast.till).locator(".map-name").focus()
    page.keyboard.press("e")
    expect(dialog.get_by_label("Name")).to_be_focused()
    assert seen.wrong_in_any_look() == []
    page.set_viewport_size({"width": 1440, "height": 900})
    dialog.get_by_label("Name").fill("Cash desk")
    dialog.get_by_role("button", name="Save").click()
    toast(page, "“Cash desk” is changed.")
    expect(card(page, cast.till).locator(".map-name")).to_have_text("Cash desk")


def test_everything_works_without_script_and_on_a_telephone(visit: Visitor, cast: Cast) -> None:
    page = visit(cast.journey.get_absolute_url(), person=cast.shops_lead, width=NARROW, java_script_enabled=False).page
    card(page, cast.receipt).locator(".map-menu").click()
    page.get_by_role("link", name="Move it to another place…").click()
    page.get_by_label("Place").select_option(f"{cast.pay.pk}:before:{cast.till.pk}")
    page.get_by_role("button", name="Move").click()
    expect(page.locator("main")).to_contain_text("“Receipt” is in Pay now.")
    assert names(page, cast.pay.pk) == ["Receipt", "Till"]
    expect(page.locator(".map-grip").first).to_be_hidden()


def test_a_journey_is_made_by_a_key(visit: Visitor, cast: Cast) -> None:
    page = visit("/journeys/", person=cast.shops_lead).page
    expect(page.get_by_role("link", name="New journey")).to_be_visible()
    page.locator("body").press("n")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Name").fill("Returning it")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Returning it", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("This journey has no stages yet")
