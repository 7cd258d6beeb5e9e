"""Stories over the API: what happens on the board happens here, by the same commands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sprints import commands
from sprints.models import Story
from tests.api.boards import codes, newest, share, told
from tests.api.program import Program, problem
from tests.api.test_reading import followed
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace.activity.models import Event

Made = Callable[..., Program]


def test_one_story_has_all_its_fields_under_its_code_and_its_id(squad: Squad, cast: Cast, member: Program) -> None:
    label = commands.create_label(squad.team, name="Spring", actor=cast.member)
    commands.change_story(squad.mail, labels=[label], due_on="2026-05-01", actor=cast.member)
    along = "team,sprint,column,assignees,labels,touchpoints,initiative,created_by"
    story = told(member.get(f"stories/{squad.mail.code}/?include={along}"))
    assert {name: story[name] for name in ("id", "code", "category", "points", "due_on", "version")} == {
        "id": squad.mail.pk, "code": "GROW-2", "category": "doing", "points": 5.0, "due_on": "2026-05-01", "version": 2,
    }  # fmt: skip
    assert (story["assignees"], story["labels"]) == ([cast.member.pk], [label.pk])
    assert (story["touchpoints"], story["sprint"]) == ([cast.till.pk], squad.sprint.pk)
    along = story.pop("included")
    assert along["touchpoints"][str(cast.till.pk)]["name"] == "Till"
    assert along["labels"][str(label.pk)]["name"] == "Spring"
    assert along["initiatives"] == {}
    assert along["teams"][str(squad.team.pk)]["key"] == "GROW"
    assert along["columns"][str(squad.doing.pk)]["name"] == "Doing"
    assert along["sprints"][str(squad.sprint.pk)]["state"] == "active"
    assert along["people"][str(cast.member.pk)] == {"id": cast.member.pk, "name": "Mia Member"}
    assert told(member.get(f"stories/{squad.mail.pk}/")) == told(member.get("stories/grow-2/")) == story
    for nothing in ("GROW-999", "NONE-1", "nonsense", "0", str(2**63), str(10**30)):
        problem(member.get(f"stories/{nothing}/"), 404, "unknown")


def test_a_story_is_created_whole_and_read_back_as_it_was_answered(squad: Squad, cast: Cast, member: Program) -> None:
    label = commands.create_label(squad.team, name="Spring", actor=cast.member)
    initiative = commands.create_initiative("Growth", actor=cast.executive)
    body = {
        "team": squad.team.pk, "title": "  A   flyer ", "kind": "experiment", "description": "**Why**",
        "points": 0.5, "column": squad.doing.pk, "sprint": squad.sprint.pk, "channel": "print",
        "due_on": "2026-06-01", "publish_on": "2026-06-02", "horizon": "short", "blocked_reason": "Legal",
        "unplanned_reason": "The fair", "hypothesis": "More", "metric": "Orders", "result": "None yet",
        "initiative": initiative.pk, "assignees": [cast.member.pk], "labels": [label.pk],
        "touchpoints": [cast.till.pk, cast.receipt.pk], "external_id": "JIRA-1", "before": squad.mail.pk,
    }  # fmt: skip
    made = member.post("stories/?include=column", body)
    story = told(made, 201)
    assert (story["code"], story["title"], story["version"]) == ("GROW-8", "A flyer", 1)
    given = {name: value for name, value in body.items() if name not in ("title", "before")}
    assert {name: story[name] for name in given} == given
    assert list(story.pop("included")["columns"]) == [str(squad.doing.pk)]
    read = member.get(made["Location"])
    assert read.data == story
    assert member.get("stories/GROW-8/?include=column")["ETag"] == made["ETag"]
    assert (newest().kind, newest().actor_id) == ("story.created", cast.member.pk)
    again = problem(member.post("stories/", body), 422, "rule-broken")
    assert "GROW-8 has the external id “JIRA-1” already." in again["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("team", 10**6), ("column", 10**6), ("sprint", 10**6), ("initiative", 10**6), ("assignees", [10**6]),
        ("labels", [10**6]), ("touchpoints", [10**6]), ("title", ""), ("title", "x" * 301), ("points", "much"),
        ("points", -1), ("due_on", "tomorrow"), ("horizon", "never"), ("kind", "epic"), ("after", "GROW-1"),
        ("description", "a\0b"), ("rank", "a0"), ("version", 3), ("assignees", [2**63]), ("team", None),
    ],
)  # fmt: skip
def test_what_a_story_cannot_have_is_told_by_field(squad: Squad, member: Program, field: str, value: object) -> None:
    body = {"team": squad.team.pk, "title": "Flyer"} | {field: value}
    wrong = problem(member.post("stories/", body), 400, "not-valid")
    assert [each["field"].partition(".")[0] for each in wrong["errors"]] == [field]
    assert wrong["errors"][0]["reason"]
    if field not in ("team", "column", "sprint", "after"):
        problem(member.patch("stories/GROW-1/", {field: value}, If_Match="*"), 400, "not-valid")
    assert Story.objects.count() == 7


def test_rules_of_the_house_refuse_with_their_own_words(squad: Squad, cast: Cast, member: Program) -> None:
    thirds = problem(member.post("stories/", {"team": squad.team.pk, "title": "A", "points": 0.3}), 422, "rule-broken")
    assert "Points go in halves" in thirds["detail"]
    stranger = {"assignees": [cast.other_member.pk]}
    assert (
        "Omar Other" in problem(member.patch("stories/GROW-1/", stranger, If_Match="*"), 422, "rule-broken")["detail"]
    )
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    full = problem(member.post("stories/GROW-1/move/", {"column": squad.review.pk}), 422, "rule-broken")
    assert "“Review” takes 2 stories" in full["detail"]


def test_a_change_with_if_match_needs_the_version_that_stands(squad: Squad, cast: Cast, member: Program) -> None:
    problem(member.patch("stories/GROW-1/", {"points": 2}), 428, "version-missing")
    tag = member.get("stories/GROW-1/")["ETag"]
    commands.move_story(squad.banner, column=squad.doing, actor=cast.member)
    changed = member.patch("stories/GROW-1/", {"points": 2, "blocked_reason": "Legal"}, If_Match=tag)
    story = told(changed)
    assert (story["points"], story["version"], story["column"]) == (2.0, 2, squad.doing.pk)
    assert (newest().kind, newest().data["fields"]) == ("story.changed", "blocked_reason, points")
    stale = problem(member.patch("stories/GROW-1/", {"points": 3}, If_Match=tag), 412, "stale")
    assert (stale["current"]["points"], stale["version"]) == (2.0, 2)
    assert told(member.patch("stories/GROW-1/", {"points": None}, If_Match=changed["ETag"]))["points"] is None


def test_a_change_with_a_base_version_merges_or_says_what_was_changed(
    squad: Squad, cast: Cast, member: Program
) -> None:
    commands.change_story(squad.banner, title="Banner", assignees=[cast.member], actor=cast.shops_lead)
    merged = told(member.patch("stories/GROW-1/", {"points": 8, "base_version": 1}))
    assert (merged["title"], merged["points"], merged["version"]) == ("Banner", 8.0, 3)
    late = problem(member.patch("stories/GROW-1/", {"title": "Poster", "base_version": 1}), 409, "changed")
    assert "title is “Banner” now" in late["detail"]
    assert (late["version"], late["current"]) == (3, told(member.get("stories/GROW-1/")))
    assert [(each["field"], each["value"]) for each in late["errors"]] == [("title", "Poster")]
    ahead = problem(member.patch("stories/GROW-1/", {"title": "Poster", "base_version": 9}), 409, "changed")
    assert (ahead["version"], ahead["current"]["title"]) == (3, "Banner")
    assert told(member.patch("stories/GROW-1/", {"title": "Banner", "base_version": 1}))["version"] == 3


def test_a_move_goes_where_the_board_would_put_it(squad: Squad, cast: Cast, member: Program) -> None:
    placed = told(member.post("stories/GROW-1/move/", {"column": squad.doing.pk, "before": squad.mail.pk}))
    assert (placed["column"], placed["category"], placed["version"]) == (squad.doing.pk, "doing", 1)
    assert listed(sprint=squad.sprint, column=squad.doing) == ["banner", "mail"]
    assert (newest().kind, newest().subject_id) == ("story.moved", squad.banner.pk)
    row = told(member.get("stories/GROW-1/"))
    assert {name: row[name] for name in placed} == placed
    told(member.post("stories/GROW-1/move/", {"sprint": None, "after": squad.quiz.pk, "before": squad.mail.pk}))
    assert listed(sprint=None) == ["quiz", "banner", "poster", "survey", "radio"]
    moved = told(member.post(f"stories/{squad.quiz.pk}/move/?include=sprint&fields=code", {"sprint": squad.later.pk}))
    assert (moved["code"], list(moved["included"]["sprints"])) == ("GROW-4", [str(squad.later.pk)])
    assert "column" not in moved
    before = Event.objects.count()
    told(member.post("stories/GROW-4/move/", {"sprint": squad.later.pk}))
    assert Event.objects.count() == before, "a move to where it stands writes nothing"
    whole = told(member.post("stories/GROW-2/move/?include=assignees", {"column": squad.doing.pk}))
    assert (whole["title"], list(whole["included"]["people"])) == ("Mail after the first order", [str(cast.member.pk)])
    part = told(member.post("stories/GROW-2/move/?fields=title&fields=column", {"column": squad.review.pk}))
    assert part == {"title": "Mail after the first order", "column": squad.review.pk}
    problem(member.post("stories/GROW-4/move/?include=comments", {}), 400, "not-valid")
    problem(member.post("stories/GROW-4/move/?fields=titel", {}), 400, "not-valid")
    wrong = problem(member.post("stories/GROW-4/move/", {"column": 10**6}), 400, "not-valid")
    assert (wrong["errors"][0]["field"], wrong["errors"][0]["value"]) == ("column", 10**6)
    problem(member.post("stories/GROW-4/move/", {}, If_Match='"9-0"'), 412, "stale")


def test_a_deleted_story_is_gone_until_it_is_restored(squad: Squad, cast: Cast, member: Program) -> None:
    problem(member.call("DELETE", "stories/GROW-4/"), 428, "version-missing")
    assert member.call("DELETE", "stories/GROW-4/", None, {"If-Match": "*"}).status_code == 204
    assert newest().kind == "story.deleted"
    problem(member.get("stories/GROW-4/"), 404, "unknown")
    problem(member.call("DELETE", "stories/GROW-4/", None, {"If-Match": "*"}), 404, "unknown")
    assert told(member.post("stories/GROW-4/restore/"))["title"] == "Quiz"
    assert newest().kind == "story.restored"


def test_others_are_told_who_could(squad: Squad, cast: Cast, program: Made) -> None:
    omar = program(cast.other_member)
    assert told(omar.get("stories/GROW-1/"))["title"] == squad.banner.title
    for answer in (
        omar.post("stories/", {"team": squad.team.pk, "title": "Flyer"}),
        omar.patch("stories/GROW-1/", {"points": 1}, If_Match="*"),
        omar.post("stories/GROW-1/move/", {"column": squad.done.pk}),
        omar.call("DELETE", "stories/GROW-1/", None, {"If-Match": "*"}),
    ):
        assert "Its members and administrators" in problem(answer, 403, "not-allowed")["next_step"]


def test_a_guest_sees_the_stories_of_shared_teams_without_hidden_touchpoints(
    squad: Squad, cast: Cast, program: Made
) -> None:
    guest = program(cast.guest)
    assert told(guest.get("stories/"))["items"] == []
    problem(guest.get("stories/GROW-2/"), 404, "unknown")
    share(squad.team, cast)
    story = told(guest.get("stories/GROW-2/?include=team,assignees"))
    assert (story["touchpoints"], list(story["included"]["teams"])) == ([], [str(squad.team.pk)])
    assert codes(guest, f"touchpoint={cast.till.pk}") == [], "a filter tells nothing that the rows do not"
    problem(guest.get("stories/GROW-2/?include=initiative"), 400, "not-valid")
    problem(guest.post("stories/GROW-2/move/", {"column": squad.done.pk}), 403, "not-allowed")
    problem(guest.post("stories/GROW-2/restore/"), 404, "unknown")
    share(cast.journey, cast)
    assert told(guest.get("stories/GROW-2/"))["touchpoints"] == [cast.till.pk]
    assert codes(guest, f"touchpoint={cast.till.pk}") == ["GROW-2"]


def test_filters_of_every_field_narrow_the_list(squad: Squad, cast: Cast, member: Program) -> None:
    label = commands.create_label(squad.team, name="Spring", actor=cast.member)
    initiative = commands.create_initiative("Growth", actor=cast.executive)
    commands.change_story(
        squad.quiz, kind="fix", description="For the Fair", points=0.5, channel="web", due_on="2026-05-01",
        publish_on="2026-06-01", horizon="long", blocked_reason="Legal", unplanned_reason="Now", hypothesis="h",
        metric="m", result="r", initiative=initiative, labels=[label], actor=cast.member,
    )  # fmt: skip
    commands.add_item(squad.quiz, text="Ask", actor=cast.member)
    commands.move_story(squad.survey, column=squad.done, actor=cast.member)
    only_quiz = [
        f"id={squad.quiz.pk}", "code=GROW-4", "number=4", "kind=fix", "title=Quiz", "title__startswith=qu",
        "description__contains=fair", "description__isnull=false", "points=0.5",
        f"sprint__isnull=true&column={squad.todo.pk}&points__isnull=false",
        "points__lt=1", "points__in=0.5,1", "channel=web", "channel__isnull=false", "due_on=2026-05-01",
        "due_on__gte=2026-01-01", "publish_on__isnull=false", "horizon=long", "horizon__isnull=false",
        "is_blocked=true", "blocked_reason__contains=leg", "is_unplanned=true", "hypothesis=h", "metric=m", "result=r",
        f"initiative={initiative.pk}", "initiative__isnull=false", f"label={label.pk}", "label__isnull=false",
        "item_count__gt=0", "version=2", "q=quiz", "q=fair", "q=4", "q=grow-4",
    ]  # fmt: skip
    for query in only_quiz:
        assert codes(member, query) == ["GROW-4"], query
    some = {
        "code__in=GROW-4,grow-5,NONE-7": ["GROW-4", "GROW-5"],
        f"team={squad.team.pk}&sprint={squad.sprint.pk}": ["GROW-1", "GROW-2", "GROW-3"],
        f"assignee={cast.member.pk}": ["GROW-2"],
        "assignee__isnull=false": ["GROW-2"],
        f"touchpoint__in={cast.till.pk},{cast.receipt.pk}": ["GROW-2"],
        "category__in=doing,review": ["GROW-2", "GROW-3"],
        "done_at__isnull=false": ["GROW-6"],
        f"created_by={cast.shops_lead.pk}&points__isnull=true&sprint__isnull=false": ["GROW-3"],
        "created_at__gt=2100-01-01T00:00:00Z": [],
        "external_id__contains=x": [],
        "ticked_count__gte=1": [],
        "ordering=-number&comment_count=0&number__gte=6": ["GROW-7", "GROW-6"],
    }
    for query, expected in some.items():
        assert codes(member, query) == expected, query
    for query in ("code=4711", "points=many", "sprint=none", "assignee=me", "colour=red", "horizon=never", "rank=a"):
        problem(member.get(f"stories/?{query}"), 400, "not-valid")


@pytest.mark.parametrize("value", ["banana", "1", "TRUE", "yes", "0"])
@pytest.mark.parametrize("name", ["is_blocked", "is_unplanned", "description__isnull", "assignee__isnull"])
def test_what_is_neither_true_nor_false_is_not_taken_for_no_filter(member: Program, name: str, value: str) -> None:
    told = problem(member.get(f"stories/?{name}={value}"), 400, "not-valid")["errors"]
    assert [(each["field"], each["value"]) for each in told] == [(name, value)]


@pytest.mark.parametrize("order", ["points", "-points"])
def test_pages_by_points_are_the_whole_list(squad: Squad, member: Program, order: str) -> None:
    whole = member.get(f"stories/?ordering={order}").data["items"]
    following, found = f"stories/?ordering={order}&limit=1", []
    while following:
        page = member.get(following.removeprefix("http://testserver")).data
        found += page["items"]
        following = page["next"]
    assert found == whole
    points = [each["points"] for each in whole if each["points"] is not None]
    assert points == sorted(points, reverse=order.startswith("-"))
    assert len(set(points)) > 1


def test_pages_by_rank_lose_and_double_nothing_while_others_come_and_go(
    squad: Squad, cast: Cast, member: Program
) -> None:
    moves = iter([squad.radio, squad.survey, squad.poster, squad.quiz])

    def meanwhile() -> None:
        if (neighbour := next(moves, None)) is not None:
            commands.create_story(squad.team, title="Another", before=squad.quiz, actor=cast.member)
            commands.move_story(squad.mail, sprint=None, before=neighbour, actor=cast.member)

    path = f"stories/?team={squad.team.pk}&ordering=rank&limit=1&fields=code,title"
    names = [each["title"] for each in followed(member, path, between=meanwhile)]
    still = [name for name in names if name not in (squad.mail.title, "Another")]
    assert still == [
        story.title for story in (squad.banner, squad.video, squad.quiz, squad.poster, squad.survey, squad.radio)
    ]
    whole = codes(member, "ordering=rank&limit=500")
    assert [each["code"] for each in followed(member, "stories/?ordering=rank&limit=2")] == whole
