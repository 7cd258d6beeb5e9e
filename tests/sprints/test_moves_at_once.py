"""Many people on one board at the same moment: no error, no story lost, no place given twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.commands import rebalancing
from sprints.models import Story
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Event, Job
from workspace.errors import RuleBroken, StaleWrite

pytestmark = pytest.mark.django_db(transaction=True)


def fill(squad: Squad, cast: Cast, count: int) -> list[Story]:
    return [
        commands.create_story(squad.team, title=f"S {n:02}", sprint=squad.sprint, actor=cast.member)
        for n in range(count)
    ]


def ranks(squad: Squad) -> list[str]:
    return list(Story.objects.filter(team=squad.team).order_by("rank").values_list("rank", flat=True))


def test_eight_drop_into_the_same_gap_from_the_same_stale_view(squad: Squad, cast: Cast) -> None:
    stories = fill(squad, cast, 12)
    (
        first,
        second,
        *_,
    ) = stories
    eight = stories[4:]
    results = at_once(
        *(
            partial(commands.move_story, story, column=squad.todo, after=first, before=second, actor=cast.member)
            for story in eight
        )
    )
    assert errors(results) == []
    order = listed(sprint=squad.sprint, column=squad.todo)
    begin = order.index("s 00")
    assert set(order[begin + 1 : begin + 9]) == {story.title.lower() for story in eight}
    assert order[begin + 9] == "s 01"
    assert len(order) == len(set(order)) == 13
    assert len(set(ranks(squad))) == Story.objects.filter(team=squad.team).count()


def test_random_moves_of_eight_people_lose_nothing(squad: Squad, cast: Cast) -> None:
    stories = fill(squad, cast, 60)
    before = {story.pk for story in stories} | {squad.banner.pk}
    begun = Event.objects.latest("id").pk
    moves = 25

    def shuffle(seed: int) -> int:
        dice = random.Random(seed)
        for _ in range(moves):
            story, after, other = dice.sample(stories, 3)
            sides: list[dict[str, Any]] = [{"after": after}, {"before": after}, {"after": after, "before": other}, {}]
            commands.move_story(story, column=squad.todo, actor=cast.member, **dice.choice(sides))
        return seed

    results = at_once(*(partial(shuffle, seed) for seed in range(8)))
    assert errors(results) == []
    there = Story.objects.present().filter(sprint=squad.sprint, column=squad.todo)
    assert set(there.values_list("pk", flat=True)) == before
    assert len(set(ranks(squad))) == Story.objects.filter(team=squad.team).count()
    # Each move is one event about one story, and wrote the row of no other; only a rebalance writes more.
    moved = Event.objects.filter(id__gt=begun)
    assert set(moved.values_list("kind", flat=True)) <= {"story.ordered"}
    assert 0 < moved.count() <= 8 * moves
    assert Job.objects.filter(kind=rebalancing.JOB).count() <= 8 * moves // 100
    placed = {event.subject_id or 0: event.data["new_rank"] for event in moved.order_by("id")}
    for pk, rank in placed.items():
        assert Story.objects.get(pk=pk).rank == rank


def test_the_keys_are_rewritten_while_eight_people_move(squad: Squad, cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(rebalancing, "AT_ONCE", 5)
    stories = fill(squad, cast, 40)
    for _ in range(1000):
        for story in stories[-2:]:
            commands.move_story(story, after=stories[0], actor=cast.member)
        if job := Job.objects.filter(kind=rebalancing.JOB).first():
            break
    assert job is not None

    def shuffle(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(10):
            story, after = dice.sample(stories, 2)
            commands.move_story(story, after=after, actor=cast.member)

    results = at_once(partial(work_on, job.pk), *(partial(shuffle, seed) for seed in range(4)))
    assert errors(results) == []
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert len(set(ranks(squad))) == 47
    assert Event.objects.filter(kind="story.rebalanced").count() == 1


def test_a_column_that_blocks_never_holds_more_than_its_limit(squad: Squad, cast: Cast) -> None:
    stories = fill(squad, cast, 8)
    results = at_once(
        *(partial(commands.move_story, story, column=squad.review, actor=cast.member) for story in stories)
    )
    refused = errors(results)
    assert len(refused) == 7  # the video is there, one more fits
    assert all(isinstance(error, RuleBroken) for error in refused)
    assert Story.objects.filter(column=squad.review).count() == 2


def test_stories_created_at_once_have_numbers_and_places_of_their_own(squad: Squad, cast: Cast) -> None:
    create: Callable[..., Story] = partial(commands.create_story, squad.team, actor=cast.member)
    results = at_once(*(partial(create, title=f"S {n}", after=squad.quiz) for n in range(8)))
    assert errors(results) == []
    assert sorted(story.number for story in results) == list(range(8, 16))
    assert len(set(ranks(squad))) == 15
    assert listed(sprint=None)[9:] == ["poster", "survey", "radio"]


def test_two_who_change_and_move_one_story_at_once_keep_both(squad: Squad, cast: Cast) -> None:
    for points in range(1, 6):
        column = squad.doing if points % 2 else squad.todo
        results = at_once(
            partial(commands.move_story, squad.banner, column=column, actor=cast.member),
            partial(commands.change_story, squad.banner, points=points * 10, actor=cast.shops_lead),
            partial(commands.change_story, squad.banner, metric=f"M {points}", actor=cast.billing_lead),
        )
        assert errors(results) == []
        row = Story.objects.get(pk=squad.banner.pk)
        assert (row.column, row.points, row.metric) == (column, Decimal(points * 10), f"M {points}")
    assert row.version == 11


def test_of_two_who_change_one_field_from_the_same_version_one_is_told(squad: Squad, cast: Cast) -> None:
    results = at_once(
        *(
            partial(commands.change_story, squad.banner, base_version=1, points=points, actor=cast.member)
            for points in (10, 20)
        )
    )
    (refused,) = errors(results)
    assert isinstance(refused, StaleWrite)
    assert "GROW-1 was changed in the meantime: points is" in refused.reason
    assert Story.objects.get(pk=squad.banner.pk).version == 2


def test_a_sprint_starts_while_stories_come_and_commits_to_what_was_there(squad: Squad, cast: Cast) -> None:
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    results = at_once(
        partial(commands.start_sprint, squad.later, actor=cast.shops_lead),
        *(
            partial(commands.move_story, story, sprint=squad.later, actor=cast.member)
            for story in (squad.quiz, squad.poster, squad.survey, squad.radio)
        ),
    )
    assert errors(results) == []
    started = Event.objects.get(kind="sprint.started", subject_id=squad.later.pk)
    came_before = Event.objects.filter(kind="story.scheduled", id__lt=started.pk).values_list("subject_id", flat=True)
    committed = squad.later.commitments.values_list("story_id", flat=True)
    assert set(committed) == set(came_before)
