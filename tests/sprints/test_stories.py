"""Creating stories."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands
from sprints.models import Initiative, Label, Story, Team
from sprints.rules.stories import fits_interrupt_budget, fold
from tests.cast import Cast
from tests.sprints.order import listed
from tests.sprints.squad import Squad
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation.models import Person


def test_a_new_story_has_the_next_number_and_stands_at_the_end(squad: Squad, cast: Cast) -> None:
    story = commands.create_story(squad.team, title="  Flyer \n for Easter ", points="2.5", actor=cast.member)
    assert (story.code, story.title, story.points) == ("GROW-8", "Flyer for Easter", Decimal("2.5"))
    assert (story.column, story.sprint, story.created_by) == (squad.todo, None, cast.member)
    assert list(Story.objects.filter(team=squad.team))[-1] == story
    assert Team.objects.get(pk=squad.team.pk).last_number == 8


def test_numbers_are_never_given_twice(squad: Squad, cast: Cast) -> None:
    story = commands.create_story(squad.team, title="Flyer", actor=cast.member)
    commands.delete_story(story, actor=cast.member)
    assert commands.create_story(squad.team, title="Flyer", actor=cast.member).number == 9
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    assert commands.create_story(other, title="Win back", actor=cast.care_lead).code == "RET-1"


def test_the_event_keeps_what_reports_replay(squad: Squad, cast: Cast) -> None:
    story = commands.create_story(
        squad.team,
        title="Broken link",
        column=squad.doing,
        sprint=squad.sprint,
        points=2,
        horizon="short",
        unplanned_reason="Customers see it",
        assignees=[cast.member],
        touchpoints=[cast.till],
        actor=cast.member,
    )
    event = Event.objects.latest("id")
    assert (event.kind, event.subject_id, event.scope) == ("story.created", story.pk, f"team:{squad.team.pk}")
    assert event.data == {
        "column": squad.doing.pk,
        "category": "doing",
        "sprint": squad.sprint.pk,
        "points": "2",
        "horizon": "short",
        "unplanned_reason": "Customers see it",
        "assignees": [cast.member.pk],
        "touchpoints": [cast.till.pk],
    }
    assert not story.is_planned
    assert story.started_at == story.in_column_since == story.created_at
    assert story.done_at is None


def test_a_new_story_can_have_everything(squad: Squad, cast: Cast) -> None:
    label = Label.objects.create(team=squad.team, name="Sale")
    initiative = Initiative.objects.create(name="Spring")
    fields: dict[str, Any] = {
        "title": "Straße",
        "kind": "experiment",
        "description": "# Why\r\n\r\n<script>alert(1)</script>",
        "channel": "web",
        "due_on": "2026-03-31",
        "publish_on": "2026-04-01",
        "blocked_reason": "No texts",
        "hypothesis": "More orders",
        "metric": "Orders",
        "result": "",
        "external_id": "JIRA-7",
    }
    made = commands.create_story(
        squad.team, labels=[label], initiative=initiative, column=squad.done, **fields, actor=cast.member
    )
    story = Story.objects.get(pk=made.pk)
    assert (story.folded_title, story.kind, story.external_id) == ("strasse", "experiment", "JIRA-7")
    assert story.description == "# Why\n\n<script>alert(1)</script>"
    assert (list(story.labels.all()), story.initiative) == ([label], initiative)
    assert story.done_at == story.created_at
    assert (story.version, story.revision) == (1, 1)


def test_an_external_id_belongs_to_one_story_of_the_team(squad: Squad, cast: Cast) -> None:
    commands.create_story(squad.team, title="Flyer", external_id="JIRA-7", actor=cast.member)
    with pytest.raises(RuleBroken, match="GROW-8 has the external id “JIRA-7” already"):
        commands.create_story(squad.team, title="Flyer", external_id=" JIRA-7 ", actor=cast.member)
    for _ in range(2):
        assert commands.create_story(squad.team, title="Flyer", external_id="", actor=cast.member).external_id is None


def test_only_members_and_administrators_create_stories(squad: Squad, cast: Cast) -> None:
    for person in (cast.other_member, cast.executive, cast.guest, cast.leaver):
        with pytest.raises(NotAllowed, match="You are not in this team"):
            commands.create_story(squad.team, title="Flyer", actor=person)
    actors: list[Person | None] = [cast.shops_lead, cast.billing_lead, cast.member, cast.administrator, None]
    for actor in actors:
        assert commands.create_story(squad.team, title="Flyer", actor=actor).created_by == actor


def test_new_stories_begin_in_the_first_column_of_to_do(squad: Squad, cast: Cast) -> None:
    ideas = commands.add_column(squad.team, name="Ideas", category="todo", actor=cast.shops_lead)
    order = [squad.doing, ideas, squad.todo, squad.review, squad.done]
    commands.order_columns(squad.team, columns=order, actor=cast.shops_lead)
    assert commands.create_story(squad.team, title="Flyer", actor=cast.member).column == ideas


def test_unplanned_work_is_counted_against_its_budget_and_never_refused(squad: Squad, cast: Cast) -> None:
    for points in (2, 3, None):
        commands.create_story(
            squad.team,
            title="Fire",
            points=points,
            sprint=squad.sprint,
            unplanned_reason="It burns",
            actor=cast.member,
        )
    assert Story.objects.exclude(unplanned_reason="").filter(sprint=squad.sprint).count() == 3
    assert fits_interrupt_budget(Decimal(5), budget=5)
    assert fits_interrupt_budget(Decimal(5), budget=None)
    over = fits_interrupt_budget(Decimal("5.5"), budget=5)
    assert not over
    assert over.reason == "Unplanned work comes to 5.5 points; 5 are kept for it."


def test_words_are_found_whatever_their_case_and_width() -> None:
    assert fold("ＧＲＯＷ Straße ﬁn") == "grow strasse fin"


def test_a_story_costs_few_statements(squad: Squad, cast: Cast) -> None:
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    given: list[tuple[int, dict[str, Any]]] = [
        (6, {}),
        (6, {"sprint": squad.sprint, "column": squad.doing}),
        (7, {"after": squad.quiz}),
        (10, {"assignees": [cast.member, cast.shops_lead], "touchpoints": [cast.till, cast.receipt]}),
    ]
    for more in (0, 30):
        for number in range(more):
            commands.create_story(squad.team, title=f"S {number}", actor=cast.member)
        for most, fields in given:
            with CaptureQueriesContext(connection) as captured:
                commands.create_story(squad.team, title="Flyer", actor=cast.member, **fields)
            cost = [query["sql"] for query in captured if not query["sql"].startswith(control)]
            assert len(cost) <= most, cost


def test_the_backlog_keeps_the_order_in_which_stories_came(squad: Squad) -> None:
    assert listed(sprint=None) == ["quiz", "poster", "survey", "radio"]
