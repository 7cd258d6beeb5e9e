"""Saved views of a board: one's own, and those that are shared with the team."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.organisation.models import SavedView

pytestmark = pytest.mark.django_db

SAVE = "/teams/GROW/views/new/"


def save(client: Client, name: str, **fields: str) -> int:
    return client.post(SAVE, {"name": name, "query": "blocked=on&lanes=assignee", **fields}).status_code


def test_a_private_view_is_for_one_person_alone(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    assert save(client, "Mine") == 302
    assert "Mine" in client.get("/teams/GROW/").text
    client.force_login(cast.shops_lead)
    assert "Mine" not in client.get("/teams/GROW/").text


def test_a_shared_view_is_offered_to_everybody_who_sees_the_board(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    before = client.get("/teams/GROW/").headers["ETag"]
    assert save(client, "What is stuck", is_shared="on") == 302
    del client.cookies["messages"]  # a page that has to say something is never kept
    assert client.get("/teams/GROW/").headers["ETag"] != before
    for person in (cast.shops_lead, cast.other_member):
        client.force_login(person)
        assert "What is stuck" in client.get("/teams/GROW/").text


def test_who_does_not_work_in_the_team_shares_nothing_with_it(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.other_member)
    assert "For the whole team" not in client.get(SAVE).text
    assert save(client, "Forged", is_shared="on") == 302
    assert not SavedView.objects.get(name="Forged").is_shared


def test_the_name_of_a_shared_view_is_there_once(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    save(client, "What is stuck", is_shared="on")
    client.force_login(cast.shops_lead)
    refused = client.post(SAVE, {"name": "what is STUCK", "query": "blocked=on", "is_shared": "on"})
    assert refused.status_code == 422
    assert "There is a shared view “what is STUCK” already" in refused.text
    assert save(client, "What is stuck") == 302, "for oneself it is free"


def test_shared_views_are_looked_after_by_their_owner_and_whoever_runs_the_team(
    cast: Cast, squad: Squad, client: Client
) -> None:
    client.force_login(cast.member)
    save(client, "What is stuck", is_shared="on")
    view = SavedView.objects.get()
    path = f"/teams/GROW/views/{view.pk}"
    client.force_login(cast.other_member)
    assert client.post(f"{path}/rename/", {"name": "Forged"}).status_code == 404
    assert client.post(f"{path}/delete/").status_code == 404
    client.force_login(cast.shops_lead)
    assert client.post(f"{path}/rename/", {"name": "Stuck"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.person) == ("Stuck", cast.member)
    client.force_login(cast.member)
    assert client.post(f"{path}/delete/").status_code == 302
    assert not SavedView.objects.exists()
