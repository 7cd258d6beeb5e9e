"""The checklist of a story: its items, their order, and the counters of the card."""

from __future__ import annotations

from typing import Any

import pytest

from sprints import commands as sprints
from sprints.models import ChecklistItem, Story
from sprints.rules.talk import MOST_ITEMS
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, Unknown

pytestmark = pytest.mark.django_db


def counts(story: Story) -> tuple[int, int]:
    now = Story.objects.get(pk=story.pk)
    return now.ticked_count, now.item_count


def listed(story: Story) -> list[str]:
    return [item.text for item in story.items.order_by("position")]


@pytest.fixture
def items(squad: Squad, cast: Cast) -> list[ChecklistItem]:
    return [sprints.add_item(squad.banner, text=text, actor=cast.member) for text in ("One", "Two", "Three")]


def test_items_are_added_ticked_changed_and_removed_and_the_card_counts(
    squad: Squad, cast: Cast, items: list[ChecklistItem]
):
    one, two, _three = items
    before = Story.objects.get(pk=squad.banner.pk)
    assert counts(squad.banner) == (0, 3)
    sprints.change_item(one, is_ticked=True, actor=cast.member)
    sprints.change_item(two, is_ticked=True, actor=cast.member)
    assert counts(squad.banner) == (2, 3)
    sprints.change_item(two, is_ticked=False, text="  Two\n and a half ", actor=cast.member)
    assert counts(squad.banner) == (1, 3)
    assert listed(squad.banner) == ["One", "Two and a half", "Three"]
    sprints.remove_item(one, actor=cast.member)
    assert counts(squad.banner) == (0, 2)
    after = Story.objects.get(pk=squad.banner.pk)
    assert (after.version, after.revision) == (before.version, before.revision + 4)


def test_each_change_is_an_event_of_the_story_with_old_and_new(squad: Squad, cast: Cast, items: list[ChecklistItem]):
    sprints.change_item(items[0], text="First", is_ticked=True, actor=cast.member)
    event = Event.objects.latest("id")
    assert (event.kind, event.subject_kind, event.subject_id) == ("story.item_changed", "story", squad.banner.pk)
    assert event.subject_version is None
    assert event.data["old"] == {"text": "One", "is_ticked": False}
    assert event.data["new"] == {"text": "First", "is_ticked": True}


def test_what_is_so_already_writes_nothing(squad: Squad, cast: Cast, items: list[ChecklistItem]):
    events = Event.objects.count()
    sprints.change_item(items[0], text="One", is_ticked=False, actor=cast.member)
    sprints.move_item(items[0], position=1, actor=cast.member)
    sprints.move_item(items[2], position=99, actor=cast.member)
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("which", "position", "order"),
    [(2, 1, ["Three", "One", "Two"]), (0, 2, ["Two", "One", "Three"]), (0, 99, ["Two", "Three", "One"]),
     (1, -5, ["Two", "One", "Three"])],
)  # fmt: skip
def test_an_item_is_put_to_a_place(
    squad: Squad, cast: Cast, items: list[ChecklistItem], which: int, position: int, order: list[str]
):
    sprints.move_item(items[which], position=position, actor=cast.member)
    assert listed(squad.banner) == order
    assert sorted(squad.banner.items.values_list("position", flat=True)) == [1, 2, 3]


def test_moving_takes_as_many_statements_in_a_long_list(squad: Squad, cast: Cast, django_assert_num_queries: Any):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for size in (3, 60):
        while squad.poster.items.count() < size:
            item = sprints.add_item(squad.poster, text="x", actor=cast.member)
        with CaptureQueriesContext(connection) as captured:
            sprints.move_item(item, position=1, actor=cast.member)
        taken.append(len(captured))
    assert taken[0] == taken[1]


@pytest.mark.parametrize(("text", "told"), [(" ", "empty"), ("x" * 301, "301 characters")])
def test_a_text_that_cannot_be_taken_is_refused(
    squad: Squad, cast: Cast, items: list[ChecklistItem], text: str, told: str
):
    with pytest.raises(RuleBroken, match=told):
        sprints.add_item(squad.banner, text=text, actor=cast.member)
    with pytest.raises(RuleBroken, match=told):
        sprints.change_item(items[0], text=text, actor=cast.member)
    assert listed(squad.banner) == ["One", "Two", "Three"]


def test_a_list_that_is_full_takes_no_more(squad: Squad, cast: Cast):
    for number in range(MOST_ITEMS):
        sprints.add_item(squad.banner, text=f"{number}", actor=cast.member)
    with pytest.raises(RuleBroken, match="has 100 items"):
        sprints.add_item(squad.banner, text="One more", actor=cast.member)


def test_members_alone_change_it(squad: Squad, cast: Cast, items: list[ChecklistItem]):
    for act in (
        lambda: sprints.add_item(squad.banner, text="x", actor=cast.other_member),
        lambda: sprints.change_item(items[0], is_ticked=True, actor=cast.other_member),
        lambda: sprints.move_item(items[0], position=2, actor=cast.other_member),
        lambda: sprints.remove_item(items[0], actor=cast.other_member),
    ):
        with pytest.raises(NotAllowed, match="not in this team") as refused:
            act()
        assert refused.value.next_step


def test_what_was_taken_off_is_not_there_for_the_second(squad: Squad, cast: Cast, items: list[ChecklistItem]):
    stale = ChecklistItem.objects.get(pk=items[0].pk)
    sprints.remove_item(items[0], actor=cast.member)
    for act in (
        lambda: sprints.remove_item(stale, actor=cast.member),
        lambda: sprints.change_item(stale, is_ticked=True, actor=cast.member),
    ):
        with pytest.raises(Unknown, match="“One” is not on the checklist"):
            act()
    assert counts(squad.banner) == (0, 2)
