"""Many programs at the stories of one team at the same moment: no change is lost, no fault, and the order is right."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest

from sprints import commands
from sprints.models import Story
from tests.activity.together import at_once, errors
from tests.api.program import Program
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad

pytestmark = pytest.mark.django_db(transaction=True)
PROGRAMS, ROUNDS = 6, 4


def add_points(caller: Program, path: str) -> Counter[int]:
    """Count a story's points up, each time on what was read, until it is taken; which answers came."""
    seen: Counter[int] = Counter()
    for _ in range(ROUNDS):
        taken = False
        while not taken:
            read = caller.get(path)
            body = {"points": (read.data["points"] or 0) + 1}
            answer = caller.patch(path, body, If_Match=read["ETag"])
            seen[answer.status_code] += 1
            taken = answer.status_code != 412
    return seen


def move_about(caller: Program, seed: int, stories: list[int], column: int) -> Counter[int]:
    """Move random stories behind random others, with what the program knew once."""
    chance, seen = random.Random(seed), Counter[int]()
    for turn in range(ROUNDS * 2):
        story, after = chance.sample(stories, 2)
        body = {"column": column, "after": after}
        if turn % 3:
            answer = caller.post(f"stories/{story}/move/", body)
            seen[answer.status_code] += 1
        else:
            answer = caller.post("stories/bulk-move/", {"items": [body | {"story": str(story)}]})
            seen[answer.data["results"][0]["status"]] += 1
    return seen


def test_programs_that_change_and_move_the_same_stories_lose_nothing(
    squad: Squad, cast: Cast, program: Callable[..., Program]
) -> None:
    stories = [
        commands.create_story(squad.team, title=f"S {n:02}", sprint=squad.sprint, column=squad.done, actor=cast.member)
        for n in range(10)
    ]
    ids, counted = [story.pk for story in stories], stories[0]
    callers = [program(cast.member) for _ in range(2 * PROGRAMS)]
    results = at_once(
        *(partial(add_points, callers[n], f"stories/{counted.code}/") for n in range(PROGRAMS)),
        *(partial(move_about, callers[PROGRAMS + n], n, ids, squad.done.pk) for n in range(PROGRAMS)),
    )
    assert errors(results) == []
    assert set().union(*results) <= {200, 412}, results
    counted.refresh_from_db()
    assert counted.points == counted.version - 1 == PROGRAMS * ROUNDS, "no count is lost"
    rows = Story.objects.filter(team=squad.team)
    assert len(set(rows.values_list("rank", flat=True))) == rows.count() == 17, "no two in one place"
    shown = callers[0].get(f"stories/?column={squad.done.pk}&ordering=rank&limit=500").data["items"]
    assert [each["title"].lower() for each in shown] == listed(sprint=squad.sprint, column=squad.done)
    assert sorted(each["id"] for each in shown) == ids


def test_programs_that_change_different_fields_of_one_version_all_get_through(
    squad: Squad, cast: Cast, program: Callable[..., Program]
) -> None:
    fields = {"title": "Banner", "points": 8, "channel": "web", "metric": "Orders", "due_on": "2026-06-01"}
    path = f"stories/{squad.banner.code}/"
    calls = [
        partial(program(cast.member).patch, path, {name: value, "base_version": 1}) for name, value in fields.items()
    ]
    late = partial(program(cast.member).patch, path, {"title": "Poster", "base_version": 1})
    *answers, contested = at_once(*calls, late)
    statuses = [answer.status_code for answer in answers]
    assert statuses[1:] == [200] * 4
    assert sorted([statuses[0], contested.status_code]) == [200, 409], (
        "two that change the same field: one gets through"
    )
    story = program(cast.member).get(path).data
    assert {name: story[name] for name in fields if name != "title"} == {
        name: value for name, value in fields.items() if name != "title"
    }
    assert (story["title"], story["version"]) == ("Banner" if statuses[0] == 200 else "Poster", 6)


def test_eight_programs_put_new_stories_into_the_same_gap(
    squad: Squad, cast: Cast, program: Callable[..., Program]
) -> None:
    body = {"team": squad.team.pk, "after": squad.quiz.pk, "before": squad.poster.pk}
    answers = at_once(
        *(partial(program(cast.member).post, "stories/", body | {"title": f"Flyer {n}"}) for n in range(8))
    )
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.data["number"] for answer in answers}) == len({answer.data["rank"] for answer in answers}) == 8
    order = listed(sprint=None)
    assert (order[0], order[9:]) == ("quiz", ["poster", "survey", "radio"])
