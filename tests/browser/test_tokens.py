"""Tokens, as somebody makes and revokes them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from sprints.commands import create_team
from tests.api.program import Program, problem
from tests.browser.conftest import Visitor
from tests.caching import empty_cache
from tests.cast import Cast

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


def test_a_token_is_made_by_keyboard_and_revoked(visit: Visitor, cast: Cast) -> None:
    empty_cache()  # ids come again, and with them how often a token has asked
    create_team("Growth", key="GROW", actor=cast.administrator)
    seen = visit("/account/tokens/", person=cast.member)
    assert seen.wrong_in_any_look() == []
    page = seen.page
    seen.tab_to("Make a token")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/new/$"))
    assert seen.wrong_in_any_look() == []
    page.get_by_label("Name").fill("Nightly sync")
    page.get_by_label("read and write").check()
    page.get_by_label("Growth").check()
    page.keyboard.press("Enter")
    secret = page.locator("[data-token]").inner_text()
    assert seen.wrong_in_any_look() == []
    program = Program(secret)
    assert program.get("me/").data["scope"] == "write"
    page.get_by_role("link", name="I have it").click()
    expect(page.locator("main")).to_contain_text("only in Growth")
    assert seen.wrong_in_any_look() == []
    page.get_by_role("button", name="Revoke Nightly sync").click()
    expect(page.get_by_role("heading", name="No program acts for you")).to_be_visible()
    problem(program.get("me/"), 401, "not-signed-in")
