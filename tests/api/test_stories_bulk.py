"""Several stories at once over the API, tokens that are limited to teams, and what the requests cost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sprints import commands
from sprints.models import Story
from tests.api.boards import codes, statements, told
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad

Made = Callable[..., Program]


def test_several_stories_are_created_each_with_a_result(squad: Squad, cast: Cast, member: Program) -> None:
    items = [{"team": squad.team.pk, "title": f"Flyer {n}"} for n in range(3)]
    items[1]["team"] = 10**6
    results = told(member.post("stories/bulk-create/", {"items": items}))["results"]
    assert [each["status"] for each in results] == [201, 400, 201]
    assert results[1]["problem"]["errors"][0]["field"] == "team"
    assert Story.objects.get(pk=results[2]["id"]).title == "Flyer 2"
    problem(member.post("stories/bulk-create/", {"items": []}), 400, "not-valid")


def test_several_stories_are_changed_and_moved_each_with_a_result(squad: Squad, cast: Cast, member: Program) -> None:
    commands.change_story(squad.banner, points=1, actor=cast.shops_lead)
    changes = [
        {"story": "GROW-1", "base_version": 1, "points": 2},
        {"story": str(squad.mail.pk), "base_version": 1, "points": 2},
        {"story": "GROW-3", "base_version": None, "assignees": [cast.other_member.pk]},
        {"story": "GROW-99", "base_version": None, "points": 2},
        {"story": squad.quiz.pk, "points": 2},
    ]
    results = told(member.post("stories/bulk-change/", {"items": changes}))["results"]
    assert [each["status"] for each in results] == [409, 200, 422, 404, 400]
    assert (results[1]["id"], results[1]["version"]) == (squad.mail.pk, 2)
    moves = [
        {"story": "GROW-7", "before": squad.quiz.pk},
        {"story": "GROW-6", "column": squad.review.pk, "sprint": squad.sprint.pk},
        {"story": "GROW-5", "column": squad.review.pk, "sprint": squad.sprint.pk},
        {"story": "GROW-4", "colour": "red"},
    ]
    results = told(member.post("stories/bulk-move/", {"items": moves}))["results"]
    assert [each["status"] for each in results] == [200, 200, 422, 400]
    assert "“Review” takes 2 stories" in results[2]["problem"]["detail"]
    assert listed(sprint=None) == ["radio", "quiz", "poster"]


def test_each_result_of_a_change_that_came_too_late_says_what_stands_now(
    squad: Squad, cast: Cast, member: Program
) -> None:
    commands.change_story(squad.banner, title="Banner", points=8, actor=cast.shops_lead)
    items = [
        {"story": "GROW-1", "base_version": 1, "title": "Poster", "points": 5},
        {"story": "GROW-2", "base_version": 1, "title": "Mail"},
    ]
    for headers in ({}, {"Idempotency_Key": "late"}):
        first, second = told(member.post("stories/bulk-change/", {"items": items}, **headers))["results"]
        assert (first["status"], second["status"]) == (409, 200)
        late = first["problem"]
        assert (late["version"], late["current"]["title"]) == (2, "Banner")
        assert [each["field"] for each in late["errors"]] == ["title", "points"]


def test_a_bulk_request_under_a_key_is_done_once(squad: Squad, member: Program) -> None:
    body = {"items": [{"team": squad.team.pk, "title": "Flyer"}, {"team": squad.team.pk, "title": ""}]}
    first = told(member.post("stories/bulk-create/", body, Idempotency_Key="b-1"))
    again = told(member.post("stories/bulk-create/", body, Idempotency_Key="b-1"))
    assert first == again
    assert Story.objects.filter(title="Flyer").count() == 1


def test_a_token_that_is_limited_to_teams_reaches_no_other(squad: Squad, cast: Cast, program: Made) -> None:
    other = commands.create_team("Mailing", key="MAIL", actor=cast.shops_lead)
    theirs = commands.create_story(other, title="Theirs", actor=cast.shops_lead)
    held = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    assert {code.partition("-")[0] for code in codes(held, "limit=500")} == {"GROW"}
    problem(held.get("stories/MAIL-1/"), 404, "unknown")
    problem(held.patch(f"stories/{theirs.pk}/", {"points": 1}, If_Match="*"), 404, "unknown")
    problem(held.post("stories/MAIL-1/move/", {"sprint": None}), 404, "unknown")
    problem(held.post("stories/", {"team": other.pk, "title": "Flyer"}), 400, "not-valid")
    commands.delete_story(theirs, actor=cast.shops_lead)
    problem(held.post("stories/MAIL-1/restore/"), 404, "unknown")
    theirs = commands.restore_story(theirs, actor=cast.shops_lead)
    for path, item in (
        ("bulk-create", {"team": other.pk, "title": "Flyer"}),
        ("bulk-change", {"story": "MAIL-1", "base_version": None, "points": 1}),
        ("bulk-move", {"story": "MAIL-1", "sprint": None}),
    ):
        (result,) = told(held.post(f"stories/{path}/", {"items": [item]}))["results"]
        assert result["status"] in (400, 404)
    column = other.columns.get(name="Done").pk
    problem(held.post("stories/GROW-1/move/", {"column": column}), 400, "not-valid")
    story = told(held.get("stories/GROW-1/?include=team,sprint,column,assignees"))
    assert list(story["included"]["teams"]) == [str(squad.team.pk)]
    problem(held.get("stories/GROW-1/?include=touchpoints"), 400, "not-valid")
    assert told(held.patch("stories/GROW-1/", {"points": 1}, If_Match="*"))["points"] == 1.0
    assert told(held.post("stories/", {"team": squad.team.pk, "title": "Flyer"}), 201)["code"] == "GROW-8"


def test_statements_stay_within_their_budgets_at_every_size(squad: Squad, cast: Cast, member: Program) -> None:
    listing = f"stories/?sprint={squad.sprint.pk}&limit=500"
    filtered = f"stories/?team={squad.team.pk}&assignee__isnull=true&q=story&ordering=rank&limit=100"
    along = f"{listing}&include=team,sprint,column,assignees"
    sizes = []
    for more in (0, 30):
        for number in range(more):
            commands.create_story(
                squad.team, title=f"Story {number}", sprint=squad.sprint, assignees=[cast.member], actor=cast.member
            )
        sizes.append([statements(partial(member.get, path)) for path in (listing, filtered, along)])
    assert sizes[0] == sizes[1]
    assert sizes[0] == [3, 2, 7], "the token, the stories, what they are joined to; each noun that is sent along"
    assert statements(lambda: told(member.get("stories/GROW-2/"))) <= 5
    create = {"team": squad.team.pk, "title": "Flyer", "column": squad.doing.pk, "sprint": squad.sprint.pk}
    commands.change_column(squad.doing, wip_limit=None, actor=cast.shops_lead)
    assert statements(lambda: told(member.post("stories/", create), 201)) <= 8
    move = {"column": squad.done.pk, "sprint": squad.sprint.pk, "after": squad.mail.pk}
    assert statements(lambda: told(member.post("stories/GROW-1/move/", move))) <= 8
