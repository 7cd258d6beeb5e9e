"""Deleting stories and bringing them back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sprints import commands
from sprints.models import Commitment, Story
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event, EventSubject
from workspace.errors import NotAllowed, RuleBroken


def test_a_deleted_story_is_nowhere_and_comes_back_to_its_place(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.poster, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "survey", "radio"]
    assert not Story.objects.visible_to(cast.member).filter(pk=squad.poster.pk).exists()
    event = Event.objects.latest("id")
    assert (event.kind, event.subject_id) == ("story.deleted", squad.poster.pk)
    assert event.data["category"] == "todo"
    commands.move_story(squad.radio, after=squad.quiz, actor=cast.member)
    commands.restore_story(squad.poster, actor=cast.shops_lead)
    assert listed(sprint=None) == ["quiz", "radio", "poster", "survey"]
    assert Event.objects.latest("id").kind == "story.restored"


def test_what_is_deleted_leaves_the_column_but_not_the_commitment(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.review, actor=cast.member)
    commands.delete_story(squad.banner, actor=cast.member)
    assert Commitment.objects.filter(story=squad.banner).exists()
    event = Event.objects.latest("id")
    assert (event.data["sprint"], event.data["points"], event.data["column"]) == (
        squad.sprint.pk,
        "3",
        squad.review.pk,
    )
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    with pytest.raises(RuleBroken, match="“Review” takes 2 stories at once and has 2"):
        commands.restore_story(squad.banner, actor=cast.member)
    commands.move_story(squad.mail, column=squad.doing, actor=cast.member)
    commands.restore_story(squad.banner, actor=cast.member)
    assert listed(sprint=squad.sprint, column=squad.review) == ["video", "banner"]


def test_deleting_and_restoring_twice_happens_once(squad: Squad, cast: Cast) -> None:
    for command in (commands.delete_story, commands.restore_story):
        command(squad.quiz, actor=cast.member)
        before = Event.objects.count()
        command(squad.quiz, actor=cast.member)
        assert Event.objects.count() == before


def test_a_story_can_be_restored_for_thirty_days(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.quiz, actor=cast.member)
    now = clock.now()
    with clock.at(now + timedelta(days=31)), pytest.raises(RuleBroken, match=r"GROW-4 was deleted on .* 30 days ago"):
        commands.restore_story(squad.quiz, actor=cast.member)
    with clock.at(now + timedelta(days=29)):
        assert commands.restore_story(squad.quiz, actor=cast.member).deleted_at is None


def test_unfinished_work_of_a_sprint_that_was_closed_comes_back_to_the_backlog(squad: Squad, cast: Cast) -> None:
    done = commands.move_story(squad.mail, column=squad.done, actor=cast.member)
    commands.delete_stories([squad.banner, done], actor=cast.member)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    commands.restore_stories([squad.banner, done], actor=cast.member)
    assert Story.objects.get(pk=squad.banner.pk).sprint is None
    assert Story.objects.get(pk=done.pk).sprint == squad.sprint
    row = Event.objects.get(kind="story.restored_together").data["stories"][str(squad.banner.pk)]
    assert row["sprint"] is None


def test_several_are_one_event(squad: Squad, cast: Cast) -> None:
    both = [squad.radio, squad.quiz]
    before = Event.objects.count()
    commands.delete_stories(both, actor=cast.member)
    assert listed(sprint=None) == ["poster", "survey"]
    commands.restore_stories(both, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "poster", "survey", "radio"]
    assert Event.objects.count() == before + 2
    event = Event.objects.latest("id")
    assert (event.kind, event.data["count"]) == ("story.restored_together", 2)
    subjects = EventSubject.objects.filter(event=event).values_list("subject_id", flat=True)
    assert set(subjects) == {squad.radio.pk, squad.quiz.pk}


def test_only_members_and_administrators_delete_and_restore(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.quiz, actor=None)
    for person in (cast.other_member, cast.executive, cast.guest, cast.leaver):
        with pytest.raises(NotAllowed):
            commands.delete_story(squad.banner, actor=person)
        with pytest.raises(NotAllowed):
            commands.restore_story(squad.quiz, actor=person)
    assert commands.restore_story(squad.quiz, actor=cast.administrator).deleted_at is None


def test_nothing_of_an_archived_team_is_deleted_moved_or_changed(squad: Squad, cast: Cast) -> None:
    type(squad.team).objects.update(archived_at=clock.now())
    for call in (
        lambda: commands.delete_story(squad.quiz, actor=cast.member),
        lambda: commands.move_story(squad.quiz, column=squad.doing, actor=cast.member),
        lambda: commands.change_story(squad.quiz, points=1, actor=cast.member),
        lambda: commands.create_story(squad.team, title="New", actor=cast.member),
    ):
        with pytest.raises(RuleBroken, match="The team Growth is archived"):
            call()
