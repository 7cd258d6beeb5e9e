"""Planning, changing, removing and starting sprints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.models import Commitment, Sprint, Story
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import data_of, last, subjects_of
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown

pytestmark = pytest.mark.django_db


def days(n: int) -> date:
    return clock.today() + timedelta(days=n)


# --- Planning --------------------------------------------------------------------------------------------------------


def test_the_next_sprint_begins_after_the_last_and_takes_as_long_as_the_team_says(squad: Squad, cast: Cast) -> None:
    commands.change_team(squad.team, sprint_days=7, interrupt_points=5, actor=cast.shops_lead)
    assert (squad.later.number, squad.later.starts_on, squad.later.ends_on) == (2, days(14), days(27))
    sprint = commands.plan_sprint(squad.team, goal=" More ", actor=cast.billing_lead)
    assert (sprint.number, sprint.goal, sprint.starts_on, sprint.ends_on) == (3, "More", days(28), days(34))
    assert sprint.interrupt_points == 5
    event = last("sprint.planned")
    assert event.data == {"number": 3, "on": days(28).isoformat(), "until": days(34).isoformat()}
    assert (event.subject_id, event.scope) == (sprint.pk, squad.team.scope)


def test_the_first_sprint_begins_today(cast: Cast) -> None:
    team = commands.create_team("New", key="NEW", actor=cast.shops_lead)
    sprint = commands.plan_sprint(team, actor=cast.shops_lead)
    assert (sprint.number, sprint.starts_on, sprint.ends_on) == (1, days(0), days(13))


def test_after_a_sprint_that_is_long_over_the_next_begins_today(squad: Squad, cast: Cast) -> None:
    commands.remove_sprint(squad.later, actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=40)):
        assert commands.plan_sprint(squad.team, actor=cast.shops_lead).starts_on == clock.today()


def test_a_sprint_that_was_closed_early_takes_no_more_days(squad: Squad, cast: Cast) -> None:
    commands.remove_sprint(squad.later, actor=cast.shops_lead)
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    assert commands.plan_sprint(squad.team, actor=cast.shops_lead).starts_on == days(1)


@pytest.mark.parametrize(
    ("first", "last_day", "said"),
    [
        (30, 29, "The sprint would end on {last}, before it starts on {first}"),
        (30, 86, "From {first} to {last} are 57 days"),
        (20, 40, "Sprint 2 takes"),
        (27, 27, "Sprint 2 takes"),
        (-3, 0, "Sprint 1 takes"),
    ],
)
def test_wrong_days_are_named(squad: Squad, cast: Cast, first: int, last_day: int, said: str) -> None:
    named = said.format(first=days(first).isoformat(), last=days(last_day).isoformat())
    with pytest.raises(RuleBroken, match=named) as refusal:
        commands.plan_sprint(squad.team, starts_on=days(first), ends_on=days(last_day), actor=cast.shops_lead)
    assert refusal.value.next_step
    assert Sprint.objects.count() == 2


@pytest.mark.parametrize("day", [date.max, date.min, date(2101, 1, 1)])
def test_a_year_far_away_is_a_slip(squad: Squad, cast: Cast, day: date) -> None:
    wrong: list[dict[str, Any]] = [{"starts_on": day}, {"starts_on": days(30), "ends_on": day}]
    for given in wrong:
        with pytest.raises(RuleBroken, match=f"{day.isoformat()} is too far away"):
            commands.plan_sprint(squad.team, actor=cast.shops_lead, **given)
    with pytest.raises(RuleBroken, match=f"{day.isoformat()} is too far away"):
        commands.change_sprint(squad.later, ends_on=day, actor=cast.shops_lead)


def test_fifty_six_days_are_a_sprint(squad: Squad, cast: Cast) -> None:
    sprint = commands.plan_sprint(squad.team, starts_on=days(30), ends_on=days(85), actor=cast.shops_lead)
    assert sprint.ends_on == days(85)


def test_a_goal_is_short(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="The goal has 501 characters"):
        commands.plan_sprint(squad.team, goal="x" * 501, actor=cast.shops_lead)


@pytest.mark.parametrize("who", ["member", "other_member", "guest", "executive"])
def test_only_who_runs_a_team_plans_its_sprints(squad: Squad, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    for refused in (
        partial(commands.plan_sprint, squad.team, actor=actor),
        partial(commands.change_sprint, squad.later, goal="Mine", actor=actor),
        partial(commands.remove_sprint, squad.later, actor=actor),
        partial(commands.start_sprint, squad.later, actor=actor),
        partial(commands.close_sprint, squad.sprint, actor=actor),
    ):
        with pytest.raises(NotAllowed) as refusal:
            refused()
        assert "scrum master" in refusal.value.next_step


@pytest.mark.django_db(transaction=True)
def test_two_sprints_planned_at_once_follow_each_other(squad: Squad, cast: Cast) -> None:
    plan = partial(commands.plan_sprint, squad.team, actor=cast.shops_lead)
    assert errors(at_once(plan, plan)) == []
    rows = Sprint.objects.filter(number__gt=2).order_by("number")
    assert [(row.number, row.starts_on) for row in rows] == [(3, days(28)), (4, days(42))]


# --- Changing --------------------------------------------------------------------------------------------------------


def test_a_change_tells_old_and_new(squad: Squad, cast: Cast) -> None:
    new: dict[str, Any] = {"goal": "Less", "ends_on": days(20), "interrupt_points": 3}
    sprint = commands.change_sprint(squad.later, actor=cast.shops_lead, **new)
    assert (sprint.goal, sprint.ends_on, sprint.version) == ("Less", days(20), 2)
    assert last("sprint.changed").data == {
        "fields": "ends_on, goal, interrupt_points",
        "old": {"goal": "", "ends_on": days(27).isoformat(), "interrupt_points": None},
        "new": {"goal": "Less", "ends_on": days(20).isoformat(), "interrupt_points": 3},
    }


def test_what_changes_nothing_tells_nothing(squad: Squad, cast: Cast) -> None:
    assert commands.change_sprint(squad.later, ends_on=days(27), actor=cast.shops_lead).version == 1
    assert data_of("sprint.changed") == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"starts_on": 0}, "Sprint 1 takes"),
        ({"ends_on": 3}, "before it starts"),
        ({"ends_on": 99}, "86 days"),
        ({"interrupt_points": -1}, "“-1” is no budget"),
        ({"goal": "x" * 501}, "501 characters"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, fields: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {name: days(value) if name.endswith("_on") else value for name, value in fields.items()}
    with pytest.raises(RuleBroken, match=said):
        commands.change_sprint(squad.later, actor=cast.shops_lead, **given)


def test_the_first_day_of_an_active_sprint_stays(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Sprint 1 has started; its first day stays"):
        commands.change_sprint(squad.sprint, starts_on=days(1), actor=cast.shops_lead)
    assert commands.change_sprint(squad.sprint, ends_on=days(9), actor=cast.shops_lead).ends_on == days(9)


def test_a_closed_sprint_is_not_changed(squad: Squad, cast: Cast) -> None:
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Sprint 1 is closed"):
        commands.change_sprint(squad.sprint, goal="Another", actor=cast.shops_lead)


def test_a_stale_change_of_the_same_field_is_refused(squad: Squad, cast: Cast) -> None:
    commands.change_sprint(squad.later, goal="One", actor=cast.shops_lead)
    merged = commands.change_sprint(squad.later, interrupt_points=2, base_version=1, actor=cast.billing_lead)
    assert (merged.goal, merged.interrupt_points) == ("One", 2)
    with pytest.raises(StaleWrite, match="Sprint 2 was changed in the meantime"):
        commands.change_sprint(squad.later, goal="Two", base_version=1, actor=cast.billing_lead)


# --- Removing --------------------------------------------------------------------------------------------------------


def test_the_stories_of_a_removed_sprint_go_to_the_backlog(squad: Squad, cast: Cast) -> None:
    sprint_id = squad.later.pk
    commands.move_story(squad.quiz, sprint=squad.later, actor=cast.shops_lead)
    rank = Story.objects.get(pk=squad.quiz.pk).rank
    commands.remove_sprint(squad.later, actor=cast.shops_lead)
    quiz = Story.objects.get(pk=squad.quiz.pk)
    assert (quiz.sprint, quiz.rank) == (None, rank)
    assert last("sprint.removed").data["what"] == 2
    moved = last("story.moved_together")
    assert subjects_of(moved) == {("story", quiz.pk)}
    assert (moved.data["old_sprint"], moved.data["new_sprint"]) == (sprint_id, None)


def test_a_sprint_that_has_started_stays(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Sprint 1 has started and stays"):
        commands.remove_sprint(squad.sprint, actor=cast.shops_lead)
    stale = Sprint.objects.get(pk=squad.later.pk)
    commands.remove_sprint(squad.later, actor=cast.shops_lead)
    with pytest.raises(Unknown, match="any more"):
        commands.start_sprint(stale, actor=cast.shops_lead)


# --- Starting --------------------------------------------------------------------------------------------------------


def test_the_start_freezes_what_is_in_the_sprint(squad: Squad) -> None:
    assert squad.sprint.state == "active"
    assert squad.sprint.started_at is not None
    rows = Commitment.objects.filter(sprint=squad.sprint).values_list("story", "points", "is_done")
    assert list(rows) == [(squad.banner.pk, 3, False), (squad.mail.pk, 5, False), (squad.video.pk, None, False)]
    assert last("sprint.started").data == {"count": 3, "points": "8"}
    assert last("sprint.started").subject_version == squad.sprint.version == 2


def test_the_commitment_says_what_was_done_already_and_leaves_deleted_stories_out(squad: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    commands.move_stories([squad.quiz, squad.poster], sprint=squad.later, actor=owner)
    commands.move_story(squad.poster, column=squad.done, actor=owner)
    commands.change_story(squad.poster, points="0.5", actor=owner)
    commands.delete_story(squad.quiz, actor=owner)
    commands.close_sprint(squad.sprint, actor=owner)
    commands.start_sprint(squad.later, actor=owner)
    (row,) = Commitment.objects.filter(sprint=squad.later)
    assert (row.story, str(row.points), row.is_done) == (squad.poster, "0.5", True)


def test_an_empty_sprint_may_start(squad: Squad, cast: Cast) -> None:
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    commands.start_sprint(squad.later, actor=cast.shops_lead)
    assert last("sprint.started").data == {"count": 0, "points": "0"}


def test_a_second_sprint_does_not_start(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Sprint 1 is active; a team has one active sprint") as refusal:
        commands.start_sprint(squad.later, actor=cast.shops_lead)
    assert refusal.value.next_step == "Close Sprint 1 first."
    with pytest.raises(RuleBroken, match="Sprint 1 is active already"):
        commands.start_sprint(squad.sprint, actor=cast.shops_lead)
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Sprint 1 is closed"):
        commands.start_sprint(squad.sprint, actor=cast.shops_lead)


@pytest.mark.django_db(transaction=True)
def test_of_two_sprints_that_start_at_once_one_is_told_of_the_other(squad: Squad, cast: Cast) -> None:
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    another = commands.plan_sprint(squad.team, actor=cast.shops_lead)
    start = partial(commands.start_sprint, actor=cast.shops_lead)
    (refused,) = errors(at_once(partial(start, squad.later), partial(start, another)))
    assert isinstance(refused, RuleBroken)
    active = Sprint.objects.get(state="active")
    assert f"{active} is active" in refused.reason


@pytest.mark.django_db(transaction=True)
def test_a_sprint_that_is_started_twice_at_once_starts_once(squad: Squad, cast: Cast) -> None:
    commands.close_sprint(squad.sprint, unfinished_to="next", actor=cast.shops_lead)
    start = partial(commands.start_sprint, actor=cast.shops_lead)
    one, two = (Sprint.objects.get(pk=squad.later.pk) for _ in range(2))
    (refused,) = errors(at_once(partial(start, one), partial(start, two)))
    assert "active already" in str(refused)
    assert Commitment.objects.filter(sprint=squad.later).count() == 3


@pytest.mark.parametrize("stories", [3, 60])
def test_starting_takes_as_many_statements_whatever_the_number_of_stories(
    squad: Squad, cast: Cast, stories: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(stories):
        commands.create_story(squad.team, title=f"S {number}", sprint=squad.later, points=1, actor=None)
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    with django_assert_max_num_queries(16):
        commands.start_sprint(squad.later, actor=cast.shops_lead)
    assert last("sprint.started").data == {"count": stories, "points": str(stories)}
