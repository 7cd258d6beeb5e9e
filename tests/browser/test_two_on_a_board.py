"""Two people on one board: what one does arrives at the other; in each other's way; undo; offline and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sprints import commands
from tests.browser.conftest import NARROW, Visitor
from tests.browser.test_board import card, column, where
from tests.browser.test_live import ARRIVES, is_same, listening
from tests.cast import Cast
from tests.sprints.squad import Squad

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


def test_a_card_that_one_carries_arrives_at_the_other(visit: Visitor, squad: Squad, cast: Cast) -> None:
    mia, liam = visit("/teams/GROW/", person=cast.member), visit("/teams/GROW/", person=cast.shops_lead, width=NARROW)
    acting, watching = mia.page, listening(liam.page)
    card(acting, squad.banner).drag_to(column(acting, squad.doing))
    expect(column(watching, squad.doing).locator(f"#card-{squad.banner.pk}")).to_be_attached(timeout=ARRIVES)
    card(acting, squad.banner).locator(".story-link").focus()
    for key in ("m", "ArrowRight", "ArrowRight", "Enter"):  # past Review to Done
        acting.keyboard.press(key)
    expect(column(watching, squad.done).locator(f"#card-{squad.banner.pk}")).to_be_attached(timeout=ARRIVES)
    acting.keyboard.press("Control+z")
    expect(column(watching, squad.doing).locator(f"#card-{squad.banner.pk}")).to_be_attached(timeout=ARRIVES)
    assert where(squad.banner) == "Doing"
    assert is_same(watching)
    assert mia.complaints == liam.complaints == []


def test_undo_does_not_overwrite_the_other(visit: Visitor, squad: Squad, cast: Cast) -> None:
    acting = visit("/teams/GROW/", person=cast.member).page
    card(acting, squad.banner).drag_to(column(acting, squad.doing))
    expect(acting.locator("#toasts")).to_contain_text("is in “Doing”")
    commands.move_story(squad.banner, column=squad.done, actor=cast.shops_lead)
    acting.keyboard.press("Control+z")
    expect(acting.locator("#toasts")).to_contain_text("Liam Lead has moved GROW-1 since")
    assert where(squad.banner) == "Done"
    expect(column(acting, squad.done).locator(f"#card-{squad.banner.pk}")).to_be_visible(timeout=ARRIVES)


def test_a_drop_that_does_not_arrive_comes_back(visit: Visitor, squad: Squad, cast: Cast) -> None:
    """Without a network the card goes back to where it was; then the board shows what the other did meanwhile."""
    acting = listening(visit("/teams/GROW/", person=cast.member).page)
    acting.context.set_offline(True)
    expect(acting.locator("#live-sign")).to_be_visible(timeout=ARRIVES)
    commands.move_story(squad.mail, column=squad.review, actor=cast.shops_lead)
    card(acting, squad.banner).drag_to(column(acting, squad.review))
    expect(column(acting, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible(timeout=ARRIVES)
    acting.context.set_offline(False)
    expect(column(acting, squad.review).locator(f"#card-{squad.mail.pk}")).to_be_visible(timeout=ARRIVES)
    expect(acting.locator("#live-sign")).to_be_hidden(timeout=ARRIVES)
    assert where(squad.banner) == "To do"
    assert is_same(acting)


def test_after_a_lost_network_the_board_catches_up(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = listening(visit("/teams/GROW/", person=cast.member).page)
    page.context.set_offline(True)
    expect(page.locator("#live-sign")).to_be_visible(timeout=ARRIVES)
    commands.move_story(squad.banner, column=squad.done, actor=cast.shops_lead)
    commands.change_story(squad.video, title="Film of the coffee machine", actor=cast.shops_lead)
    page.context.set_offline(False)
    expect(column(page, squad.done).locator(f"#card-{squad.banner.pk}")).to_be_visible(timeout=ARRIVES)
    expect(card(page, squad.video)).to_contain_text("Film of the coffee machine", timeout=ARRIVES)
    assert is_same(page)
