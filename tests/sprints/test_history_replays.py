"""The log tells the truth: replayed, it gives the columns, sprints, points and figures that the tables hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from sprints import commands, events
from sprints.models import Column, Commitment, Sprint, SprintReport, Story
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity.commands.undoing import undo_act
from workspace.activity.models import Event
from workspace.activity.queries.undoing import newest_undoable
from workspace.errors import Refusal

pytestmark = pytest.mark.django_db

KEPT = ("column", "sprint", "points", "unplanned_reason")


@dataclass
class Replay:
    """What can be known from events alone: stories and columns as they were, commitments, and figures of sprints."""

    stories: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    categories: dict[int, str] = field(default_factory=dict)
    committed: dict[int, dict[int, str | None]] = field(default_factory=dict)
    figures: dict[int, dict[str, tuple[int, Decimal]]] = field(default_factory=dict)

    def there(self, sprint: int | None = None) -> dict[int, dict[str, Any]]:
        """The stories that are not deleted, of one sprint or of all."""
        found = {pk: row for pk, row in self.stories.items() if pk not in self.gone}
        return found if sprint is None else {pk: row for pk, row in found.items() if row["sprint"] == sprint}

    def tell(self, event: Event) -> None:
        """Go on by one event."""
        data, pk = event.data, event.subject_id or 0
        rows: Mapping[str, Any] = data["stories"] if isinstance(data.get("stories"), dict) else {str(pk): data}
        for story, row in rows.items() if event.kind in STEPS else ():
            STEPS[event.kind](self, int(story), row)
        if event.kind == events.COLUMN_ADDED:
            self.categories[pk] = data["category"]
        elif event.kind == events.COLUMN_CHANGED and "category" in data["new"]:
            assert self.categories[pk] == data["old"]["category"]
            self.categories[pk] = data["new"]["category"]
            assert set(data["stories"]) == {one for one, row in self.there().items() if row["column"] == pk}
        elif event.kind == events.SPRINT_STARTED:
            self.committed[pk] = {one: row["points"] for one, row in self.there(pk).items()}
        elif event.kind == events.SPRINT_CLOSED:
            self.figures[pk] = self.count(pk)

    def come(self, pk: int, row: Mapping[str, Any]) -> None:
        """Created, or restored."""
        self.stories[pk] = {name: row[name] for name in KEPT}
        self.gone.discard(pk)

    def go(self, pk: int, row: Mapping[str, Any]) -> None:
        """Deleted, as it was."""
        assert self.stories[pk] == {name: row[name] for name in KEPT}
        self.gone.add(pk)

    def change(self, pk: int, row: Mapping[str, Any]) -> None:
        """Changed, from what it was."""
        for name in set(KEPT) & set(row["new"]):
            assert self.stories[pk][name] == row["old"][name]
            self.stories[pk][name] = row["new"][name]

    def move(self, pk: int, row: Mapping[str, Any]) -> None:
        """Gone from where it was told to have been."""
        story = self.stories[pk]
        assert (story["column"], story["sprint"]) == (row["old"], row["old_sprint"])
        assert self.categories[row["old"]] == row["old_category"]
        assert self.categories[row["new"]] == row["new_category"]
        story |= {"column": row["new"], "sprint": row["new_sprint"]}

    def count(self, sprint: int) -> dict[str, tuple[int, Decimal]]:
        """The figures of a sprint, counted one by one."""
        now, start = self.there(sprint), self.committed[sprint]
        done = {pk for pk, row in now.items() if self.categories[row["column"]] == Column.Category.DONE}
        at_the_end = {
            "done": done,
            "unfinished": set(now) - done,
            "added": set(now) - set(start),
            "unplanned": {pk for pk, row in now.items() if row["unplanned_reason"]},
        }
        at_the_start = {"committed": set(start), "removed": set(start) - set(now)}
        return {
            **{kind: _sum(now[pk]["points"] for pk in pks) for kind, pks in at_the_end.items()},
            **{kind: _sum(start[pk] for pk in pks) for kind, pks in at_the_start.items()},
        }


STEPS: Mapping[str, Callable[[Replay, int, Mapping[str, Any]], None]] = {
    **dict.fromkeys((events.STORY_CREATED, events.STORY_RESTORED, events.STORIES_RESTORED), Replay.come),
    **dict.fromkeys((events.STORY_DELETED, events.STORIES_DELETED), Replay.go),
    **dict.fromkeys((events.STORY_CHANGED, events.STORIES_CHANGED), Replay.change),
    **dict.fromkeys(
        (events.STORY_MOVED, events.STORY_SCHEDULED, events.STORY_ORDERED, events.STORIES_MOVED), Replay.move
    ),
}
"""What an event does to each story that it names."""


def _sum(points: Any) -> tuple[int, Decimal]:
    listed = [Decimal(text or 0) for text in points]
    return len(listed), sum(listed, Decimal())


def _acts(cast: Cast, squad: Squad, dice: random.Random) -> list[Callable[[], object]]:
    """What may happen to the team, with somebody by chance and things by chance."""
    team = squad.team

    def stories(count: int, **which: Any) -> list[Story]:
        found = list(Story.objects.filter(team=team, **which))
        return dice.sample(found, min(count, len(found)))

    def column() -> Column:
        return dice.choice(list(team.columns.all()))

    def sprint() -> Sprint | None:
        return dice.choice([None, *team.sprints.all()])

    def of(state: str) -> Sprint:
        return dice.choice(list(team.sprints.filter(state=state)))

    def undo() -> object:
        newest = newest_undoable(who.pk)
        return newest and undo_act(newest, actor=who)

    who = dice.choice([cast.shops_lead, cast.billing_lead, cast.administrator])
    points = dice.choice([None, 0, 0.5, 1, 2, 3, 5, 8])
    reason = dice.choice(["", "", "The printer broke"])
    category = dice.choice(["todo", "doing", "review", "done"])
    one, few = stories(1)[0], stories(4)
    neighbour = dice.choice([None, *stories(1)])
    return [
        lambda: commands.create_story(
            team, title="New", sprint=sprint(), column=column(), points=points, unplanned_reason=reason, actor=who
        ),
        lambda: commands.change_story(one, points=points, unplanned_reason=reason, actor=who),
        lambda: commands.change_stories(few, points=points, actor=who),
        lambda: commands.move_story(one, column=column(), after=neighbour, actor=who),
        lambda: commands.move_story(one, column=column(), sprint=sprint(), before=neighbour, actor=who),
        lambda: commands.move_story(one, sprint=sprint(), actor=who),
        lambda: commands.move_stories(few, column=column(), sprint=sprint(), after=neighbour, actor=who),
        lambda: commands.move_stories(few, column=column(), actor=who),
        lambda: commands.delete_story(one, actor=who),
        lambda: commands.delete_stories(few, actor=who),
        lambda: commands.restore_stories(stories(3, deleted_at__isnull=False), actor=who),
        lambda: commands.restore_stories(stories(1, deleted_at__isnull=False), actor=who),
        lambda: commands.plan_sprint(team, actor=who) if team.sprints.filter(state="planned").count() < 2 else None,
        lambda: commands.remove_sprint(of("planned"), actor=who) if dice.random() < 0.5 else None,
        lambda: commands.start_sprint(of("planned"), actor=who),
        lambda: commands.close_sprint(of("active"), unfinished_to=dice.choice(["backlog", "next"]), actor=who),
        lambda: commands.add_column(team, name=f"Column {dice.random()}", category=category, actor=who),
        lambda: commands.change_column(column(), category=category, actor=who),
        lambda: commands.remove_column(column(), to=column(), actor=who),
        undo,
        undo,
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_history_by_chance_replays_to_what_is_there(cast: Cast, squad: Squad, seed: int) -> None:
    dice = random.Random(seed)
    replay = Replay(categories=dict(squad.team.columns.values_list("pk", "category")))
    told = 0
    for _act in range(150):
        try:
            with transaction.atomic():  # what is refused halfway leaves nothing
                dice.choice(_acts(cast, squad, dice))()
        except (Refusal, IndexError):  # not allowed just now, or nothing there
            continue
        for event in Event.objects.filter(pk__gt=told, scope=squad.team.scope).order_by("pk"):
            replay.tell(event)
            told = event.pk
    there = Story.objects.present().filter(team=squad.team).values_list("pk", "column", "sprint", "points")
    assert {pk: tuple(values) for pk, *values in there} == {
        pk: (row["column"], row["sprint"], None if row["points"] is None else Decimal(row["points"]))
        for pk, row in replay.there().items()
    }
    assert dict(squad.team.columns.values_list("pk", "category")).items() <= replay.categories.items()
    frozen: dict[int, dict[int, Decimal | None]] = {sprint: {} for sprint in replay.committed}
    for sprint, story, points in Commitment.objects.values_list("sprint", "story", "points"):
        frozen[sprint][story] = points
    assert frozen == {
        sprint: {pk: None if text is None else Decimal(text) for pk, text in rows.items()}
        for sprint, rows in replay.committed.items()
    }
    reports = {report.sprint_id: report.data for report in SprintReport.objects.all()}
    assert set(reports) == set(replay.figures)
    for sprint, figures in replay.figures.items():
        said = {kind: (reports[sprint][kind]["stories"], Decimal(reports[sprint][kind]["points"])) for kind in figures}
        assert said == figures
