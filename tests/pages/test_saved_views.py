"""Filters that a person keeps under a name: their own, with nothing in them that is no filter."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast, scan
from tests.pages.reading import statements, text_of
from workspace.errors import RuleBroken
from workspace.organisation.commands.saved_views import save_view
from workspace.organisation.models import Person, SavedView
from workspace.organisation.rules.saved_views import AT_MOST

FILTERS = ("q", "rule", "severity")


def save(person: Person, name: str = "Tills", query: str = "q=till") -> SavedView:
    return save_view(name, page="flags", query=query, filters=FILTERS, actor=person)


def test_the_filters_in_force_are_saved_and_found_again(cast: Cast, client: Client) -> None:
    scan()
    client.force_login(cast.member)
    page = client.get("/flags/?q=till&severity=4")
    assert "Save these filters" in text_of(page)
    asked = client.get("/flags/views/save/?q=till&severity=4&page=3&next=/flags/")
    assert 'value="q=till&amp;severity=4"' in asked.content.decode()
    done = client.post("/flags/views/save/", {"name": "  Tills,  worst ", "query": "q=till&severity=4&page=3&evil=1"})
    assert done.headers["Location"] == "/flags/?q=till&severity=4"
    view = SavedView.objects.get()
    assert (view.person, view.page, view.name, view.query) == (
        cast.member,
        "flags",
        "Tills, worst",
        "q=till&severity=4",
    )
    page = client.get(done.headers["Location"])
    assert "Save these filters" not in text_of(page)
    assert [v.label for v in page.context["views"].views if v.current] == ["Tills, worst"]


def test_the_order_of_the_filters_does_not_matter(cast: Cast, client: Client) -> None:
    save(cast.member, query="severity=4&q=till")
    client.force_login(cast.member)
    page = client.get("/flags/?severity=4&q=till&page=1&unit=")
    assert [view.label for view in page.context["views"].views if view.current] == ["Tills"]


def test_everybody_has_the_views_that_are_built_in(cast: Cast, client: Client) -> None:
    scan()
    client.force_login(cast.care_lead)
    views = {view.label: view.url for view in client.get("/flags/").context["views"].views}
    assert list(views) == ["Everything", "Asked of me", "My departments", "Unowned in my unit", "Critical"]
    unowned = client.get(f"/flags/{views['Unowned in my unit']}")
    assert {row.flag.touchpoint for row in unowned.context["rows"]} == {cast.till, cast.fault_line}
    for url in views.values():
        assert client.get(f"/flags/{url}").status_code == 200


def test_renaming_and_deleting_ones_own(cast: Cast, client: Client) -> None:
    view = save(cast.member)
    client.force_login(cast.member)
    client.post(f"/flags/views/{view.pk}/rename/", {"name": "All tills"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("All tills", "q=till")
    assert "All tills" in text_of(client.get(f"/flags/views/{view.pk}/delete/"))
    client.post(f"/flags/views/{view.pk}/delete/")
    assert not SavedView.objects.exists()
    assert client.post(f"/flags/views/{view.pk}/delete/").status_code == 404


def test_somebody_elses_is_not_there(cast: Cast, client: Client) -> None:
    view = save(cast.member)
    client.force_login(cast.administrator)
    for action in ("rename", "delete"):
        assert client.get(f"/flags/views/{view.pk}/{action}/").status_code == 404
        assert client.post(f"/flags/views/{view.pk}/{action}/", {"name": "Mine"}).status_code == 404
    assert "Tills" not in [v.label for v in client.get("/flags/").context["views"].views]
    view.refresh_from_db()
    assert view.name == "Tills"


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "required"), ("   ", "required"), ("x" * 81, "at most 80 characters"), ("TILLS", "“TILLS” already")],
)
def test_a_name_that_cannot_be_keeps_what_was_typed(cast: Cast, client: Client, name: str, said: str) -> None:
    save(cast.member)
    client.force_login(cast.member)
    answer = client.post("/flags/views/save/", {"name": name, "query": "rule=no-owner"})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="rule=no-owner"' in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_two_people_may_use_one_name(cast: Cast) -> None:
    save(cast.member)
    save(cast.administrator)
    with pytest.raises(RuleBroken, match="already"):
        save(cast.member)


def test_there_is_room_for_fifty(cast: Cast) -> None:
    for number in range(AT_MOST):
        save(cast.member, name=f"View {number}")
    with pytest.raises(RuleBroken, match="all there is room for"):
        save(cast.member, name="One more")
    save(cast.executive, name="One more")


def test_only_known_filters_are_kept_and_not_too_many_words(cast: Cast) -> None:
    view = save(cast.member, query="q=till&next=//evil.example&csrf=1&severity=&rule=no-owner&rule=contested")
    assert view.query == "q=till&rule=no-owner&rule=contested"
    with pytest.raises(RuleBroken, match="too long"):
        save(cast.member, name="Long", query="q=" + "x" * 2000)


def test_what_is_saved_is_text_on_the_page(cast: Cast, client: Client) -> None:
    save(cast.member, name="<script>alert(1)</script>", query='q="><script>')
    client.force_login(cast.member)
    page = client.get("/flags/").content.decode()
    assert "<script>alert(1)" not in page
    assert '"><script>' not in page


def test_views_cost_one_statement_whatever_their_number(cast: Cast, client: Client) -> None:
    scan()
    client.force_login(cast.service_head)
    few = statements(client, "/flags/")
    for number in range(20):
        save(cast.service_head, name=f"View {number}", query=f"q={number}")
    assert statements(client, "/flags/") == few <= 12
