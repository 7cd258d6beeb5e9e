"""The sprints of a team: the list, planning, starting and closing them, and the report of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Commitment, Sprint, SprintReport
from sprints.queries.sprint_page import SprintState
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad, play
from workspace import clock
from workspace.activity.models import Event

PAGE = "/teams/GROW/sprints/"


@pytest.fixture
def page(cast: Cast, squad: Squad, client: Client) -> str:
    """The sprints, opened by the product owner."""
    client.force_login(cast.shops_lead)
    return PAGE


def lists_of(state: SprintState) -> dict[str, list[str]]:
    """The stories of each list of a report."""
    return {one.kind: [row.code for row in one.rows] for one in state.lists}


def day(offset: int) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


def test_sprints_are_listed_the_newest_first(client: Client, page: str) -> None:
    answer = client.get(page)
    assert [str(row.sprint) for row in answer.context["rows"]] == ["Sprint 2", "Sprint 1"]
    shown = text_of(answer)
    assert "active 14 days left 8 points · 3 stories" in shown
    assert "No sprint is closed yet, so there is no velocity." in shown


def test_without_sprints_the_next_step_is_taught(cast: Cast, client: Client) -> None:
    commands.create_team("Brand", key="LOVE", actor=cast.online_lead)
    client.force_login(cast.online_lead)
    assert "Plan the first sprint" in text_of(client.get("/teams/LOVE/sprints/"))
    client.force_login(cast.member)
    shown = text_of(client.get("/teams/LOVE/sprints/"))
    assert "Its product owner or scrum master plans the first one." in shown
    assert "Plan the first sprint" not in shown


def test_a_new_sprint_is_proposed_after_the_last_one(squad: Squad, client: Client, page: str) -> None:
    form = client.get(f"{page}new/").context["form"]
    first = squad.later.ends_on + timedelta(days=1)
    assert (form["starts_on"].value(), form["ends_on"].value()) == (first, first + timedelta(days=13))
    client.post(f"{page}new/", {"goal": "Sell filters", "starts_on": day(60), "ends_on": day(66)})
    made = Sprint.objects.get(number=3)
    assert (made.goal, made.starts_on.isoformat(), made.state) == ("Sell filters", day(60), "planned")


@pytest.mark.parametrize(
    ("starts", "ends", "told"),
    [
        (70, 60, "lies before the first"),
        (5, 20, "Sprint 1 takes"),
        (60, 160, "From"),
    ],
)
def test_days_that_cannot_be_are_refused_and_kept(
    squad: Squad, client: Client, page: str, starts: int, ends: int, told: str
) -> None:
    typed = {"goal": "Sell filters", "starts_on": day(starts), "ends_on": day(ends)}
    answer = client.post(f"{page}new/", typed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "Sell filters" in answer.content.decode()
    assert Sprint.objects.count() == 2


def test_days_that_are_no_days_are_refused(client: Client, page: str) -> None:
    assert client.post(f"{page}new/", {"starts_on": "soon", "ends_on": "31.02.2031"}).status_code == 422


def form_of(client: Client, path: str) -> dict[str, Any]:
    """What a browser would send back untouched."""
    form = client.get(path).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    return sent | {f"initial-{name}": form[name].value() or "" for name in form.fields if name != "base_version"}


def test_a_sprint_is_changed_and_a_stale_form_is_told(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    sent = form_of(client, f"{page}1/change/")
    client.post(f"{page}1/change/", sent | {"goal": "More second orders", "interrupt_points": "8"})
    squad.sprint.refresh_from_db()
    assert (squad.sprint.goal, squad.sprint.interrupt_points) == ("More second orders", 8)
    stale = client.post(f"{page}1/change/", sent | {"goal": "Fewer returns"})
    assert stale.status_code == 409
    assert "was changed in the meantime" in text_of(stale)
    assert "Fewer returns" in stale.content.decode()


def test_the_first_day_of_an_active_sprint_stays(client: Client, page: str) -> None:
    sent = form_of(client, f"{page}1/change/")
    answer = client.post(f"{page}1/change/", sent | {"starts_on": day(1)})
    assert answer.status_code == 422
    assert "its first day stays" in text_of(answer)


def test_a_planned_sprint_is_removed_and_its_stories_wait_again(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    commands.move_story(squad.quiz, sprint=squad.later, actor=cast.shops_lead)
    assert "Stories in it: 1." in text_of(client.get(f"{page}2/remove/"))
    client.post(f"{page}2/remove/")
    squad.quiz.refresh_from_db()
    assert squad.quiz.sprint is None
    assert client.post(f"{page}1/remove/").status_code == 422


def test_the_dialog_says_what_starting_freezes(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    commands.move_story(squad.banner, column=squad.done, actor=cast.shops_lead)
    commands.close_sprint(squad.sprint, unfinished_to="next", actor=cast.shops_lead)
    told = text_of(client.get(f"{page}2/start/"))
    for words in (
        "Commitment 2 stories, 5 points",
        "Capacity 25 days",
        "Velocity 3 points (n = 1)",
        "1 story has no estimate and counts no points.",
    ):
        assert words in told  # fmt: skip
    client.post(f"{page}2/start/")
    assert Commitment.objects.filter(sprint=squad.later).count() == 2
    squad.later.refresh_from_db()
    assert squad.later.state == Sprint.State.ACTIVE


def test_two_sprints_are_never_active(client: Client, page: str) -> None:
    answer = client.post(f"{page}2/start/")
    assert answer.status_code == 422
    assert "Sprint 1 is active; a team has one active sprint." in text_of(answer)


def test_the_dialog_lists_what_is_not_done_and_where_it_goes(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    commands.move_story(squad.banner, column=squad.done, actor=cast.shops_lead)
    commands.change_team(squad.team, unfinished_to="next", actor=cast.shops_lead)
    answer = client.get(f"{page}1/close/")
    told = text_of(answer)
    for words in (
        "Done 1 story, 3 points",
        "Not done 2 stories, 5 points",
        "GROW-2 Mail after the first order Doing",
        "Sprint 2, the next planned one",
    ):
        assert words in told  # fmt: skip
    assert answer.context["form"]["unfinished_to"].value() == "next"


@pytest.mark.parametrize(("to", "number"), [("backlog", None), ("next", 2)])
def test_closing_leads_to_the_report(
    cast: Cast, squad: Squad, client: Client, page: str, to: str, number: int | None
) -> None:
    answer = client.post(f"{page}1/close/", {"unfinished_to": to}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"{page}1/"
    squad.mail.refresh_from_db()
    assert (squad.mail.sprint.number if squad.mail.sprint else None) == number
    shown = text_of(client.get(f"{page}1/"))
    assert "Sprint 1 is closed." in shown
    assert "frozen when the sprint closed" in shown
    assert ("to the backlog" if number is None else "to Sprint 2") in shown


@pytest.mark.parametrize("sent", [{}, {"unfinished_to": "elsewhere"}])
def test_where_unfinished_work_goes_has_to_be_said(client: Client, page: str, sent: dict[str, str]) -> None:
    before = Event.objects.count()
    assert client.post(f"{page}1/close/", sent).status_code == 422
    assert Event.objects.count() == before


EXPECTED = {
    "committed": ["GROW-1", "GROW-2", "GROW-3"],
    "done": ["GROW-1"],
    "unfinished": ["GROW-3", "GROW-4", "GROW-5"],
    "added": ["GROW-4", "GROW-5"],
    "removed": ["GROW-2"],
    "unplanned": ["GROW-5"],
}


def test_an_active_sprint_tells_what_it_comes_to_so_far(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    play(cast, squad)
    answer = client.get(f"{page}1/")
    state = answer.context["state"]
    assert {kind: sorted(codes) for kind, codes in lists_of(state).items()} == EXPECTED
    assert {one.kind: one.points for one in state.lists} == {
        "committed": "8", "done": "3", "unfinished": "3", "added": "3", "removed": "5", "unplanned": "1",
    }  # fmt: skip
    assert not SprintReport.objects.exists()


def test_a_report_stays_as_it_was(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    play(cast, squad)
    client.post(f"{page}1/close/", {"unfinished_to": "backlog"})
    commands.change_story(squad.quiz, points=13, title="Another quiz", actor=cast.shops_lead)
    commands.move_story(squad.video, sprint=squad.later, actor=cast.shops_lead)
    commands.delete_story(squad.poster, actor=cast.shops_lead)
    answer = client.get(f"{page}1/")
    assert {kind: sorted(codes) for kind, codes in lists_of(answer.context["state"]).items()} == EXPECTED
    assert {one.kind: one.points for one in answer.context["state"].lists}["unfinished"] == "3"
    shown = text_of(answer)
    assert "Another quiz" in shown
    assert "GROW-5 deleted" in shown
    assert "Poster" not in shown
    in_list = text_of(client.get(page))
    assert "closed 8 points · 3 stories 3 points · 1 story 3 points · 3 stories" in in_list
    assert "Velocity: 3 points" in in_list


def test_a_planned_sprint_lists_what_is_planned(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    assert "No story is in it yet." in text_of(client.get(f"{page}2/"))
    commands.move_story(squad.quiz, sprint=squad.later, actor=cast.shops_lead)
    assert "GROW-4 Quiz" in text_of(client.get(f"{page}2/"))


def test_a_sprint_that_is_not_there_is_named(client: Client, page: str) -> None:
    answer = client.get(f"{page}77/")
    assert answer.status_code == 404
    assert "Growth has no sprint 77." in text_of(answer)


def test_members_see_sprints_and_do_not_start_or_close_them(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    for path in (PAGE, f"{PAGE}1/", f"{PAGE}2/"):
        html = client.get(path).content.decode()
        assert "/close/" not in html
        assert "/start/" not in html
        assert "/new/" not in html
    for path in ("new/", "1/change/", "2/remove/", "2/start/", "1/close/"):
        refused = client.get(f"{PAGE}{path}")
        assert refused.status_code == 403
        assert "You do not run this team." in text_of(refused)


def test_the_pages_cost_the_same_for_few_and_many(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    play(cast, squad)
    few = [statements(client, path) for path in (page, f"{page}1/", f"{page}2/")]
    for number in range(20):
        story = commands.create_story(squad.team, title=f"Story {number}", sprint=squad.sprint, actor=None)
        commands.create_story(squad.team, title=f"Later {number}", sprint=squad.later, actor=None)
        if number % 2:
            commands.move_story(story, sprint=None, actor=None)
        commands.plan_sprint(squad.team, actor=None)
    assert [statements(client, path) for path in (page, f"{page}1/", f"{page}2/")] == few
    assert max(few) <= 10
    client.post(f"{page}1/close/", {"unfinished_to": "backlog"})
    client.get(page)  # says that it is closed
    assert statements(client, f"{page}1/") <= 8
