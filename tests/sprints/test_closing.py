"""Closing a sprint: what its report says, and where unfinished work goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.models import Sprint, SprintReport, Story
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import last, subjects_of
from workspace.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(squad: Squad, cast: Cast) -> Squad:
    """In the sprint, Banner (3 points) is done, now at 4; Mail is out of it, Video deleted, Quiz (2) and Radio came."""
    owner = cast.shops_lead
    commands.change_story(squad.banner, points=4, actor=owner)
    commands.move_story(squad.banner, column=squad.done, actor=owner)
    commands.move_story(squad.mail, sprint=None, actor=owner)
    commands.delete_story(squad.video, actor=owner)
    commands.change_story(squad.quiz, points=2, actor=owner)
    commands.change_story(squad.radio, points="1.5", unplanned_reason="The station called", actor=owner)
    commands.move_stories([squad.quiz, squad.radio], sprint=squad.sprint, actor=owner)
    return squad


def test_the_report_says_what_came_of_the_sprint(worked: Squad, cast: Cast) -> None:
    closed = commands.close_sprint(worked.sprint, actor=cast.billing_lead)
    assert closed.state == "closed"
    report = SprintReport.objects.get(sprint=closed)
    assert (report.made_by, report.made_at) == (cast.billing_lead, closed.closed_at)
    rows = {row["id"]: row for row in report.data.pop("stories")}
    assert report.data == {
        "committed": {"stories": 3, "points": "8"},
        "done": {"stories": 1, "points": "4"},
        "unfinished": {"stories": 2, "points": "3.5"},
        "added": {"stories": 2, "points": "3.5"},
        "removed": {"stories": 2, "points": "5"},
        "unplanned": {"stories": 1, "points": "1.5"},
    }
    assert rows[worked.banner.pk] == {
        "id": worked.banner.pk, "points": "4", "committed_points": "3", "is": ["committed", "done"], "to": "",
    }  # fmt: skip
    assert rows[worked.mail.pk] == {
        "id": worked.mail.pk, "points": None, "committed_points": "5", "is": ["committed", "removed"], "to": "backlog",
    }  # fmt: skip
    assert rows[worked.video.pk]["to"] == "deleted"
    assert rows[worked.radio.pk] == {
        "id": worked.radio.pk, "points": "1.5", "committed_points": None,
        "is": ["added", "unfinished", "unplanned"], "to": "backlog",
    }  # fmt: skip
    assert len(rows) == 5


def test_unfinished_work_goes_to_the_backlog_and_keeps_its_place(worked: Squad, cast: Cast) -> None:
    before = dict(Story.objects.values_list("pk", "rank"))
    commands.close_sprint(worked.sprint, actor=cast.shops_lead)
    assert dict(Story.objects.values_list("pk", "rank")) == before
    assert list(Story.objects.filter(sprint=worked.sprint)) == [worked.banner]
    closed, moved = last("sprint.closed"), last("story.moved_together")
    unfinished = [worked.quiz.pk, worked.radio.pk]
    assert (closed.subject_id, closed.data["count"]) == (worked.sprint.pk, 2)
    assert (closed.data["stories"], closed.data["next_sprint"]) == (unfinished, None)
    assert subjects_of(moved) == {("story", pk) for pk in unfinished}
    assert (moved.data["old_sprint"], moved.data["new_sprint"]) == (worked.sprint.pk, None)
    assert moved.data["stories"][str(worked.quiz.pk)]["new_sprint"] is None
    assert moved.pk > closed.pk


def test_unfinished_work_goes_to_the_next_sprint(worked: Squad, cast: Cast) -> None:
    commands.plan_sprint(worked.team, actor=cast.shops_lead)
    commands.change_team(worked.team, unfinished_to="next", actor=cast.shops_lead)
    commands.close_sprint(worked.sprint, actor=cast.shops_lead)
    assert set(Story.objects.present().filter(sprint=worked.later)) == {worked.quiz, worked.radio}
    report = SprintReport.objects.get(sprint=worked.sprint)
    assert {row["to"] for row in report.data["stories"] if "unfinished" in row["is"]} == {worked.later.pk}
    assert last("story.moved_together").data["new_sprint"] == worked.later.pk


def test_whoever_closes_it_may_say_otherwise(worked: Squad, cast: Cast) -> None:
    commands.close_sprint(worked.sprint, unfinished_to="next", actor=cast.shops_lead)
    assert Story.objects.get(pk=worked.quiz.pk).sprint == worked.later


def test_without_a_next_sprint_it_is_said_what_to_do(worked: Squad, cast: Cast) -> None:
    commands.remove_sprint(worked.later, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="No next sprint is planned for the 2 stories") as refusal:
        commands.close_sprint(worked.sprint, unfinished_to="next", actor=cast.shops_lead)
    assert refusal.value.next_step == "Plan the next sprint first, or send them to the backlog."
    worked.sprint.refresh_from_db()
    assert worked.sprint.state == "active"
    assert not SprintReport.objects.exists()
    commands.close_sprint(worked.sprint, unfinished_to="backlog", actor=cast.shops_lead)


def test_where_all_is_done_no_next_sprint_is_needed(worked: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    commands.remove_sprint(worked.later, actor=owner)
    commands.move_stories([worked.quiz, worked.radio], column=worked.done, actor=owner)
    commands.close_sprint(worked.sprint, unfinished_to="next", actor=owner)
    assert last("sprint.closed").data["count"] == 0
    assert "old_sprint" not in last("story.moved_together").data  # the moves before, and none by the closing


def test_a_deleted_story_leaves_the_sprint_too(worked: Squad, cast: Cast) -> None:
    commands.close_sprint(worked.sprint, actor=cast.shops_lead)
    restored = commands.restore_story(worked.video, actor=cast.shops_lead)
    assert restored.sprint is None


def test_only_the_active_sprint_is_closed(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Sprint 2 has not started"):
        commands.close_sprint(squad.later, actor=cast.shops_lead)
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Sprint 1 is closed already"):
        commands.close_sprint(squad.sprint, actor=cast.shops_lead)


def test_unfinished_work_goes_to_a_known_place(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="cannot go to “attic”") as refusal:
        commands.close_sprint(squad.sprint, unfinished_to="attic", actor=cast.shops_lead)
    assert "backlog, next" in refusal.value.next_step


@pytest.mark.parametrize("stories", [3, 60])
def test_closing_takes_as_many_statements_whatever_the_number_of_stories(
    squad: Squad, cast: Cast, stories: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(stories):
        column = squad.done if number % 2 else squad.todo
        commands.create_story(squad.team, title=f"S {number}", sprint=squad.sprint, column=column, actor=None)
    with django_assert_max_num_queries(24):
        commands.close_sprint(squad.sprint, unfinished_to="next", actor=cast.shops_lead)
    assert last("sprint.closed").data["count"] == 3 + stories - stories // 2


@pytest.mark.django_db(transaction=True)
def test_a_sprint_that_is_closed_twice_at_once_has_one_report(squad: Squad, cast: Cast) -> None:
    one, two = (Sprint.objects.get(pk=squad.sprint.pk) for _ in range(2))
    close = partial(commands.close_sprint, actor=cast.shops_lead)
    (refused,) = errors(at_once(partial(close, one), partial(close, two)))
    assert "closed already" in str(refused)
    assert SprintReport.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_story_that_comes_while_the_sprint_closes_is_reported_or_refused(squad: Squad, cast: Cast) -> None:
    moved, closed = at_once(
        partial(commands.move_story, squad.quiz, sprint=squad.sprint, actor=cast.member),
        partial(commands.close_sprint, squad.sprint, actor=cast.shops_lead),
    )
    assert isinstance(closed, Sprint)
    assert Story.objects.get(pk=squad.quiz.pk).sprint is None
    reported = {row["id"] for row in SprintReport.objects.get().data["stories"]}
    assert (squad.quiz.pk in reported) is not isinstance(moved, RuleBroken)
