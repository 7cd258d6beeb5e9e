"""The description of the API, as somebody reads it and tries it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.cast import Cast

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_the_docs_are_read_and_tried_without_a_complaint(visit: Visitor, cast: Cast, width: int, theme: str) -> None:
    seen = visit("/api/v1/docs/", person=cast.administrator, width=width, theme=theme)
    page = seen.page
    page.locator("#operations-tag-departments, .opblock-tag[data-tag=departments]").click()
    page.locator("#operations-departments-department_create .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    body = page.locator("#operations-departments-department_create textarea.body-param__text")
    body.fill(f'{{"name": "Legal", "code": "LEGAL", "unit": {cast.retail.pk}}}')
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("201")
    assert seen.overflow() == 0
    assert seen.complaints == []
