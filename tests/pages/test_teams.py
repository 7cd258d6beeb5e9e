"""The list of teams, and making one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Membership, Team
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import share


def test_my_teams_come_first(cast: Cast, squad: Squad, client: Client) -> None:
    commands.create_team("Aardvarks", key="AA", actor=cast.online_lead)
    client.force_login(cast.member)
    page = client.get("/teams/")
    assert [card.team.name for card in page.context["mine"]] == ["Growth"]
    assert [card.team.name for card in page.context["others"]] == ["Aardvarks"]
    assert text_of(page).index("Growth") < text_of(page).index("Aardvarks")


def test_a_team_shows_its_sprint_and_the_mix_of_departments(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.other_member)
    page = text_of(client.get("/teams/"))
    assert "Sprint 1 14 days left" in page
    assert "Shops 2 Billing" in page
    assert "Blau index 0.44 (n = 3)" in page
    with clock.at(clock.now() + timedelta(days=13)):
        assert "Sprint 1 last day" in text_of(client.get("/teams/"))
    with clock.at(clock.now() + timedelta(days=14)):
        client.force_login(cast.other_member)
        assert "Sprint 1 past its last day" in text_of(client.get("/teams/"))


def test_without_a_team_the_next_step_is_taught(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead)
    assert "Create the first team" in text_of(client.get("/teams/"))
    client.force_login(cast.member)
    page = text_of(client.get("/teams/"))
    assert "No teams yet" in page
    assert "Leads, heads of units, executives and administrators can create one." in page
    assert "Create the first team" not in page
    assert "New team" not in page


def test_a_team_is_made_and_its_maker_is_product_owner(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead)
    answer = client.post("/teams/new/", {"name": "Brand and loyalty", "key": "love", "sprint_days": "7"})
    assert answer.headers["Location"] == "/teams/LOVE/settings/"
    team = Team.objects.get()
    assert (team.name, team.key, team.sprint_days) == ("Brand and loyalty", "LOVE", 7)
    assert team.memberships.get().role == Membership.Role.PRODUCT_OWNER
    in_page = client.post(
        "/teams/new/", {"name": "Phones", "key": "CALL", "sprint_days": "7"}, headers={"HX-Request": "true"}
    )
    assert in_page.headers["HX-Redirect"] == "/teams/CALL/settings/"


@pytest.mark.parametrize(("name", "key"), [("Growth", "GROW"), ("Search and social media", "SASM"), ("9 to 5", "T5")])
def test_a_key_that_is_left_empty_is_made_of_the_name(cast: Cast, client: Client, name: str, key: str) -> None:
    client.force_login(cast.shops_lead)
    client.post("/teams/new/", {"name": name, "key": "", "sprint_days": "14"})
    assert Team.objects.get().key == key


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"key": "GROW"}, "The key GROW is that of the team Growth."),
        ({"key": "4X"}, "“4X” cannot be the key of a team."),
        ({"key": "", "name": "東京"}, "No key can be made of this name"),
        ({"name": "growth"}, "There is a team “Growth” already; its key is GROW."),
        ({"sprint_days": "90"}, "less than or equal to 56"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_what_was_typed(
    cast: Cast, squad: Squad, client: Client, changed: dict[str, str], told: str
) -> None:
    client.force_login(cast.shops_lead)
    typed = {"name": "Another", "key": "OTHER", "sprint_days": "14"} | changed
    answer = client.post("/teams/new/", typed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert f'value="{typed["name"]}"' in answer.content.decode()
    assert Team.objects.count() == 1


def test_guests_see_the_teams_that_are_shared_with_them_and_no_departments(
    cast: Cast, squad: Squad, client: Client
) -> None:
    commands.create_team("Aardvarks", key="AA", actor=cast.online_lead)
    client.force_login(cast.guest)
    assert "No team is shared with you" in text_of(client.get("/teams/"))
    until = clock.today() + timedelta(days=3)
    share("team", squad.team.pk, guest=cast.guest, until=until, actor=cast.shops_lead)
    page = text_of(client.get("/teams/?show=archived"))
    assert "Growth" in page
    assert "Sprint 1 14 days left" in page
    for hidden in ("Aardvarks", "Billing Blau", "Blau", "New team", "Archived"):
        assert hidden not in page
    with clock.at(clock.now() + timedelta(days=4)):
        client.force_login(cast.guest)
        assert "Growth" not in text_of(client.get("/teams/"))
        assert client.get("/teams/GROW/backlog/").status_code == 404


def test_archived_teams_are_in_a_list_of_their_own(cast: Cast, client: Client) -> None:
    team = commands.create_team("Books", key="BOOK", actor=cast.shops_lead)
    commands.archive_team(team, actor=cast.shops_lead)
    client.force_login(cast.member)
    assert "Books" not in text_of(client.get("/teams/"))
    assert "Books" in text_of(client.get("/teams/?show=archived"))


def test_the_list_costs_the_same_for_two_teams_and_for_twenty(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.shops_lead)
    commands.create_team("Aardvarks", key="AA", actor=cast.online_lead)
    few = statements(client, "/teams/")
    for number in range(18):
        team = commands.create_team(f"Team {number}", key=f"T{number}", actor=cast.online_lead)
        commands.add_member(team, person=cast.member, actor=cast.online_lead)
        commands.start_sprint(commands.plan_sprint(team, actor=cast.online_lead), actor=cast.online_lead)
    assert statements(client, "/teams/") == few <= 9
