"""Stories where work is needed: made from flags, on touchpoints, and brought back after they were deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from journeys.models import Flag
from sprints import commands
from sprints.models import Story
from tests.api.boards import codes, newest, share, told
from tests.api.program import Program, problem
from tests.cast import Cast, scan
from tests.sprints.squad import Squad
from workspace import clock

Made = Callable[..., Program]


@pytest.fixture
def flagged(cast: Cast, squad: Squad) -> Flag:
    """The flag that nobody owns the till."""
    return cast.flag("no-owner", cast.till)


def test_a_story_is_made_from_a_flag_as_on_its_page(
    flagged: Flag, squad: Squad, cast: Cast, member: Program, client: Any
) -> None:
    client.force_login(cast.member)
    client.post(f"/flags/{flagged.pk}/story/", {"team": squad.team.pk})
    by_page = Story.objects.latest("pk")
    answer = member.post(f"flags/{flagged.pk}/story/", {"team": squad.team.pk})
    made = told(answer, 201)
    assert (made["title"], made["touchpoints"], made["sprint"]) == (by_page.title, [cast.till.pk], None)
    assert newest().kind == "story.created"
    assert told(member.get(answer["Location"])) == made
    assert answer["ETag"] == member.get(answer["Location"])["ETag"]
    named = told(member.post(f"flags/{flagged.pk}/story/", {"team": squad.team.pk, "title": "Who owns it?"}), 201)
    assert named["title"] == "Who owns it?"


def test_a_crossing_is_worked_on_where_the_gap_is_or_at_both_ends(squad: Squad, cast: Cast, member: Program) -> None:
    scan()
    gap = Flag.objects.get(rule="boundary-gap", crossing=cast.crossing(cast.compare_online, cast.till))
    path, team = f"flags/{gap.pk}/story/", {"team": squad.team.pk}
    assert told(member.post(path, team), 201)["touchpoints"] == [cast.till.pk]
    Flag.objects.filter(pk=gap.pk).update(touchpoint=None)
    assert told(member.post(path, team), 201)["touchpoints"] == sorted([cast.compare_online.pk, cast.till.pk])


def test_a_flag_about_no_touchpoint_makes_no_story(squad: Squad, cast: Cast, member: Program) -> None:
    flag = Flag.objects.create(
        rule="siloed-unit", subject_kind="unit", subject_id=cast.retail.pk, unit=cast.retail, severity=2,
        opened_at=clock.now(), due_on=clock.today(), journey=None,
    )  # fmt: skip
    refused = problem(member.post(f"flags/{flag.pk}/story/", {"team": squad.team.pk}), 422, "rule-broken")
    assert refused["next_step"]


def test_who_makes_no_story_from_a_flag(flagged: Flag, squad: Squad, cast: Cast, program: Made) -> None:
    path, team = f"flags/{flagged.pk}/story/", {"team": squad.team.pk}
    share(squad.team, cast)
    problem(program(cast.guest).post(path, team), 404, "unknown")
    problem(program(cast.other_member).post(path, team), 403, "not-allowed")
    problem(program(cast.member, scope="read").post(path, team), 403, "not-allowed")
    problem(program(cast.member, limits={"team": [squad.team.pk]}).post(path, team), 403, "not-allowed")
    mia = program(cast.member)
    problem(mia.post("flags/1000000/story/", team), 404, "unknown")
    wrong = problem(mia.post(path, {"team": 10**6}), 400, "not-valid")
    assert wrong["errors"][0]["value"] == 10**6
    problem(mia.post(f"{path}?fields=id", team), 400, "not-valid")


def test_the_stories_on_a_touchpoint(squad: Squad, cast: Cast, member: Program) -> None:
    commands.change_story(squad.quiz, touchpoints=[cast.till, cast.receipt], actor=cast.shops_lead)
    assert codes(member, f"touchpoint={cast.till.pk}") == ["GROW-2", "GROW-4"]
    assert codes(member, f"touchpoint={cast.receipt.pk}&category__in=todo,doing") == ["GROW-4"]
    assert codes(member, f"touchpoint__in={cast.fault_line.pk},{cast.receipt.pk}") == ["GROW-4"]


def test_deleted_stories_are_listed_while_they_can_come_back(squad: Squad, cast: Cast, member: Program) -> None:
    for story in (squad.quiz, squad.poster, squad.radio):
        commands.delete_story(story, actor=cast.shops_lead)
    Story.objects.filter(pk=squad.radio.pk).update(deleted_at=clock.now() - timedelta(days=31))
    assert codes(member, "deleted=true") == ["GROW-4", "GROW-5"]
    assert codes(member, "deleted=true&title__contains=quiz") == ["GROW-4"]
    assert codes(member, "deleted=false&q=poster") == []
    told(member.post(f"stories/{codes(member, 'deleted=true')[0]}/restore/"))
    assert codes(member, "deleted=true") == ["GROW-5"]
    problem(member.get("stories/GROW-5/?deleted=true"), 400, "not-valid")
    wrong = problem(member.get("stories/?deleted=yes"), 400, "not-valid")
    assert wrong["errors"][0]["field"] == "deleted"


def test_who_sees_no_deleted_stories(squad: Squad, cast: Cast, program: Made) -> None:
    commands.delete_story(squad.quiz, actor=cast.shops_lead)
    share(squad.team, cast)
    assert codes(program(cast.guest, scope="read"), "deleted=true") == []
    other = commands.create_team("Mailing", key="MAIL", actor=cast.shops_lead)
    assert codes(program(cast.shops_lead, limits={"team": [other.pk]}), "deleted=true") == []
    assert codes(program(cast.shops_lead, limits={"team": [squad.team.pk]}), "deleted=true") == ["GROW-4"]
