"""The columns of a team's board."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.models import Column, Story
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import data_of, last, subjects_of
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown

pytestmark = pytest.mark.django_db


def names(squad: Squad) -> list[str]:
    return list(squad.team.columns.order_by("position").values_list("name", flat=True))


def test_a_column_is_added_at_the_right_end(squad: Squad, cast: Cast) -> None:
    column = commands.add_column(squad.team, name=" Live ", category="done", wip_limit=4, actor=cast.billing_lead)
    assert names(squad) == ["To do", "Doing", "Review", "Done", "Live"]
    assert last("column.added").data == {"name": "Live", "category": "done", "wip_limit": 4, "wip_blocks": False}
    assert last("column.added").subject_id == column.pk
    assert last("column.added").scope == squad.team.scope


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 101}, "101 characters"),
        ({"name": "DOING"}, "a column “Doing” already"),
        ({"category": "later"}, "“later” is no category"),
        ({"wip_limit": 0}, "“0” is no WIP limit"),
        ({"wip_limit": "many"}, "“many” is no WIP limit"),
        ({"wip_limit": 1000}, "“1000” is no WIP limit"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, fields: dict[str, Any], said: str) -> None:
    new = {"name": "New", "category": "doing"} | fields
    with pytest.raises(RuleBroken, match=said):
        commands.add_column(squad.team, actor=cast.shops_lead, **new)
    with pytest.raises(RuleBroken, match=said):
        commands.change_column(squad.review, actor=cast.shops_lead, **fields)


def test_a_change_tells_old_and_new(squad: Squad, cast: Cast) -> None:
    commands.change_column(squad.doing, name="Work", wip_limit=None, wip_blocks=False, actor=cast.shops_lead)
    assert data_of("column.changed")[-1] == {
        "fields": "name, wip_limit",
        "old": {"name": "Doing", "wip_limit": 3},
        "new": {"name": "Work", "wip_limit": None},
    }


def test_changes_of_different_fields_both_stand_and_of_the_same_the_later_is_told(squad: Squad, cast: Cast) -> None:
    seen = squad.doing.version
    commands.change_column(squad.doing, wip_limit=5, actor=cast.shops_lead)
    merged = commands.change_column(squad.doing, wip_blocks=True, base_version=seen, actor=cast.billing_lead)
    assert (merged.wip_limit, merged.wip_blocks) == (5, True)


def test_a_stale_change_of_the_same_field_is_refused(squad: Squad, cast: Cast) -> None:
    seen = squad.doing.version
    commands.change_column(squad.doing, wip_limit=5, actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="Doing was changed in the meantime"):
        commands.change_column(squad.doing, wip_limit=6, base_version=seen, actor=cast.billing_lead)


@pytest.mark.parametrize(("column", "category"), [("todo", "doing"), ("done", "review")])
def test_the_last_column_of_to_do_or_of_done_stays_so(squad: Squad, cast: Cast, column: str, category: str) -> None:
    with pytest.raises(RuleBroken, match="A board needs a column for what is") as refusal:
        commands.change_column(getattr(squad, column), category=category, actor=cast.shops_lead)
    assert refusal.value.next_step == "Add another such column first."
    with pytest.raises(RuleBroken, match="A board needs a column for what is"):
        commands.remove_column(getattr(squad, column), to=squad.doing, actor=cast.shops_lead)


def test_stories_of_a_column_that_means_done_are_done(squad: Squad, cast: Cast) -> None:
    commands.change_column(squad.review, category="done", actor=cast.shops_lead)
    assert Story.objects.get(pk=squad.video.pk).done_at is not None
    assert last("column.changed").data["stories"] == [squad.video.pk]
    commands.change_column(squad.review, category="doing", actor=cast.shops_lead)
    video = Story.objects.get(pk=squad.video.pk)
    assert video.done_at is None
    assert video.started_at is not None


@pytest.mark.parametrize("who", ["member", "other_member", "guest", "executive"])
def test_only_who_runs_a_team_changes_its_board(squad: Squad, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    for refused in (
        partial(commands.add_column, squad.team, name="New", category="doing", actor=actor),
        partial(commands.change_column, squad.doing, name="New", actor=actor),
        partial(commands.remove_column, squad.doing, to=squad.todo, actor=actor),
        partial(commands.order_columns, squad.team, columns=[], actor=actor),
    ):
        with pytest.raises(NotAllowed):
            refused()


# --- Removing --------------------------------------------------------------------------------------------------------


def test_a_removed_column_leaves_its_stories_to_another(squad: Squad, cast: Cast) -> None:
    ranks = dict(Story.objects.values_list("pk", "rank"))
    column_id = squad.doing.pk
    commands.remove_column(squad.doing, to=squad.done, actor=cast.shops_lead)
    assert names(squad) == ["To do", "Review", "Done"]
    squad.mail.refresh_from_db()
    assert squad.mail.column == squad.done
    assert squad.mail.done_at is not None
    assert squad.mail.in_column_since == squad.mail.done_at
    assert dict(Story.objects.values_list("pk", "rank")) == ranks
    assert last("column.removed").data == {"what": "Doing", "to": squad.done.pk, "category": "doing", "count": 1}
    moved = last("story.moved_together")
    assert subjects_of(moved) == {("story", squad.mail.pk)}
    assert moved.data["stories"][str(squad.mail.pk)] == {
        "old": column_id,
        "new": squad.done.pk,
        "old_category": "doing",
        "new_category": "done",
        "old_sprint": squad.sprint.pk,
        "new_sprint": squad.sprint.pk,
        "old_rank": squad.mail.rank,
        "new_rank": squad.mail.rank,
    }


def test_deleted_stories_go_along(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.mail, actor=cast.shops_lead)
    commands.remove_column(squad.doing, to=squad.todo, actor=cast.shops_lead)
    assert last("column.removed").data["count"] == 0
    assert Story.objects.get(pk=squad.mail.pk).column == squad.todo


def test_an_empty_column_goes_without_moves(squad: Squad, cast: Cast) -> None:
    column = commands.add_column(squad.team, name="Live", category="done", actor=cast.shops_lead)
    commands.remove_column(column, to=squad.done, actor=cast.shops_lead)
    assert data_of("story.moved_together") == []


def test_the_stories_of_a_column_go_to_another_of_the_same_board(squad: Squad, cast: Cast) -> None:
    other = commands.create_team("Other", key="OTHER", actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="To do belongs to another team"):
        commands.remove_column(squad.doing, to=other.columns.get(name="To do"), actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="The stories of Doing cannot stay there"):
        commands.remove_column(squad.doing, to=squad.doing, actor=cast.shops_lead)


def test_a_column_that_is_gone_is_told(squad: Squad, cast: Cast) -> None:
    stale = Column.objects.get(pk=squad.doing.pk)
    commands.remove_column(squad.doing, to=squad.todo, actor=cast.shops_lead)
    with pytest.raises(Unknown, match="any more"):
        commands.remove_column(stale, to=squad.todo, actor=cast.shops_lead)


@pytest.mark.parametrize("stories", [3, 60])
def test_removing_takes_as_many_statements_whatever_the_number_of_stories(
    squad: Squad, cast: Cast, stories: int, django_assert_max_num_queries: Any
) -> None:
    column = commands.add_column(squad.team, name="Ideas", category="todo", actor=cast.shops_lead)
    for number in range(stories):
        commands.create_story(squad.team, title=f"S {number}", column=column, actor=None)
    with django_assert_max_num_queries(22):
        commands.remove_column(column, to=squad.todo, actor=cast.shops_lead)
    assert last("column.removed").data["count"] == stories


@pytest.mark.django_db(transaction=True)
def test_a_column_goes_while_a_story_comes(squad: Squad, cast: Cast) -> None:
    moved, removed = at_once(
        partial(commands.move_story, squad.banner, column=squad.doing, actor=cast.shops_lead),
        partial(commands.remove_column, squad.doing, to=squad.review, actor=cast.shops_lead),
    )
    assert removed is None
    assert all(isinstance(error, RuleBroken) for error in errors([moved]))
    squad.banner.refresh_from_db()
    assert squad.banner.column == (squad.todo if errors([moved]) else squad.review)


# --- Order -----------------------------------------------------------------------------------------------------------


def test_columns_are_put_into_another_order(squad: Squad, cast: Cast) -> None:
    order = [squad.todo, squad.review, squad.doing, squad.done]
    commands.order_columns(squad.team, columns=order, actor=cast.shops_lead)
    assert names(squad) == ["To do", "Review", "Doing", "Done"]
    assert last("column.ordered").data == {
        "old": [squad.todo.pk, squad.doing.pk, squad.review.pk, squad.done.pk],
        "new": [column.pk for column in order],
    }
    commands.order_columns(squad.team, columns=order, actor=cast.shops_lead)
    assert len(data_of("column.ordered")) == 1


def test_an_order_names_each_column_once(squad: Squad, cast: Cast) -> None:
    for wrong in (
        [squad.todo, squad.doing, squad.review],
        [squad.todo, squad.doing, squad.review, squad.review],
        [squad.todo, squad.doing, squad.review, squad.done, squad.done],
    ):
        with pytest.raises(RuleBroken, match="does not name each column"):
            commands.order_columns(squad.team, columns=wrong, actor=cast.shops_lead)
