"""Finding and importing journeys in a browser: found while typing, by keyboard, with no fault that axe can see."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from journeys.models import Touchpoint
from tests.browser.conftest import Visitor
from tests.cast import Cast
from workspace.activity.commands.jobs import work_on_waiting

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("fresh_cache"),
]


def test_a_touchpoint_is_found_while_typing_and_reached_by_keyboard(visit: Visitor, cast: Cast) -> None:
    seen = visit("/journeys/", person=cast.member)
    seen.tab_to("Search journeys and touchpoints")
    seen.page.keyboard.type("store pay")
    till = seen.page.get_by_role("link", name="Till", exact=True)
    expect(till).to_be_visible()
    expect(seen.page).to_have_url(re.compile(r"\?q=store(%20|\+)pay$"))
    assert seen.wrong_in_any_look() == []
    till.focus()
    seen.page.keyboard.press("Enter")
    expect(seen.page).to_have_url(re.compile(rf"/touchpoints/{cast.till.pk}/$"))


def test_an_export_is_changed_looked_at_and_imported(visit: Visitor, cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "journeys.csv"
    call_command("export_csv", "journeys", str(file))
    file.write_bytes(file.read_bytes().replace(b'"Till"', b'"Checkout"'))
    seen = visit("/journeys/import/", person=cast.executive)
    assert seen.wrong_in_any_look() == []
    seen.page.get_by_label("CSV file").set_input_files(file)
    seen.page.get_by_role("button", name="Show what would happen").press("Enter")
    expect(seen.page.get_by_role("row", name=re.compile("Checkout"))).to_contain_text("Till → Checkout")
    assert seen.wrong_in_any_look() == []
    seen.page.get_by_role("button", name="Import 1 row").press("Enter")
    expect(seen.page).to_have_url(re.compile(r"/journeys/imports/\d+/$"))
    work_on_waiting()
    expect(seen.page.get_by_text("journeys.csv is imported.")).to_be_visible()
    assert Touchpoint.objects.get(pk=cast.till.pk).name == "Checkout"
