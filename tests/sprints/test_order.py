"""The order of a team's stories: places between neighbours that may be stale, and keys that stay short."""

from __future__ import annotations

import random
from functools import partial

import pytest
from fractional_indexing import generate_key_between, validate_order_key  # type: ignore[import-untyped]

from sprints import commands
from sprints.commands import rebalancing
from sprints.models import Story
from sprints.queries.order import LONGEST_KEY, Place
from sprints.rules.keys import key_close_after, key_close_before
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace.activity.commands.jobs import enqueue, work_on
from workspace.activity.models import Event, Job

FIRST = ["quiz", "poster", "survey", "radio"]


def whole_order(squad: Squad) -> list[int]:
    return list(Story.objects.filter(team=squad.team).order_by("rank").values_list("pk", flat=True))


def ranks(squad: Squad) -> list[str]:
    return list(Story.objects.filter(team=squad.team).order_by("rank").values_list("rank", flat=True))


# --- Neighbours ------------------------------------------------------------------------------------------------------


def test_a_story_goes_after_before_or_to_the_end(squad: Squad, cast: Cast) -> None:
    assert listed(sprint=None) == FIRST
    commands.move_story(squad.radio, after=squad.quiz, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "radio", "poster", "survey"]
    commands.move_story(squad.survey, before=squad.quiz.pk, actor=cast.member)
    assert listed(sprint=None) == ["survey", "quiz", "radio", "poster"]
    commands.move_story(squad.survey, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "radio", "poster", "survey"]
    event = Event.objects.latest("id")
    assert event.kind == "story.ordered"
    assert (event.data["old_after"], event.data["old_before"]) == (None, squad.quiz.pk)
    assert event.data["old_rank"] < event.data["new_rank"]


def test_after_wins_over_before(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.radio, after=squad.quiz, before=squad.quiz, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "radio", "poster", "survey"]


def test_a_neighbour_that_is_gone_leaves_the_other_one_or_the_end(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.poster, actor=cast.member)
    commands.move_story(squad.radio, after=squad.poster, before=squad.survey, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "radio", "survey"]
    commands.move_story(squad.quiz, after=squad.poster, actor=cast.member)
    assert listed(sprint=None) == ["radio", "survey", "quiz"]
    commands.move_story(squad.radio, after=987654, before=squad.poster.pk, actor=cast.member)
    assert listed(sprint=None) == ["survey", "quiz", "radio"]
    commands.move_story(squad.survey, after=squad.survey, before=squad.radio, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "survey", "radio"]


def test_a_neighbour_that_went_elsewhere_is_none(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.doing, after=squad.video, before=squad.mail, actor=cast.member)
    assert listed(sprint=squad.sprint, column=squad.doing) == ["banner", "mail"]
    commands.move_story(squad.quiz, after=squad.banner, actor=cast.member)
    assert listed(sprint=None) == ["poster", "survey", "radio", "quiz"]
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    foreign = commands.create_story(other, title="Win back", actor=cast.care_lead)
    commands.move_story(squad.poster, after=foreign, actor=cast.member)
    assert listed(sprint=None) == ["survey", "radio", "quiz", "poster"]


def test_a_new_story_goes_between_neighbours_too(squad: Squad, cast: Cast) -> None:
    new = partial(commands.create_story, squad.team, actor=cast.member)
    new(title="A", after=squad.quiz)
    new(title="B", before=squad.quiz)
    new(title="C", after=squad.banner)  # that one is in the sprint
    new(title="D", sprint=squad.sprint, column=squad.doing, before=squad.mail)
    assert listed(sprint=None) == ["b", "quiz", "a", "poster", "survey", "radio", "c"]
    assert listed(sprint=squad.sprint) == ["banner", "d", "mail", "video"]


def test_a_place_holds_for_the_whole_team_deleted_stories_too(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.poster, actor=cast.member)
    commands.move_story(squad.radio, after=squad.quiz, actor=cast.member)
    commands.restore_story(squad.poster, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "radio", "poster", "survey"]
    assert len(set(ranks(squad))) == 7


def test_the_order_is_that_of_the_bytes(squad: Squad, cast: Cast) -> None:
    for _ in range(70):  # beyond the end of lower and upper case
        commands.move_story(squad.radio, before=squad.quiz, actor=cast.member)
        commands.move_story(squad.survey, before=squad.radio, actor=cast.member)
        commands.move_story(squad.quiz, before=squad.survey, actor=cast.member)
    assert listed(sprint=None) == ["quiz", "survey", "radio", "poster"]
    assert ranks(squad) == sorted(ranks(squad), key=str.encode)


def test_random_moves_do_what_a_list_does(squad: Squad, cast: Cast) -> None:
    dice = random.Random(7)
    stories = [squad.quiz, squad.poster, squad.survey, squad.radio]
    stories += [commands.create_story(squad.team, title=f"S {n}", actor=cast.member) for n in range(8)]
    expected = [story.pk for story in stories]
    for _ in range(120):
        chosen = dice.sample(expected, dice.choice([1, 1, 1, 2, 4]))
        rest = [pk for pk in expected if pk not in chosen]
        anchor = dice.choice([None, *rest])
        kept = [pk for pk in expected if pk in chosen]
        objects = [Story.objects.get(pk=pk) for pk in chosen]
        if anchor is None:
            commands.move_stories(objects, actor=cast.member)
            expected = rest + kept
        elif dice.random() < 0.5:
            commands.move_stories(objects, after=anchor, actor=cast.member)
            place = rest.index(anchor) + 1
            expected = rest[:place] + kept + rest[place:]
        else:
            commands.move_stories(objects, before=anchor, actor=cast.member)
            place = rest.index(anchor)
            expected = rest[:place] + kept + rest[place:]
        there = Story.objects.present().filter(team=squad.team, sprint=None).order_by("rank")
        assert list(there.values_list("pk", flat=True)) == expected


# --- Short keys ------------------------------------------------------------------------------------------------------


def grow_long(squad: Squad, cast: Cast) -> None:
    """Move two stories in turn into one gap, until a key has become too long."""
    for _ in range(1000):
        for story in (squad.survey, squad.radio):
            commands.move_story(story, after=squad.quiz, actor=cast.member)
        if max(map(len, ranks(squad))) > LONGEST_KEY:
            return
    raise AssertionError("the keys stay short")


def test_long_keys_are_rewritten_by_one_job(squad: Squad, cast: Cast) -> None:
    grow_long(squad, cast)
    versions = list(Story.objects.order_by("pk").values_list("version", "revision"))
    commands.move_story(squad.poster, after=squad.quiz, actor=cast.member)
    commands.move_story(squad.poster, sprint=None, actor=cast.member)
    job = Job.objects.get(kind=rebalancing.JOB)
    assert (job.key, job.args) == (str(squad.team.pk), {"team": squad.team.pk})
    before = whole_order(squad)
    done = work_on(job.pk)
    assert done is not None
    assert (done.state, done.result) == ("done", {"stories": 7})
    assert whole_order(squad) == before
    assert max(map(len, ranks(squad))) < 8
    assert list(Story.objects.order_by("pk").values_list("version", "revision")) == versions
    event = Event.objects.latest("id")
    assert (event.kind, event.subject_id, event.data) == ("story.rebalanced", squad.team.pk, {"count": 7})


def test_where_no_key_is_long_the_job_does_nothing(squad: Squad, cast: Cast) -> None:
    before = ranks(squad)
    events = Event.objects.count()
    work_on(enqueue(rebalancing.JOB, {"team": squad.team.pk}, key=str(squad.team.pk)).pk)
    assert ranks(squad) == before
    assert Event.objects.count() == events


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stories at a time, and few keys to spare."""
    monkeypatch.setattr(rebalancing, "AT_ONCE", 2)
    monkeypatch.setattr(rebalancing, "SPARE", 1)


@pytest.mark.usefixtures("small_chunks")
def test_every_chunk_keeps_the_order_while_people_go_on(squad: Squad, cast: Cast) -> None:
    grow_long(squad, cast)
    job = Job.objects.get(kind=rebalancing.JOB)
    watched = 0

    def go_on(step: object) -> None:
        nonlocal watched
        watched += 1
        assert whole_order(squad) == expected
        assert len(set(ranks(squad))) == len(expected)
        if watched < 6:  # more stories in front than there are keys to spare, and moves over the seam
            pk = commands.create_story(squad.team, title="In front", before=squad.banner, sprint=squad.sprint,
                                       actor=cast.member).pk  # fmt: skip
            expected.insert(expected.index(squad.banner.pk), pk)
            story = Story.objects.get(pk=expected[-1])
            commands.move_story(story, after=squad.quiz, actor=cast.member)
            expected.remove(story.pk)
            expected.insert(expected.index(squad.quiz.pk) + 1, story.pk)

    commands.move_stories([squad.poster, squad.survey, squad.radio], sprint=None, after=squad.quiz, actor=cast.member)
    expected = whole_order(squad)
    work_on(job.pk, watch=go_on)
    assert watched >= 6
    assert whole_order(squad) == expected
    assert Event.objects.filter(kind="story.rebalanced").count() == 1


@pytest.mark.usefixtures("small_chunks")
def test_a_worker_that_dies_is_followed_by_one_that_goes_on(squad: Squad, cast: Cast) -> None:
    grow_long(squad, cast)
    expected = whole_order(squad)
    job = Job.objects.get(kind=rebalancing.JOB)
    job.state, job.worker = Job.State.RUNNING, "first"
    job.save()
    begun = rebalancing.rebalance(job)
    next(begun)
    next(begun)  # the second chunk is committed, its step is not noted
    del begun
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, worker="", lease_until=None)
    done = work_on(job.pk)
    assert done is not None
    assert done.result == {"stories": 7}
    assert whole_order(squad) == expected
    assert max(map(len, ranks(squad))) < 8
    assert Event.objects.filter(kind="story.rebalanced").count() == 1


@pytest.mark.parametrize("seed", range(20))
def test_keys_close_to_a_neighbour_stay_in_the_gap_and_short(seed: int) -> None:
    dice = random.Random(seed)
    keys = Place().keys(1)
    for _ in range(300):
        place = dice.randrange(len(keys) + 1)
        lower = keys[place - 1] if place else None
        upper = keys[place] if place < len(keys) else None
        if lower is None or upper is None or dice.random() < 0.3:
            keys.insert(place, generate_key_between(lower, upper))
        else:
            keys.insert(place, dice.choice([key_close_after, key_close_before])(lower, upper))
    assert keys == sorted(set(keys), key=str.encode)
    for key in keys:
        validate_order_key(key)
    assert max(map(len, keys)) < LONGEST_KEY
    lower, upper = first, last = keys[100], keys[101]
    for _ in range(2000):
        lower, upper = key_close_after(lower, last), key_close_before(first, upper)
        assert first < lower < last
        assert first < upper < last
    assert max(len(lower), len(upper)) <= max(len(first), len(last)) + 6


def test_moves_to_the_end_of_a_column_need_no_longer_keys(squad: Squad, cast: Cast) -> None:
    stories = [squad.banner, squad.mail]
    for number in range(200):
        commands.move_story(stories[number % 2], column=squad.done, actor=cast.member)
        commands.move_story(stories[number % 2], column=squad.todo, actor=cast.member)
        commands.move_story(squad.radio, before=squad.quiz if number % 2 else squad.poster, actor=cast.member)
    assert max(map(len, ranks(squad))) < 12


def test_keys_of_a_gap_are_in_order_and_within_it() -> None:
    place = Place("a1", "a2")
    keys = place.keys(5)
    assert ["a1", *keys, "a2"] == sorted({"a1", *keys, "a2"})
    assert Place().keys(1) == ["a0"]
    assert Place(lane_lower="a1").holds("a2")
    assert not Place(lane_upper="a1").holds("a2")
