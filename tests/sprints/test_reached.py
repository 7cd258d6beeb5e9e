"""After each act the flags about work are what a full scan finds: nothing waits for the night."""

from __future__ import annotations

import pytest

from journeys.models import Flag
from sprints import commands
from sprints.models import Sprint
from tests.cast import Cast, deliver, scan
from tests.sprints.squad import Squad

pytestmark = pytest.mark.django_db

RULES = ("neglected", "blind-spot")


def open_flags() -> set[tuple[str, int]]:
    found = Flag.objects.filter(rule__in=RULES).exclude(state=Flag.State.RESOLVED)
    return set(found.values_list("rule", "subject_id"))


def settled() -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """What the act alone leads to, and what a full scan says to that."""
    deliver()
    alone = open_flags()
    scan()
    return alone, open_flags()


@pytest.fixture
def worked_on(cast: Cast, squad: Squad) -> Squad:
    """The team works on the fault line, which hurts, and all of it is judged."""
    commands.change_story(squad.mail, touchpoints=[cast.fault_line], actor=cast.member)
    deliver()
    scan()
    assert ("neglected", cast.fault_line.pk) not in open_flags()
    return squad


def sprint_after_sprint(cast: Cast, squad: Squad, count: int) -> Sprint:
    """So many sprints come and go; the next one, planned."""
    commands.close_sprint(squad.sprint, actor=cast.shops_lead)
    sprint = squad.later
    for _number in range(count):
        commands.start_sprint(sprint, actor=cast.shops_lead)
        commands.close_sprint(sprint, actor=cast.shops_lead)
        sprint = commands.plan_sprint(squad.team, actor=cast.shops_lead)
    return sprint


def test_a_column_that_becomes_one_of_done_finishes_its_stories(cast: Cast, worked_on: Squad) -> None:
    commands.add_column(worked_on.team, name="Ready", category="doing", actor=cast.shops_lead)
    commands.change_column(worked_on.doing, category="done", actor=cast.shops_lead)
    alone, full = settled()
    assert alone == full
    assert ("neglected", cast.fault_line.pk) in full
    commands.change_column(worked_on.doing, category="review", actor=cast.shops_lead)
    alone, full = settled()
    assert alone == full
    assert ("neglected", cast.fault_line.pk) not in full


def test_a_team_that_is_archived_works_on_nothing(cast: Cast, worked_on: Squad) -> None:
    commands.close_sprint(worked_on.sprint, actor=cast.shops_lead)
    commands.create_team("Other", key="OTHER", actor=cast.shops_lead)  # somebody plans work all the same
    settled()
    commands.archive_team(worked_on.team, actor=cast.shops_lead)
    alone, full = settled()
    assert alone == full
    assert ("neglected", cast.fault_line.pk) in full
    commands.reopen_team(worked_on.team, actor=cast.shops_lead)
    alone, full = settled()
    assert alone == full
    assert ("neglected", cast.fault_line.pk) not in full


def test_a_move_to_another_column_may_be_one_into_a_sprint(cast: Cast, worked_on: Squad) -> None:
    sprint = commands.start_sprint(sprint_after_sprint(cast, worked_on, 4), actor=cast.shops_lead)
    story = commands.create_story(worked_on.team, title="Till", touchpoints=[cast.till], actor=cast.member)
    assert ("blind-spot", cast.pay.pk) in settled()[1]
    commands.move_story(story, column=worked_on.doing, sprint=sprint, actor=cast.member)
    alone, full = settled()
    assert alone == full
    assert ("blind-spot", cast.pay.pk) not in full


def test_a_sprint_that_starts_makes_its_stories_recent_and_older_ones_old(cast: Cast, worked_on: Squad) -> None:
    sprint = sprint_after_sprint(cast, worked_on, 4)
    for touchpoint in (cast.till, cast.shop_window):
        commands.create_story(
            worked_on.team, title="Done", touchpoints=[touchpoint], sprint=sprint, column=worked_on.done, actor=None
        )
    settled()
    for number in range(5):
        commands.start_sprint(sprint, actor=cast.shops_lead)
        alone, full = settled()
        assert alone == full
        assert number > 0 or not {("blind-spot", cast.pay.pk), ("blind-spot", cast.notice.pk)} & full
        commands.close_sprint(sprint, actor=cast.shops_lead)
        alone, full = settled()
        assert alone == full
        sprint = commands.plan_sprint(worked_on.team, actor=cast.shops_lead)
    assert {("blind-spot", cast.pay.pk), ("blind-spot", cast.notice.pk)} <= full
