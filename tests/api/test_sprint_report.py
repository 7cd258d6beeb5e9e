"""What a sprint comes to, over the API: the same numbers as on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sprints import commands
from sprints.queries.sprint_page import sprint_seen, sprint_state
from tests.api.boards import share, statements, told
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.squad import Squad, play

Made = Callable[..., Program]
KINDS = ("committed", "done", "unfinished", "added", "removed", "unplanned")


@pytest.fixture
def played(cast: Cast, squad: Squad) -> Squad:
    """The squad, whose first sprint was played."""
    play(cast, squad)
    return squad


def report_of(asks: Program, sprint: Any) -> Any:
    return told(asks.get(f"sprints/{sprint.pk}/report/"))


def counted(report: Any) -> dict[str, tuple[int, float]]:
    return {kind: (report[kind]["stories"], report[kind]["points"]) for kind in KINDS}


def on_page(squad: Squad) -> dict[str, tuple[int, float]]:
    """What the page of the first sprint says."""
    lists = sprint_state(sprint_seen(squad.team, 1)).lists
    return {one.kind: (one.stories, float(one.points)) for one in lists}


def story_in(report: Any, story: Any) -> Any:
    (found,) = [each for each in report["stories"] if each["story"] == story.pk]
    return found


def test_an_active_sprint_as_it_stands(played: Squad, member: Program) -> None:
    report = report_of(member, played.sprint)
    assert (report["state"], report["is_frozen"], report["made_at"], report["planned"]) == ("active", False, None, None)
    assert counted(report) == on_page(played) == {
        "committed": (3, 8.0), "done": (1, 3.0), "unfinished": (3, 3.0), "added": (2, 3.0), "removed": (1, 5.0),
        "unplanned": (1, 1.0),
    }  # fmt: skip
    assert report["days_left"] == 14
    assert story_in(report, played.mail) == {
        "story": played.mail.pk, "code": "GROW-2", "title": "Mail after the first order", "points": None,
        "committed_points": 5.0, "counts_as": ["committed", "removed"], "went_to": "backlog", "to_sprint": None,
    }  # fmt: skip
    assert story_in(report, played.video)["went_to"] is None


def test_a_closed_sprint_as_it_was_frozen(played: Squad, cast: Cast, member: Program) -> None:
    commands.close_sprint(played.sprint, unfinished_to="next", actor=cast.shops_lead)
    before = report_of(member, played.sprint)
    assert (before["is_frozen"], before["made_by"]) == (True, cast.shops_lead.pk)
    assert before["made_at"]
    commands.change_story(played.quiz, points=13, title="Another quiz", actor=cast.shops_lead)
    commands.delete_story(played.poster, actor=cast.shops_lead)
    after = report_of(member, played.sprint)
    assert counted(after) == counted(before) == on_page(played)
    quiz, poster = story_in(after, played.quiz), story_in(after, played.poster)
    assert (quiz["title"], quiz["points"]) == ("Another quiz", 2.0)
    assert (quiz["went_to"], quiz["to_sprint"]) == ("sprint", played.later.pk)
    assert (poster["code"], poster["title"]) == ("GROW-5", None)


def test_a_planned_sprint_has_what_is_planned(squad: Squad, cast: Cast, member: Program) -> None:
    commands.move_story(squad.quiz, sprint=squad.later, actor=cast.shops_lead)
    commands.change_story(squad.quiz, points=2, actor=cast.shops_lead)
    report = report_of(member, squad.later)
    assert report["planned"] == {"stories": 1, "points": 2.0}
    assert [report[kind] for kind in KINDS] == [None] * len(KINDS)
    assert [(each["code"], each["counts_as"]) for each in report["stories"]] == [("GROW-4", ["planned"])]


def test_it_is_sent_once_while_it_is_the_same(squad: Squad, member: Program) -> None:
    answer = member.get(f"sprints/{squad.sprint.pk}/report/")
    assert member.get(f"sprints/{squad.sprint.pk}/report/", If_None_Match=answer["ETag"]).status_code == 304
    problem(member.get(f"sprints/{squad.sprint.pk}/report/?fields=done"), 400, "not-valid")


def test_whoever_sees_the_team_sees_it(squad: Squad, cast: Cast, program: Made) -> None:
    path, guest = f"sprints/{squad.sprint.pk}/report/", program(cast.guest, scope="read")
    problem(guest.get(path), 404, "unknown")
    share(squad.team, cast)
    assert told(guest.get(path))["sprint"] == squad.sprint.pk
    other = commands.create_team("Mailing", key="MAIL", actor=cast.shops_lead)
    problem(program(cast.shops_lead, limits={"team": [other.pk]}).get(path), 404, "unknown")
    assert told(program(cast.shops_lead, limits={"team": [squad.team.pk]}).get(path))["sprint"] == squad.sprint.pk


def test_its_statements_do_not_grow(played: Squad, cast: Cast, member: Program) -> None:
    few = statements(lambda: report_of(member, played.sprint))
    for number in range(10):
        commands.create_story(played.team, title=f"Story {number}", sprint=played.sprint, actor=cast.shops_lead)
    assert statements(lambda: report_of(member, played.sprint)) == few
