"""Moving stories: columns, sprints, WIP limits, what the event keeps, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands
from sprints.commands import KEEP
from sprints.models import Column, Sprint, Story
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event, EventSubject
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation.models import Person


def events_of(story: Story) -> list[Event]:
    return list(Event.objects.filter(subject_kind="story", subject_id=story.pk).order_by("id"))


def statements(call: Any) -> list[str]:
    """The statements of a command, transaction control left out."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [query["sql"] for query in captured if not query["sql"].startswith(control)]


# --- Columns ---------------------------------------------------------------------------------------------------------


def test_a_move_to_another_column_is_one_event_with_old_and_new(squad: Squad, cast: Cast) -> None:
    moved = commands.move_story(squad.banner, column=squad.doing, actor=cast.member)
    assert moved.column == squad.doing
    event = events_of(moved)[-1]
    assert (event.kind, event.actor_id, event.scope) == ("story.moved", cast.member.pk, f"team:{squad.team.pk}")
    expected = {
        "old": squad.todo.pk,
        "new": squad.doing.pk,
        "old_category": "todo",
        "new_category": "doing",
        "old_sprint": squad.sprint.pk,
        "new_sprint": squad.sprint.pk,
    }
    assert event.data.items() >= expected.items()
    assert listed(sprint=squad.sprint, column=squad.doing) == ["mail", "banner"]


def test_a_move_raises_neither_version_nor_revision(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.done, after=squad.mail, actor=cast.member)
    row = Story.objects.get(pk=squad.banner.pk)
    assert (row.version, row.revision) == (1, 1)


def test_the_times_follow_the_category(squad: Squad, cast: Cast) -> None:
    start = clock.now()
    story = squad.quiz
    for hours, column in enumerate((squad.doing, squad.todo, squad.review, squad.done), start=1):
        with clock.at(start + timedelta(hours=hours)):
            story = commands.move_story(story, column=column, actor=cast.member)
    row = Story.objects.get(pk=story.pk)
    assert row.started_at == start + timedelta(hours=1)
    assert row.done_at == row.in_column_since == start + timedelta(hours=4)
    with clock.at(start + timedelta(hours=9)):
        commands.move_story(row, column=squad.doing, actor=cast.member)
    again = Story.objects.get(pk=story.pk)
    assert again.done_at is None
    assert again.started_at == start + timedelta(hours=1)
    assert again.in_column_since == start + timedelta(hours=9)


def test_from_one_done_column_to_another_it_stays_done_since_then(squad: Squad, cast: Cast) -> None:
    archive = commands.add_column(squad.team, name="Archive", category="done", actor=cast.shops_lead)
    done = commands.move_story(squad.banner, column=squad.done, actor=cast.member)
    with clock.at(clock.now() + timedelta(days=2)):
        commands.move_story(done, column=archive, actor=cast.member)
    assert Story.objects.get(pk=done.pk).done_at == done.done_at


def test_a_move_to_where_it_stands_writes_nothing(squad: Squad, cast: Cast) -> None:
    before = Event.objects.count()
    rows = list(Story.objects.values_list("pk", "rank", "in_column_since"))
    places: list[dict[str, Any]] = [
        {},
        {"column": squad.todo},
        {"sprint": None},
        {"after": squad.poster},
        {"before": squad.radio},
        {"after": squad.poster, "before": squad.radio, "sprint": None, "column": squad.todo},
    ]
    for place in places[3:]:
        commands.move_story(squad.survey, **place, actor=cast.member)
    for place in places[:3]:
        commands.move_story(squad.radio, **place, actor=cast.member)
    commands.move_stories([squad.poster, squad.survey], after=squad.quiz, actor=cast.member)
    assert Event.objects.count() == before
    assert list(Story.objects.values_list("pk", "rank", "in_column_since")) == rows


def test_a_column_of_another_team_is_refused_by_name(squad: Squad, cast: Cast) -> None:
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    column = other.columns.get(name="Doing")
    with pytest.raises(RuleBroken, match="“Doing” is a column of another team"):
        commands.move_story(squad.banner, column=column, actor=cast.member)
    with pytest.raises(RuleBroken, match="another team"):
        commands.move_stories([squad.banner], column=column, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="another team"):
        commands.create_story(squad.team, title="Stray", column=column, actor=cast.member)


def test_a_column_that_was_removed_meanwhile_is_refused(squad: Squad, cast: Cast) -> None:
    gone = commands.add_column(squad.team, name="Parked", category="todo", actor=cast.shops_lead)
    stale = Column.objects.get(pk=gone.pk)
    commands.remove_column(gone, to=squad.todo, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="removed"):
        commands.move_story(squad.banner, column=stale, actor=cast.member)


# --- WIP limits ------------------------------------------------------------------------------------------------------


def test_a_column_that_blocks_names_limit_and_count(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.review, actor=cast.member)
    with pytest.raises(RuleBroken) as refused:
        commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    assert "“Review” takes 2 stories at once and has 2: one more does not fit." in refused.value.reason
    assert Story.objects.get(pk=squad.mail.pk).column == squad.doing
    with pytest.raises(RuleBroken, match="takes 2 stories"):
        commands.create_story(squad.team, title="One more", column=squad.review, sprint=squad.sprint, actor=cast.member)
    commands.move_story(squad.banner, column=squad.review, before=squad.video, actor=cast.member)  # it is there already
    assert listed(sprint=squad.sprint, column=squad.review) == ["banner", "video"]


def test_a_column_that_warns_takes_more(squad: Squad, cast: Cast) -> None:
    for number in range(4):
        commands.create_story(
            squad.team, title=f"S {number}", column=squad.doing, sprint=squad.sprint, actor=cast.member
        )
    assert Story.objects.filter(column=squad.doing).count() == 5


def test_a_sprint_that_a_story_enters_counts_too_the_backlog_does_not(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.review, actor=cast.member)
    waiting = commands.move_story(squad.quiz, column=squad.review, actor=cast.member)
    assert waiting.sprint is None
    with pytest.raises(RuleBroken, match="has 2: one more"):
        commands.move_story(waiting, sprint=squad.sprint, actor=cast.member)
    assert commands.move_story(waiting, sprint=squad.later, actor=cast.member).sprint == squad.later


def test_a_bulk_move_without_room_is_refused_as_a_whole(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="has 1: 2 more do not fit"):
        commands.move_stories([squad.banner, squad.mail], column=squad.review, actor=cast.member)
    assert Story.objects.get(pk=squad.banner.pk).column == squad.todo
    moved = commands.move_stories([squad.banner, squad.video], column=squad.review, actor=cast.member)
    assert {story.column for story in moved} == {squad.review}


# --- Sprints ---------------------------------------------------------------------------------------------------------


def test_into_a_sprint_and_back_to_the_backlog(squad: Squad, cast: Cast) -> None:
    story = commands.move_story(squad.quiz, sprint=squad.sprint, actor=cast.member)
    event = events_of(story)[-1]
    assert event.kind == "story.scheduled"
    assert (event.data["old_sprint"], event.data["new_sprint"]) == (None, squad.sprint.pk)
    story = commands.move_story(story, sprint=None, column=squad.doing, actor=cast.member)
    event = events_of(story)[-1]
    assert event.kind == "story.moved"
    assert (event.data["old_sprint"], event.data["new_sprint"]) == (squad.sprint.pk, None)
    assert commands.move_story(story, sprint=KEEP, column=squad.todo, actor=cast.member).sprint is None


def test_a_sprint_of_another_team_is_refused(squad: Squad, cast: Cast) -> None:
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    sprint = commands.plan_sprint(other, actor=cast.care_lead)
    for call in (
        lambda: commands.move_story(squad.banner, sprint=sprint, actor=cast.member),
        lambda: commands.move_stories([squad.banner], sprint=sprint, actor=cast.member),
        lambda: commands.create_story(squad.team, title="Stray", sprint=sprint, actor=cast.member),
    ):
        with pytest.raises(RuleBroken, match="Sprint 1 belongs to another team"):
            call()


def test_a_closed_sprint_takes_nothing_and_lets_nothing_go(squad: Squad, cast: Cast) -> None:
    stale = Sprint.objects.get(pk=squad.sprint.pk)
    done = commands.move_story(squad.banner, column=squad.done, actor=cast.member)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    for call in (
        lambda: commands.move_story(squad.quiz, sprint=stale, actor=cast.member),
        lambda: commands.move_stories([squad.quiz], sprint=stale, actor=cast.member),
        lambda: commands.create_story(squad.team, title="Late", sprint=stale, actor=cast.member),
    ):
        with pytest.raises(RuleBroken, match="Sprint 1 is closed and takes no stories"):
            call()
    with pytest.raises(RuleBroken, match="its stories stay as they are"):
        commands.move_story(done, sprint=None, actor=cast.member)
    with pytest.raises(RuleBroken, match="its stories stay as they are"):
        commands.move_story(done, column=squad.todo, actor=cast.administrator)


def test_a_sprint_that_was_removed_meanwhile_is_refused(squad: Squad, cast: Cast) -> None:
    stale = Sprint.objects.get(pk=squad.later.pk)
    commands.remove_sprint(squad.later, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="This sprint was removed"):
        commands.move_story(squad.quiz, sprint=stale, actor=cast.member)


# --- Who may, and what is gone ---------------------------------------------------------------------------------------


def test_only_members_and_administrators_move_stories(squad: Squad, cast: Cast) -> None:
    for person in (cast.other_member, cast.executive, cast.guest, cast.leaver):
        for call in (
            lambda who: commands.move_story(squad.banner, column=squad.doing, actor=who),
            lambda who: commands.move_stories([squad.banner], column=squad.doing, actor=who),
        ):
            with pytest.raises(NotAllowed, match="You are not in this team"):
                call(person)
    people: list[Person | None] = [cast.shops_lead, cast.billing_lead, cast.member, cast.administrator, None]
    for actor, column in zip(people, [squad.doing, squad.todo] * 3, strict=False):
        assert commands.move_story(squad.banner, column=column, actor=actor).column == column


def test_a_deleted_story_is_not_moved_and_one_that_is_gone_is_unknown(squad: Squad, cast: Cast) -> None:
    Story.objects.filter(pk=squad.quiz.pk).update(deleted_at=clock.now())
    with pytest.raises(RuleBroken, match="GROW-4 was deleted"):
        commands.move_story(squad.quiz, column=squad.doing, actor=cast.member)
    squad.radio.assignments.all().delete()
    stale = Story.objects.get(pk=squad.radio.pk)
    squad.radio.delete()
    with pytest.raises(Unknown):
        commands.move_story(stale, column=squad.doing, actor=cast.member)


# --- Several at once -------------------------------------------------------------------------------------------------


def test_a_bulk_move_keeps_their_order_and_is_one_event(squad: Squad, cast: Cast) -> None:
    chosen = [squad.survey, squad.quiz, squad.banner]
    before = Event.objects.count()
    commands.move_stories(chosen, column=squad.doing, sprint=squad.sprint, before=squad.mail, actor=cast.member)
    assert listed(sprint=squad.sprint, column=squad.doing) == ["banner", "quiz", "survey", "mail"]
    assert Event.objects.count() == before + 1
    event = Event.objects.latest("id")
    assert (event.kind, event.data["count"]) == ("story.moved_together", 3)
    row = event.data["stories"][str(squad.quiz.pk)]
    assert (row["old_sprint"], row["new_sprint"]) == (None, squad.sprint.pk)
    assert (row["old_category"], row["new_category"]) == ("todo", "doing")
    subjects = EventSubject.objects.filter(event=event).values_list("subject_id", flat=True)
    assert set(subjects) == {story.pk for story in chosen}


def test_stories_of_several_sprints_go_to_a_column_each_in_its_own(squad: Squad, cast: Cast) -> None:
    commands.move_stories([squad.banner, squad.quiz], column=squad.doing, actor=cast.member)
    assert listed(sprint=squad.sprint, column=squad.doing) == ["mail", "banner"]
    assert listed(sprint=None, column=squad.doing) == ["quiz"]


def test_stories_of_two_teams_are_not_moved_together(squad: Squad, cast: Cast) -> None:
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    foreign = commands.create_story(other, title="Win back", actor=cast.care_lead)
    with pytest.raises(RuleBroken, match="several teams"):
        commands.move_stories([squad.banner, foreign], sprint=None, actor=cast.administrator)


def test_a_bulk_move_of_many_costs_as_few_statements_as_its_rows_need(squad: Squad, cast: Cast) -> None:
    many = [commands.create_story(squad.team, title=f"S {n}", actor=cast.member) for n in range(60)]
    cost = statements(lambda: commands.move_stories(many, sprint=squad.later, actor=cast.member))
    assert len(cost) <= 9
    assert len(listed(sprint=squad.later)) == 60


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_a_move_takes_at_most_six_statements(squad: Squad, cast: Cast) -> None:
    moves: list[dict[str, Any]] = [
        {"column": squad.doing},
        {"column": squad.doing, "before": squad.mail},
        {"column": squad.review, "after": squad.video, "before": squad.mail},
        {"sprint": None, "after": squad.quiz},
        {"sprint": squad.later},
        {"sprint": squad.sprint, "column": squad.done},
    ]
    for more in (0, 40):
        for number in range(more):
            commands.create_story(squad.team, title=f"S {number}", sprint=squad.sprint, actor=cast.member)
        for move in moves:
            cost = statements(lambda: commands.move_story(squad.banner, actor=cast.member, **move))  # noqa: B023
            assert len(cost) <= 6, cost
            written = [sql for sql in cost if not sql.startswith("SELECT")]
            assert len(written) == 2, written
