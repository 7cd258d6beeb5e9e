"""The style guide shows every shared piece, so that none is made, changed or lost unseen."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from workspace.organisation.models import Person
from workspace.pages.templatetags.ui import register

TEMPLATES = Path(settings.BASE_DIR) / "templates"
GUIDE = [TEMPLATES / "pages" / "style_guide.html", TEMPLATES / "pages" / "style_guide_sample.html"]
# Pieces that the shell around the guide shows, or that only the page of a failure uses.
ELSEWHERE = {"nav_item": "ui/shell/nav.html", "static_if_there": "500.html"}


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(email="ada@example.com", name="Ada Okafor")


def test_shows_itself_to_everyone_who_is_signed_in(client: Client, ada: Person) -> None:
    client.force_login(ada)
    response = client.get("/style-guide/")
    assert response.status_code == 200
    assert "<h1>Style guide</h1>" in response.content.decode()


def test_sends_strangers_to_sign_in(client: Client) -> None:
    response = client.get("/style-guide/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/sign-in/?next=/style-guide/"


@pytest.mark.parametrize("tag", sorted(register.tags))
def test_shows_every_piece(tag: str) -> None:
    places = [TEMPLATES / ELSEWHERE[tag]] if tag in ELSEWHERE else GUIDE
    assert any(re.search(rf"{{%\s+{tag}\s", place.read_text()) for place in places), f"{{% {tag} %}} is not shown"


@pytest.mark.parametrize("template", sorted(path.name for path in (TEMPLATES / "ui").glob("*.html")))
def test_has_no_piece_that_nothing_uses(template: str) -> None:
    house = Path(settings.BASE_DIR) / "workspace"
    used_by = [*TEMPLATES.rglob("*.html"), *(house / "pages").rglob("*.py"), *house.glob("*.py")]
    assert any(f'"ui/{template}"' in place.read_text() for place in used_by)


def test_asks_the_database_for_the_person_alone(
    client: Client, ada: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(ada)
    with django_assert_num_queries(2):  # the session and the person
        client.get("/style-guide/")


def test_carries_no_inline_style_or_script(client: Client, ada: Person) -> None:
    client.force_login(ada)
    page = client.get("/style-guide/").content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_filters_have_chips_that_lead_out_of_them(client: Client, ada: Person) -> None:
    client.force_login(ada)
    page = client.get("/style-guide/?severity=high&channel=web&sort=-name&page=3").content.decode()
    assert "Severity: High" in page
    assert 'href="?channel=web&amp;sort=-name"' in page, (
        "the way out of one filter keeps the others and leaves the page"
    )
    assert 'href="?sort=-name"' in page, "the way out of all keeps the order"
