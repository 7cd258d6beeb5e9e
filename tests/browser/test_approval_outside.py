"""Somebody outside opens the link of a question, says what should change, and is thanked; no account, no shell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from sprints import commands as sprints
from sprints.models import Approval
from tests.browser.conftest import Visitor
from tests.cast import Cast

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


def test_an_asset_is_looked_at_and_answered_by_keyboard(
    visit: Visitor, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    team = sprints.create_team("Growth", key="GROW", actor=cast.shops_lead)
    story = sprints.create_story(team, title="Banner for the spring sale", actor=cast.shops_lead)
    name = "a-name-without-any-space-in-it-that-goes-on-for-longer-than-a-telephone-is-wide.txt"
    file = sprints.attach_file(story, name=name, content=ContentFile(b"Half price"), actor=cast.shops_lead)
    approval, secret = sprints.ask_approval(
        story, asset="Banner, final", outside_email="ona@client.example", attachment=file, actor=cast.shops_lead
    )
    opened = visit(f"/approvals/{secret}/")
    page = opened.page
    expect(page.get_by_role("heading", name="May “Banner, final” go out?")).to_be_visible()
    assert opened.wrong_in_any_look() == []
    with page.expect_download() as downloading:
        page.get_by_role("link", name=name).click()
    assert Path(downloading.value.path()).read_bytes() == b"Half price"

    opened.tab_to("Changes wanted")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="It is not said what should change.")).to_be_visible()
    assert opened.faults() == []
    opened.tab_to("Note (optional)")
    page.keyboard.type("Larger type.")
    opened.tab_to("Changes wanted")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert opened.faults() == []
    approval = Approval.objects.get(pk=approval.pk)
    assert (approval.state, approval.note) == ("rejected", "Larger type.")

    page.goto(f"/approvals/{secret}/")
    expect(page.get_by_role("heading", name="This was answered already")).to_be_visible()
    assert opened.faults() == []
