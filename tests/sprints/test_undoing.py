"""Undo: one's own acts of the last 10 minutes, where what they wrote still stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Story
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.commands.undoing import undo_act
from workspace.activity.models import Event
from workspace.activity.queries.undoing import newest_undoable
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def undo(person: Person) -> str:
    """Undo what this person did last."""
    newest = newest_undoable(person.pk)
    assert newest is not None
    return undo_act(newest, actor=person)


def order(squad: Squad) -> list[str]:
    return list(Story.objects.present().filter(sprint=None).order_by("rank").values_list("title", flat=True))


def points(squad: Squad) -> list[object]:
    return list(Story.objects.filter(sprint=squad.sprint).order_by("number").values_list("points", flat=True))


def test_a_move_is_undone_to_column_sprint_and_place(cast: Cast, squad: Squad) -> None:
    before = order(squad)
    commands.move_story(squad.survey, before=squad.quiz, actor=cast.member)
    assert order(squad) != before
    assert undo(cast.member) == f"GROW-{squad.survey.number} is back where it was."
    assert order(squad) == before
    commands.move_story(squad.poster, sprint=squad.sprint, column=squad.doing, actor=cast.member)
    undo(cast.member)
    squad.poster.refresh_from_db()
    assert (squad.poster.sprint, squad.poster.column) == (None, squad.todo)
    assert order(squad) == before


def test_undoing_goes_back_act_by_act(cast: Cast, squad: Squad) -> None:
    before = order(squad)
    commands.move_story(squad.radio, before=squad.quiz, actor=cast.member)
    middle = order(squad)
    commands.move_story(squad.survey, before=squad.quiz, actor=cast.member)
    undo(cast.member)
    assert order(squad) == middle
    undo(cast.member)
    assert order(squad) == before


def test_undoing_goes_back_act_by_act_on_one_story(cast: Cast, squad: Squad) -> None:
    story = commands.create_story(squad.team, title="Flyer", actor=cast.member)
    commands.change_story(story, title="Leaflet", actor=cast.member)
    commands.change_story(story, title="Brochure", actor=cast.member)
    commands.move_story(story, column=squad.doing, actor=cast.member)
    commands.move_story(story, sprint=squad.sprint, actor=cast.member)
    undo(cast.member)
    undo(cast.member)
    story.refresh_from_db()
    assert (story.column, story.sprint) == (squad.todo, None)
    undo(cast.member)
    story.refresh_from_db()
    assert story.title == "Leaflet"
    undo(cast.member)
    undo(cast.member)
    story.refresh_from_db()
    assert (story.title, story.deleted_at is None) == ("Flyer", False)


def test_a_move_that_somebody_else_has_followed_up_is_not_overwritten(cast: Cast, squad: Squad) -> None:
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    mine = newest_undoable(cast.member.pk)
    assert mine is not None
    commands.move_story(squad.mail, column=squad.done, actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="Liam Lead has moved GROW-2 since"):
        undo_act(mine, actor=cast.member)
    squad.mail.refresh_from_db()
    assert squad.mail.column == squad.done


def test_moves_together_are_undone_together(cast: Cast, squad: Squad) -> None:
    before = order(squad)
    commands.move_stories([squad.quiz, squad.survey, squad.radio], sprint=squad.later, actor=cast.member)
    assert order(squad) == ["Poster"]
    assert undo(cast.member) == "3 stories are back where they were."
    assert order(squad) == before
    commands.move_stories([squad.quiz, squad.survey], sprint=squad.later, actor=cast.member)
    mine = newest_undoable(cast.member.pk)
    assert mine is not None
    commands.move_stories([squad.survey], sprint=squad.sprint, actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="Liam Lead has moved GROW-6 since"):
        undo_act(mine, actor=cast.member)


def test_an_edit_is_undone_field_by_field(cast: Cast, squad: Squad) -> None:
    story = commands.change_story(
        squad.mail,
        points=8,
        due_on=clock.today(),
        assignees=[cast.shops_lead],
        touchpoints=[],
        description="What a **mail**.",
        actor=cast.member,
    )
    commands.change_story(story, title="Mail after the second order", actor=cast.shops_lead)
    mine = Event.objects.filter(actor=cast.member, kind="story.changed").latest("pk")
    undo_act(mine.pk, actor=cast.member)
    story.refresh_from_db()
    assert (story.title, str(story.points), story.description) == ("Mail after the second order", "5.0", "")
    assert story.due_on is None
    assert list(story.assignees.all()) == [cast.member]
    assert list(story.touchpoints.all()) == [cast.till]


def test_an_edit_of_the_same_field_since_is_kept_and_named(cast: Cast, squad: Squad) -> None:
    commands.change_story(squad.mail, points=8, actor=cast.member)
    commands.change_story(squad.mail, points=13, actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="GROW-2 was changed since: points is “13"):
        undo(cast.member)
    squad.mail.refresh_from_db()
    assert squad.mail.points == 13


def test_a_bulk_edit_is_undone_whole_or_not_at_all(cast: Cast, squad: Squad) -> None:
    commands.change_stories([squad.banner, squad.mail, squad.video], points=1, actor=cast.member)
    mine = newest_undoable(cast.member.pk)
    assert mine is not None
    undo_act(mine, actor=cast.member)
    assert points(squad) == [3, 5, None]
    commands.change_stories([squad.banner, squad.mail, squad.video], points=1, actor=cast.member)
    commands.change_story(squad.video, points=2, actor=cast.shops_lead)
    with pytest.raises(StaleWrite):
        undo(cast.member)
    assert points(squad) == [1, 1, 2]


def test_what_was_created_or_deleted_goes_or_comes_back(cast: Cast, squad: Squad) -> None:
    before = order(squad)
    story = commands.create_story(squad.team, title="Flyer", actor=cast.member)
    undo(cast.member)
    assert order(squad) == before
    story = commands.create_story(squad.team, title="Flyer", actor=cast.member)
    mine = newest_undoable(cast.member.pk)
    assert mine is not None
    commands.write_comment(story, text="Who prints it?", actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="has been worked on since"):
        undo_act(mine, actor=cast.member)
    commands.delete_stories([squad.quiz, squad.radio], actor=cast.member)
    assert undo(cast.member) == "2 stories are there again."
    assert order(squad) == [*before, "Flyer"]
    commands.delete_story(story, actor=cast.member)
    commands.restore_story(story, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="there again already"):
        undo(cast.member)


def test_what_others_have_worked_on_since_it_was_created_stays(cast: Cast, squad: Squad) -> None:
    for work in (
        lambda story: commands.ask_approval(story, asset="Flyer", person=cast.executive, actor=cast.shops_lead),
        lambda story: commands.move_story(story, sprint=squad.sprint, actor=cast.shops_lead),
        lambda story: commands.change_stories([story, squad.quiz], points=2, actor=cast.shops_lead),
    ):
        story = commands.create_story(squad.team, title="Flyer", actor=cast.member)
        work(story)
        with pytest.raises(StaleWrite, match="has been worked on since"):
            undo(cast.member)
        assert Story.objects.present().filter(pk=story.pk).exists()


def test_a_deleted_comment_comes_back(cast: Cast, squad: Squad) -> None:
    comment = commands.write_comment(squad.mail, text="Which header?", actor=cast.member)
    commands.delete_comment(comment, actor=cast.member)
    undo(cast.member)
    assert squad.mail.comments.filter(deleted_at=None).count() == 1


def test_only_ones_own_act_of_the_last_ten_minutes_and_only_once(cast: Cast, squad: Squad) -> None:
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    act = newest_undoable(cast.member.pk)
    assert act is not None
    for somebody in (cast.shops_lead, cast.administrator):
        with pytest.raises(Unknown):
            undo_act(act, actor=somebody)
    with clock.at(clock.now() + timedelta(minutes=10)):
        assert newest_undoable(cast.member.pk) != act
        with pytest.raises(RuleBroken, match="more than 10 minutes ago"):
            undo_act(act, actor=cast.member)
    undo_act(act, actor=cast.member)
    with pytest.raises(RuleBroken, match="undone already"):
        undo_act(act, actor=cast.member)
    assert newest_undoable(cast.member.pk) is None, "what undid it is no act to be undone"


def test_who_has_left_the_team_undoes_nothing_there(cast: Cast, squad: Squad) -> None:
    commands.move_story(squad.banner, column=squad.doing, actor=cast.member)
    commands.remove_member(squad.team, person=cast.member, actor=cast.shops_lead)
    with pytest.raises(NotAllowed):
        undo(cast.member)


def test_a_column_that_has_filled_up_since_bars_the_way_back(cast: Cast, squad: Squad) -> None:
    commands.move_story(squad.video, column=squad.doing, actor=cast.member)
    for story in (squad.quiz, squad.poster):
        commands.move_story(story, sprint=squad.sprint, column=squad.review, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Review"):
        undo(cast.member)
    squad.video.refresh_from_db()
    assert squad.video.column == squad.doing


def test_what_came_along_with_another_act_is_not_undone_alone(cast: Cast, squad: Squad) -> None:
    """The close of a sprint moves what is not done: the act before it is the newest that can be undone."""
    commands.change_story(squad.quiz, points=2, actor=cast.shops_lead)
    edit = newest_undoable(cast.shops_lead.pk)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    commands.remove_member(squad.team, person=cast.member, actor=cast.shops_lead)
    assert newest_undoable(cast.shops_lead.pk) == edit
    for kind in ("story.moved_together", "story.changed_together"):
        with pytest.raises(Unknown):
            undo_act(Event.objects.filter(kind=kind).latest("pk").pk, actor=cast.shops_lead)


def test_over_http_it_says_what_it_did_or_why_not(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    answer = client.post("/undo/", headers={"HX-Request": "true"})
    assert "GROW-2 is back where it was." in answer.headers["HX-Trigger"]
    refused = client.post("/undo/")
    assert refused.status_code == 404
    assert "nothing of the last 10 minutes" in refused.text
    assert client.get("/undo/").status_code == 405
