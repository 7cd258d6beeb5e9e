"""Teams, members, columns and sprints over the API, by the same commands as the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands
from tests.api.boards import newest, share, told
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace import clock

Made = Callable[..., Program]


def delete(caller: Program, path: str) -> Any:
    return caller.call("DELETE", path, None, {"If-Match": "*"})


def names(asks: Program, path: str, field: str = "name") -> list[Any]:
    return [each[field] for each in told(asks.get(path))["items"]]


def test_a_team_lives_its_life(squad: Squad, cast: Cast, owner: Program) -> None:
    made = owner.post("teams/", {"name": "Mailing", "key": "mail", "sprint_days": 7})
    team = told(made, 201)
    assert (team["key"], team["sprint_days"], team["version"]) == ("MAIL", 7, 1)
    path = f"teams/{team['id']}/"
    problem(owner.patch(path, {"name": "Mails"}), 428, "version-missing")
    changed = told(owner.patch(path, {"name": "Mails", "interrupt_points": 5}, If_Match=made["ETag"]))
    assert (changed["name"], changed["interrupt_points"], newest().kind) == ("Mails", 5, "team.changed")
    problem(owner.patch(path, {"name": "Post"}, If_Match=made["ETag"]), 412, "stale")
    assert told(owner.patch(path, {"unfinished_to": "next", "base_version": 1}))["unfinished_to"] == "next"
    late = problem(owner.patch(path, {"name": "Post", "base_version": 1}), 409, "changed")
    assert (late["version"], late["current"]["name"]) == (3, "Mails")
    assert [(each["field"], each["value"]) for each in late["errors"]] == [("name", "Post")]
    assert told(owner.post(f"{path}archive/"))["archived_at"]
    assert newest().kind == "team.archived"
    problem(owner.patch(path, {"name": "Post"}, If_Match="*"), 422, "rule-broken")
    assert told(owner.post(f"{path}reopen/"))["archived_at"] is None


def test_who_may_not_is_told_who_could(squad: Squad, cast: Cast, program: Made) -> None:
    mia, team = program(cast.member), squad.team.pk
    for answer in (
        mia.post("teams/", {"name": "Mailing", "key": "MAIL"}),
        mia.patch(f"teams/{team}/", {"name": "Mails"}, If_Match="*"),
        mia.post(f"teams/{team}/members/", {"person": cast.other_member.pk}),
        mia.post("columns/", {"team": team, "name": "Press", "category": "doing"}),
        mia.post("sprints/", {"team": team}),
        mia.post(f"sprints/{squad.sprint.pk}/close/"),
        delete(mia, f"sprints/{squad.later.pk}/"),
    ):
        assert problem(answer, 403, "not-allowed")["next_step"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("teams/", {"name": "Mailing"}, "key"),
        ("teams/", {"name": "Mailing", "key": "MAIL", "sprint_days": 57}, "sprint_days"),
        ("columns/", {"team": 10**6, "name": "Press", "category": "doing"}, "team"),
        ("columns/", {"team": "GROW", "name": "Press", "category": "lost"}, "team"),
        ("columns/order/", {"team": 10**6, "columns": [1]}, "team"),
        ("sprints/", {"team": 10**6}, "team"),
        ("sprints/", {}, "team"),
    ],
)
def test_what_cannot_be_taken_is_told_by_field(
    squad: Squad, owner: Program, path: str, body: dict[str, Any], field: str
) -> None:
    wrong = problem(owner.post(path, body), 400, "not-valid")
    assert field in [each["field"] for each in wrong["errors"]]


def test_members_come_change_and_go(squad: Squad, cast: Cast, owner: Program) -> None:
    path = f"teams/{squad.team.pk}/members/"
    assert names(owner, path, "person") == sorted([cast.shops_lead.pk, cast.billing_lead.pk, cast.member.pk])
    made = owner.post(path, {"person": cast.other_member.pk, "allocation": 20})
    assert told(made, 201) == {
        "team": squad.team.pk, "person": cast.other_member.pk, "role": "member", "allocation": 20,
    }  # fmt: skip
    assert newest().kind == "team.member_added"
    problem(owner.post(path, {"person": cast.other_member.pk}), 422, "rule-broken")
    one = made["Location"]
    assert told(owner.patch(one, {"role": "scrum_master"}))["role"] == "scrum_master"
    assert names(owner, f"{path}?role=scrum_master&ordering=-name", "person") == [
        cast.other_member.pk, cast.billing_lead.pk,
    ]  # fmt: skip
    assert names(owner, f"{path}?allocation__lte=50", "person") == sorted([cast.member.pk, cast.other_member.pk])
    along = told(owner.get(f"{one}?include=person"))["included"]["people"]
    assert along[str(cast.other_member.pk)]["name"] == "Omar Other"
    assert owner.call("DELETE", one).status_code == 204
    problem(owner.get(one), 404, "unknown")
    last = problem(owner.call("DELETE", f"{path}{cast.shops_lead.pk}/"), 422, "rule-broken")
    assert last["next_step"]
    problem(owner.post(path, {"person": 10**6}), 400, "not-valid")
    problem(owner.get("teams/1000000/members/"), 404, "unknown")


def test_columns_are_added_changed_ordered_and_removed(squad: Squad, cast: Cast, owner: Program) -> None:
    listing = f"columns/?team={squad.team.pk}"
    assert names(owner, listing) == ["To do", "Doing", "Review", "Done"]
    made = owner.post("columns/", {"team": squad.team.pk, "name": "Press", "category": "review", "wip_limit": 2})
    column = told(made, 201)
    path = f"columns/{column['id']}/"
    assert told(owner.patch(path, {"wip_limit": None}, If_Match=made["ETag"]))["wip_limit"] is None
    problem(owner.patch(path, {"wip_limit": 3, "base_version": 1}), 409, "changed")
    ids = [column["id"], squad.todo.pk, squad.doing.pk, squad.review.pk, squad.done.pk]
    ordered = told(owner.post("columns/order/", {"team": squad.team.pk, "columns": ids}))["items"]
    assert [each["id"] for each in ordered] == ids
    assert names(owner, listing) == ["Press", "To do", "Doing", "Review", "Done"]
    problem(owner.post("columns/order/", {"team": squad.team.pk, "columns": ids[1:]}), 422, "rule-broken")
    problem(owner.post("columns/order/", {"team": squad.team.pk, "columns": [10**6]}), 400, "not-valid")
    commands.move_story(squad.banner, column=type(squad.todo)(pk=column["id"]), actor=cast.member)
    problem(delete(owner, path), 400, "not-valid")
    problem(delete(owner, f"{path}?to=1000000"), 400, "not-valid")
    problem(owner.call("DELETE", f"{path}?to={squad.doing.pk}"), 428, "version-missing")
    assert delete(owner, f"{path}?to={squad.doing.pk}").status_code == 204
    assert listed(sprint=squad.sprint, column=squad.doing) == ["banner", "mail"]
    assert names(owner, f"{listing}&wip_blocks=true") == ["Review"]
    assert names(owner, f"{listing}&category__in=todo,done&position__gte=3&wip_limit__isnull=true") == ["Done"]


def test_a_sprint_is_planned_changed_started_and_closed(squad: Squad, cast: Cast, owner: Program) -> None:
    made = owner.post("sprints/", {"team": squad.team.pk, "goal": "Summer"})
    sprint = told(made, 201)
    assert (sprint["number"], sprint["state"]) == (3, "planned")
    path = f"sprints/{sprint['id']}/"
    ends_on = (clock.today() + timedelta(days=60)).isoformat()
    changed = told(owner.patch(path, {"goal": "Autumn", "ends_on": ends_on}, If_Match=made["ETag"]))
    assert (changed["goal"], changed["ends_on"]) == ("Autumn", ends_on)
    problem(owner.patch(path, {"goal": "Winter", "base_version": 1}), 409, "changed")
    problem(owner.post(f"{path}start/"), 422, "rule-broken")
    closed = told(owner.post(f"sprints/{squad.sprint.pk}/close/", {"unfinished_to": "next"}))
    assert closed["state"] == "closed"
    assert listed(sprint=squad.later) == ["banner", "mail", "video"]
    assert told(owner.post(f"sprints/{squad.later.pk}/start/"))["state"] == "active"
    assert newest().kind == "sprint.started"
    assert delete(owner, path).status_code == 204
    problem(owner.get(path), 404, "unknown")
    problem(delete(owner, f"sprints/{squad.later.pk}/"), 422, "rule-broken")
    assert names(owner, f"sprints/?team={squad.team.pk}&state=active&number__gte=2", "number") == [2]
    assert names(owner, "sprints/?closed_at__isnull=false&goal__contains=first", "number") == [1]
    assert names(owner, f"sprints/?starts_on__lte={clock.today()}&ordering=-ends_on", "number") == [1]


def test_filters_of_teams(squad: Squad, cast: Cast, owner: Program) -> None:
    commands.create_team("Mailing", key="MAIL", sprint_days=7, actor=cast.shops_lead)
    assert names(owner, "teams/") == ["Growth", "Mailing"]
    for query in (
        "key=MAIL", "name__startswith=mail", "sprint_days__lt=14", "description=x&name=Growth", "last_number=0",
        f"member={cast.shops_lead.pk}&sprint_days=7", "interrupt_points__isnull=true&key__in=MAIL,NONE",
        "archived_at__isnull=true&unfinished_to=backlog&version=1&last_number__lt=1",
    ):  # fmt: skip
        assert names(owner, f"teams/?{query}") == ([] if "description" in query else ["Mailing"]), query


def test_guests_see_what_is_shared_and_change_nothing(squad: Squad, cast: Cast, program: Made) -> None:
    guest = program(cast.guest)
    paths = ("teams/", f"columns/?team={squad.team.pk}", "sprints/")
    assert [told(guest.get(path))["items"] for path in paths] == [[], [], []]
    for path in (f"teams/{squad.team.pk}/", f"teams/{squad.team.pk}/members/", f"columns/{squad.todo.pk}/"):
        problem(guest.get(path), 404, "unknown")
    problem(guest.post("sprints/", {"team": squad.team.pk}), 400, "not-valid")
    share(squad.team, cast)
    assert [len(told(guest.get(path))["items"]) for path in paths] == [1, 4, 2]
    assert told(guest.get(f"teams/{squad.team.pk}/members/?include=person"))["included"]["people"]
    problem(guest.patch(f"teams/{squad.team.pk}/", {"name": "Ours"}, If_Match="*"), 403, "not-allowed")
    problem(guest.post("sprints/", {"team": squad.team.pk}), 403, "not-allowed")


def test_a_token_that_is_limited_to_teams_reaches_no_other(squad: Squad, cast: Cast, program: Made) -> None:
    other = commands.create_team("Mailing", key="MAIL", actor=cast.shops_lead)
    theirs = commands.plan_sprint(other, actor=cast.shops_lead)
    held = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    assert names(held, "teams/") == ["Growth"]
    assert set(names(held, "columns/", "team")) == set(names(held, "sprints/?include=team", "team")) == {squad.team.pk}
    problem(held.post("teams/", {"name": "Third", "key": "THIRD"}), 403, "not-allowed")
    problem(held.post("columns/", {"team": other.pk, "name": "Press", "category": "doing"}), 400, "not-valid")
    for path in (f"teams/{other.pk}/", f"teams/{other.pk}/members/", f"sprints/{theirs.pk}/"):
        problem(held.get(path), 404, "unknown")
    problem(held.post(f"sprints/{theirs.pk}/start/"), 404, "unknown")
    problem(held.post(f"teams/{other.pk}/archive/"), 404, "unknown")
    assert told(held.patch(f"teams/{squad.team.pk}/", {"name": "Grown"}, If_Match="*"))["name"] == "Grown"


def test_statements_do_not_grow_with_the_lists(squad: Squad, cast: Cast, owner: Program) -> None:
    paths = (
        "teams/",
        "columns/?include=team",
        "sprints/?include=team",
        f"teams/{squad.team.pk}/members/?include=person",
    )
    sizes = []
    for more in (0, 10):
        for number in range(more):
            team = commands.create_team(f"Team {number}", key=f"T{number}", actor=cast.shops_lead)
            commands.plan_sprint(team, actor=cast.shops_lead)
        counts = []
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                told(owner.get(path))
            counts.append(len(seen))
        sizes.append(counts)
    assert sizes == [[2, 3, 3, 4]] * 2
