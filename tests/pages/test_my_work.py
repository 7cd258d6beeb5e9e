"""My work: what one is assigned to in all teams, what waits for one's approval, and when one is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Absence, Approval, Story
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad
from workspace import clock

PAGE = "/my-work/"


@pytest.fixture
def page(cast: Cast, squad: Squad, client: Client) -> str:
    """The page of Mia, who works on the mail."""
    client.force_login(cast.member)
    return PAGE


def groups(client: Client) -> dict[str, list[str]]:
    """The titles on the page, by group."""
    return {group.code: [story.title for story in group.stories] for group in client.get(PAGE).context["work"].groups}


def give(story: Story, cast: Cast, **fields: Any) -> None:
    commands.change_story(story, assignees=[cast.member], actor=cast.shops_lead, **fields)


def test_stories_of_all_teams_stand_by_due_date_and_sprint(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    today = clock.today()
    brand = commands.create_team("Brand", key="LOVE", actor=cast.online_lead)
    cake = commands.create_story(
        brand, title="Cake", assignees=[], due_on=today + timedelta(days=7), actor=cast.online_lead
    )
    commands.add_member(brand, person=cast.member, actor=cast.online_lead)
    commands.change_story(cake, assignees=[cast.member], actor=cast.online_lead)
    give(squad.quiz, cast, due_on=today - timedelta(days=1))
    give(squad.poster, cast, due_on=today + timedelta(days=8))
    commands.move_story(squad.survey, sprint=squad.later, actor=cast.shops_lead)
    give(squad.survey, cast)
    give(squad.video, cast, blocked_reason="The camera is broken")
    give(squad.radio, cast)
    commands.move_story(squad.radio, column=squad.done, actor=cast.shops_lead)
    assert groups(client) == {
        "blocked": ["Video of the coffee machine"],
        "due": ["Quiz", "Cake"],
        "active": ["Mail after the first order"],
        "planned": ["Survey"],
        "backlog": ["Poster"],
    }
    shown = text_of(client.get(page))
    assert "The camera is broken" in shown
    assert "1 day late" in shown


def test_with_nothing_to_do_the_next_step_is_taught(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.shops_lead)
    shown = text_of(client.get(PAGE))
    assert "No story is yours" in shown
    assert "Growth" in shown
    client.force_login(cast.other_member)
    assert "You are in no team yet; whoever runs one can add you." in text_of(client.get(PAGE))


def test_deleted_stories_and_those_of_archived_teams_are_no_work(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    give(squad.quiz, cast)
    commands.delete_story(squad.mail, actor=cast.shops_lead)
    assert groups(client) == {"backlog": ["Quiz"]}
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    commands.archive_team(squad.team, actor=cast.shops_lead)
    assert groups(client) == {}


def ask(squad: Squad, cast: Cast, asset: str) -> Approval:
    approval, _secret = commands.ask_approval(squad.quiz, asset=asset, person=cast.member, actor=cast.shops_lead)
    return approval


def test_what_waits_for_approval_is_answered_here(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    banner, video = ask(squad, cast, "Banner, final"), ask(squad, cast, "Video, first cut")
    shown = text_of(client.get(page))
    assert "Waits for my approval 2" in shown
    assert "Liam Lead asks" in shown
    client.post(f"{page}approvals/{banner.pk}/approve/")
    empty = client.post(f"{page}approvals/{video.pk}/changes/", {"note": " "})
    assert empty.status_code == 422
    client.post(f"{page}approvals/{video.pk}/changes/", {"note": "Too long."})
    banner.refresh_from_db()
    video.refresh_from_db()
    assert (banner.state, video.state, video.note) == ("approved", "rejected", "Too long.")
    assert "Waits for my approval" not in text_of(client.get(page))


def test_an_approval_is_answered_once_and_by_who_was_asked(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    banner = ask(squad, cast, "Banner")
    client.post(f"{page}approvals/{banner.pk}/approve/")
    assert client.post(f"{page}approvals/{banner.pk}/approve/").status_code in (409, 422)
    other = ask(squad, cast, "Video")
    client.force_login(cast.shops_lead)
    assert client.get(f"{page}approvals/{other.pk}/changes/").status_code == 403
    assert client.post(f"{page}approvals/{other.pk}/approve/").status_code == 403


def test_everybody_enters_their_own_absences(cast: Cast, client: Client, page: str) -> None:
    today = clock.today()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=4)).isoformat()}
    client.post("/absences/add/", days)
    absence = Absence.objects.get()
    assert absence.person == cast.member
    assert f"/absences/{absence.pk}/remove/" in client.get(page).content.decode()
    twice = client.post("/absences/add/", days)
    assert twice.status_code == 422
    assert days["starts_on"] in twice.content.decode()
    client.force_login(cast.other_member)
    assert f"/absences/{absence.pk}/remove/" not in client.get(page).content.decode()
    assert client.post(f"/absences/{absence.pk}/remove/").status_code == 403
    client.force_login(cast.member)
    client.post(f"/absences/{absence.pk}/remove/")
    assert not Absence.objects.exists()


@pytest.mark.parametrize("days", [{}, {"starts_on": "now", "ends_on": "2031-01-02"}, {"starts_on": "2031-01-02"}])
def test_an_absence_has_days(client: Client, page: str, days: dict[str, str]) -> None:
    assert client.post("/absences/add/", days).status_code == 422
    assert not Absence.objects.exists()


def test_the_page_costs_the_same_for_little_and_much(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    few = statements(client, page)
    for number in range(25):
        story = commands.create_story(squad.team, title=f"Story {number}", assignees=[cast.member], actor=None)
        commands.ask_approval(story, asset="Text", person=cast.member, actor=cast.shops_lead)
    assert statements(client, page) == few <= 12
