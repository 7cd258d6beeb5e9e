"""`neglected` and `blind-spot`: where they begin and end, and that they are judged right after a change of the work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from journeys import commands as journeys
from journeys.commands.rule_settings import set_rule_settings
from journeys.models import Flag
from sprints import commands as sprints
from sprints.models import Story
from tests.cast import Cast
from tests.journeys.scan.looking import flag_of, flagged, settle
from tests.sprints.squad import Squad
from workspace import clock

pytestmark = pytest.mark.django_db


def neglected() -> set[int]:
    """What is flagged now, without a full scan."""
    return set(Flag.objects.unresolved().filter(rule="neglected").values_list("subject_id", flat=True))


def make_story(squad: Squad, cast: Cast, **fields: Any) -> Story:
    return sprints.create_story(
        squad.team, title="Shorten the fault line", touchpoints=[cast.fault_line], actor=cast.member, **fields
    )


# --- neglected -------------------------------------------------------------------------------------------------------


def test_where_nobody_plans_work_nothing_is_neglected(cast: Cast) -> None:
    assert flagged("neglected") == set()


def test_a_painful_touchpoint_without_an_open_story_is_neglected(squad: Squad, cast: Cast) -> None:
    assert flagged("neglected") == {cast.fault_line.pk}
    flag = flag_of("neglected", cast.fault_line)
    assert (flag.severity, flag.unit) == (Flag.Severity.MEDIUM, cast.service)
    assert flag.evidence == {"emotion": -2, "pain_point": ""}


@pytest.mark.parametrize(("emotion", "pain_point", "is_neglected"), [
    (-1, "", True), (0, "", False), (None, "", False), (2, "Nobody finds the button.", True), (-2, "Slow.", True),
])  # fmt: skip
def test_it_hurts_from_minus_one_or_with_an_open_pain_point(
    squad: Squad, cast: Cast, emotion: int | None, pain_point: str, is_neglected: bool
) -> None:
    journeys.change_touchpoint(cast.receipt, emotion=emotion, pain_point=pain_point, actor=cast.administrator)
    settle()
    assert (cast.receipt.pk in neglected()) is is_neglected


def test_a_story_about_it_closes_the_flag_and_its_end_opens_it_again(squad: Squad, cast: Cast) -> None:
    flagged("neglected")
    story = make_story(squad, cast)
    settle()
    assert neglected() == set()
    sprints.move_story(story, column=squad.done, actor=cast.member)
    settle()
    assert neglected() == {cast.fault_line.pk}
    sprints.move_story(story, column=squad.doing, actor=cast.member)
    settle()
    assert neglected() == set()
    sprints.delete_story(story, actor=cast.member)
    settle()
    assert neglected() == {cast.fault_line.pk}
    sprints.restore_story(story, actor=cast.member)
    settle()
    assert neglected() == set()
    sprints.change_story(story, touchpoints=[cast.till], actor=cast.member)
    settle()
    assert neglected() == {cast.fault_line.pk}


def test_a_retired_touchpoint_and_the_stories_of_an_archived_team_do_not_count(squad: Squad, cast: Cast) -> None:
    make_story(squad, cast)
    assert flagged("neglected") == set()
    sprints.create_team("Care", key="CARE", actor=cast.care_lead)
    sprints.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    sprints.archive_team(squad.team, actor=cast.shops_lead)
    assert flagged("neglected") == {cast.fault_line.pk}
    journeys.retire_touchpoint(cast.fault_line, actor=cast.administrator)
    settle()
    assert neglected() == set()


def test_right_after_a_change_there_are_the_flags_of_a_full_scan(squad: Squad, cast: Cast) -> None:
    flagged("neglected")
    story = make_story(squad, cast, sprint=squad.sprint)
    sprints.change_stories([story, squad.quiz], touchpoints=[cast.shop_window.pk], actor=cast.member)
    settle()
    before = set(Flag.objects.unresolved().values_list("rule", "subject_id"))
    flagged("neglected")
    assert set(Flag.objects.unresolved().values_list("rule", "subject_id")) == before


# --- blind-spot ------------------------------------------------------------------------------------------------------


def play_sprints(squad: Squad, cast: Cast, count: int) -> None:
    """Close the active sprint and start the next, `count` times."""
    sprint = squad.sprint
    for _ in range(count):
        sprints.close_sprint(sprint, unfinished_to="backlog", actor=cast.shops_lead)
        sprint = squad.team.sprints.filter(state="planned").order_by("number").first() or sprints.plan_sprint(
            squad.team, actor=cast.shops_lead
        )
        sprint = sprints.start_sprint(sprint, actor=cast.shops_lead)


def test_a_stage_is_judged_once_a_team_has_started_so_many_sprints(squad: Squad, cast: Cast) -> None:
    assert flagged("blind-spot") == set()
    play_sprints(squad, cast, 1)
    assert flagged("blind-spot") == set()
    play_sprints_from(squad, cast, 1)
    assert flagged("blind-spot") == {cast.notice.pk, cast.choose.pk, cast.pay.pk, cast.use.pk}


def play_sprints_from(squad: Squad, cast: Cast, count: int) -> None:
    squad.sprint = squad.team.sprints.get(state="active")
    play_sprints(squad, cast, count)


def test_a_story_in_one_of_the_last_sprints_has_touched_the_stage(squad: Squad, cast: Cast) -> None:
    """Mail works on the till and is done in the first sprint: three sprints later that is forgotten."""
    sprints.move_story(squad.mail, column=squad.done, actor=cast.member)
    play_sprints(squad, cast, 2)
    assert flagged("blind-spot") == {cast.notice.pk, cast.choose.pk, cast.use.pk}
    play_sprints_from(squad, cast, 1)
    assert flagged("blind-spot") == {cast.notice.pk, cast.choose.pk, cast.pay.pk, cast.use.pk}
    flag = flag_of("blind-spot", cast.pay)
    assert (flag.severity, flag.evidence) == (Flag.Severity.LOW, {"live": 2, "sprints": 3})


def test_planning_a_story_there_ends_it_when_the_sprint_has_started(squad: Squad, cast: Cast) -> None:
    play_sprints(squad, cast, 2)
    flagged("blind-spot")
    active = squad.team.sprints.get(state="active")
    story = make_story(squad, cast)
    settle()
    assert flag_of("blind-spot", cast.use).state == Flag.State.OPEN
    sprints.move_story(story, sprint=active, actor=cast.member)
    settle()
    assert Flag.objects.get(rule="blind-spot", subject_id=cast.use.pk).state == Flag.State.RESOLVED


def test_a_stage_without_live_touchpoints_and_a_future_journey_are_no_blind_spots(squad: Squad, cast: Cast) -> None:
    journeys.add_stage(cast.journey, name="Empty", actor=cast.administrator)
    play_sprints(squad, cast, 2)
    assert len(flagged("blind-spot")) == 4
    journeys.change_journey(cast.journey, state="future", actor=cast.administrator)
    assert flagged("blind-spot") == set()


def test_the_number_of_sprints_is_set_by_administrators(squad: Squad, cast: Cast) -> None:
    set_rule_settings({"blind_spot_sprints": 1}, actor=cast.administrator)
    assert flagged("blind-spot") == {cast.notice.pk, cast.choose.pk, cast.use.pk}


def test_rules_take_as_many_statements_for_many_teams(squad: Squad, cast: Cast) -> None:
    """The sprints of teams that started at other times are looked at team by team, by one query."""
    other = sprints.create_team("Care", key="CARE", actor=cast.care_lead)
    today = clock.today()
    for number in range(3):
        starts_on = today + timedelta(days=20 * number)
        sprint = sprints.plan_sprint(other, starts_on=starts_on, actor=cast.care_lead)
        story = sprints.create_story(
            other, title="Voice menu", sprint=sprint, touchpoints=[cast.fault_line], actor=cast.care_lead
        )
        sprint = sprints.start_sprint(sprint, actor=cast.care_lead)
        if number < 2:
            sprints.move_story(story, column=other.columns.get(category="done"), actor=cast.care_lead)
            sprints.close_sprint(sprint, unfinished_to="backlog", actor=cast.care_lead)
    assert flagged("blind-spot") == {cast.notice.pk, cast.choose.pk}
