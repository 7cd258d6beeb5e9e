"""Creating, changing and archiving teams; who is in them, and how mixed that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.models import Team
from sprints.queries.sharing import may_share_team
from sprints.queries.teams import members_of, mix_of, people_of
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import data_of, last
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.django_db


def test_a_new_team_has_four_columns_and_its_creator_as_product_owner(cast: Cast) -> None:
    team = commands.create_team(" Growth ", key=" grow ", description=" More ", actor=cast.shops_lead)
    assert (team.name, team.key, team.description, team.sprint_days) == ("Growth", "GROW", "More", 14)
    assert list(team.columns.values_list("name", "category", "position")) == [
        ("To do", "todo", 1),
        ("Doing", "doing", 2),
        ("Review", "review", 3),
        ("Done", "done", 4),
    ]
    assert list(team.memberships.values_list("person", "role", "allocation")) == [
        (cast.shops_lead.pk, "product_owner", 100)
    ]
    assert last("team.created").scope == last("team.member_added").scope == f"team:{team.pk}"
    assert data_of("team.member_added") == [{"person": cast.shops_lead.pk, "role": "product_owner", "allocation": 100}]


def test_a_team_that_the_house_makes_has_nobody_yet(cast: Cast) -> None:
    assert not commands.create_team("Growth", key="GROW", actor=None).memberships.exists()


@pytest.mark.parametrize("who", ["member", "guest", "leaver"])
def test_members_and_guests_create_no_team(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        commands.create_team("Growth", key="GROW", actor=getattr(cast, who))
    assert "Leads" in refusal.value.next_step
    assert not Team.objects.exists()


@pytest.mark.parametrize("key", ["", "G", "1UP", "GRÖW", "GROW-1", "GR W", "ABCDEFGHIJK", "ﬀ"])
def test_a_key_has_two_to_ten_letters_and_digits(cast: Cast, key: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        commands.create_team("Growth", key=key, actor=cast.shops_lead)
    assert f"“{key}”" in refusal.value.reason
    assert "2 to 10" in refusal.value.next_step


@pytest.mark.parametrize("key", ["GROW", "grow"])
def test_a_key_that_is_taken_names_the_team_that_has_it(squad: Squad, cast: Cast, key: str) -> None:
    with pytest.raises(RuleBroken, match="The key GROW is that of the team Growth"):
        commands.create_team("Another", key=key, actor=cast.shops_lead)


@pytest.mark.parametrize("name", ["Überblick", "ÜBERBLICK", "überblick"])
def test_a_name_is_taken_in_letters_of_any_case(cast: Cast, name: str) -> None:
    commands.create_team("Überblick", key="UB", actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="There is a team “Überblick” already; its key is UB"):
        commands.create_team(name, key="OTHER", actor=cast.shops_lead)


@pytest.mark.parametrize(("name", "said"), [("  ", "needs a name"), ("x" * 201, "201 characters")])
def test_a_name_is_there_and_not_too_long(cast: Cast, name: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        commands.create_team(name, key="GROW", actor=cast.shops_lead)


@pytest.mark.django_db(transaction=True)
def test_of_two_teams_that_take_a_key_at_once_one_is_told_who_has_it(cast: Cast) -> None:
    make = partial(commands.create_team, key="GROW", actor=cast.shops_lead)
    (refused,) = errors(at_once(partial(make, "One"), partial(make, "Two")))
    assert isinstance(refused, RuleBroken)
    assert Team.objects.get().name in refused.reason


# --- Changing --------------------------------------------------------------------------------------------------------


def test_a_change_tells_old_and_new(squad: Squad, cast: Cast) -> None:
    team = commands.change_team(
        squad.team, name="Growth", sprint_days=7, interrupt_points=5, unfinished_to="next", actor=cast.billing_lead
    )
    assert (team.sprint_days, team.interrupt_points, team.unfinished_to) == (7, 5, "next")
    assert last("team.changed").data == {
        "fields": "interrupt_points, sprint_days, unfinished_to",
        "old": {"sprint_days": 14, "interrupt_points": None, "unfinished_to": "backlog"},
        "new": {"sprint_days": 7, "interrupt_points": 5, "unfinished_to": "next"},
    }
    assert last("team.changed").subject_version == team.version == 2


def test_what_changes_nothing_tells_nothing(squad: Squad, cast: Cast) -> None:
    assert commands.change_team(squad.team, name="Growth", actor=cast.shops_lead).version == 1
    assert data_of("team.changed") == []


def test_a_team_may_write_its_own_name_in_another_case(squad: Squad, cast: Cast) -> None:
    assert commands.change_team(squad.team, name="GROWTH", actor=cast.shops_lead).name == "GROWTH"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "  ", "needs a name"),
        ("description", "x" * 20_001, "20001 characters"),
        ("sprint_days", 0, "“0” is no length"),
        ("sprint_days", 57, "“57” is no length"),
        ("sprint_days", "two weeks", "“two weeks” is no length"),
        ("interrupt_points", -1, "“-1” is no budget"),
        ("unfinished_to", "the moon", "cannot go to “the moon”"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, field: str, value: Any, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        commands.change_team(squad.team, actor=cast.shops_lead, **{field: value})


def test_the_key_stays(squad: Squad, cast: Cast) -> None:
    with pytest.raises(TypeError, match="a team has no key to change"):
        commands.change_team(squad.team, key="NEW", actor=cast.shops_lead)


def test_changes_of_different_fields_both_stand_and_of_the_same_the_later_is_told(squad: Squad, cast: Cast) -> None:
    commands.change_team(squad.team, sprint_days=7, actor=cast.shops_lead)
    merged = commands.change_team(squad.team, description="Ours", base_version=1, actor=cast.billing_lead)
    assert (merged.sprint_days, merged.description, merged.version) == (7, "Ours", 3)
    with pytest.raises(StaleWrite) as refusal:
        commands.change_team(squad.team, sprint_days=21, base_version=1, actor=cast.billing_lead)
    assert "Growth was changed in the meantime" in refusal.value.reason
    assert "sprint_days" in refusal.value.reason
    assert refusal.value.version == 3


@pytest.mark.parametrize("who", ["member", "other_member", "guest", "executive"])
def test_only_who_runs_a_team_changes_it(squad: Squad, cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    for refused in (
        partial(commands.change_team, squad.team, name="Mine", actor=person),
        partial(commands.archive_team, squad.team, actor=person),
        partial(commands.reopen_team, squad.team, actor=person),
    ):
        with pytest.raises(NotAllowed) as refusal:
            refused()
        assert "product owner" in refusal.value.next_step


# --- Archiving -------------------------------------------------------------------------------------------------------


def test_a_team_with_an_active_sprint_is_not_archived(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Sprint 1 of Growth is active") as refusal:
        commands.archive_team(squad.team, actor=cast.shops_lead)
    assert refusal.value.next_step == "Close the sprint first."


def test_nothing_changes_in_an_archived_team_until_it_is_opened_again(squad: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    commands.close_sprint(squad.sprint, actor=owner)
    commands.archive_team(squad.team, actor=owner)
    for refused in (
        partial(commands.archive_team, squad.team, actor=owner),
        partial(commands.change_team, squad.team, name="New", actor=owner),
        partial(commands.add_member, squad.team, person=cast.other_member, actor=owner),
        partial(commands.remove_member, squad.team, person=cast.member, actor=owner),
        partial(commands.add_column, squad.team, name="Later", category="todo", actor=owner),
        partial(commands.change_column, squad.doing, name="Work", actor=owner),
        partial(commands.remove_column, squad.doing, to=squad.todo, actor=owner),
        partial(commands.plan_sprint, squad.team, actor=owner),
        partial(commands.start_sprint, squad.later, actor=owner),
        partial(commands.remove_sprint, squad.later, actor=owner),
    ):
        with pytest.raises(RuleBroken, match="The team Growth is archived"):
            refused()
    assert commands.reopen_team(squad.team, actor=owner).archived_at is None
    with pytest.raises(RuleBroken, match="open already"):
        commands.reopen_team(squad.team, actor=owner)
    commands.start_sprint(squad.later, actor=owner)


# --- Who is in it ----------------------------------------------------------------------------------------------------


def test_the_mix_of_departments(squad: Squad, cast: Cast) -> None:
    mix = mix_of(members_of(squad.team))
    assert [(part.name, part.count) for part in mix.parts] == [("Shops", 2), ("Billing", 1)]
    assert mix.n == 3
    assert mix.blau == pytest.approx(1 - (4 + 1) / 9)


def test_members_without_a_department_are_a_group_of_their_own(squad: Squad, cast: Cast) -> None:
    commands.add_member(squad.team, person=cast.executive, actor=cast.shops_lead)
    commands.add_member(squad.team, person=cast.administrator, actor=cast.shops_lead)
    mix = mix_of(members_of(squad.team))
    assert [(part.name, part.count) for part in mix.parts] == [("no department", 2), ("Shops", 2), ("Billing", 1)]
    assert mix.blau == pytest.approx(1 - (4 + 4 + 1) / 25)


def test_who_left_or_became_a_guest_stays_listed_and_does_not_count(squad: Squad, cast: Cast) -> None:
    organisation.deactivate_person(cast.member, actor=cast.administrator)
    organisation.set_role(cast.billing_lead, role="guest", actor=cast.administrator)
    members = members_of(squad.team)
    assert {member.person: member.counts for member in members} == {
        cast.shops_lead: True,
        cast.billing_lead: False,
        cast.member: False,
    }
    assert mix_of(members).n == 1
    assert list(people_of(squad.team)) == [cast.shops_lead]


def test_a_team_is_read_with_one_statement_whatever_its_size(
    squad: Squad, cast: Cast, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(12):
        person = organisation.create_person(
            f"p{number}@example.com", name=f"P {number}", department=cast.care, actor=None
        )
        commands.add_member(squad.team, person=person, actor=None)
    with django_assert_num_queries(1):
        assert mix_of(members_of(squad.team)).n == 15


# --- Sharing ---------------------------------------------------------------------------------------------------------


def test_whoever_runs_a_team_may_share_it(squad: Squad, cast: Cast) -> None:
    allowed = {
        who
        for who in ("shops_lead", "billing_lead", "member", "other_member", "guest", "administrator", "executive")
        if may_share_team(standing_of(getattr(cast, who)), squad.team.pk)
    }
    assert allowed == {"shops_lead", "billing_lead", "administrator"}
    with pytest.raises(Unknown, match="There is no team 0"):
        may_share_team(standing_of(cast.administrator), 0)


def test_a_guest_sees_a_team_while_it_is_shared_with_them(squad: Squad, cast: Cast) -> None:
    assert list(Team.objects.visible_to(cast.guest)) == []
    organisation.share("team", squad.team.pk, guest=cast.guest, until=clock.today(), actor=cast.shops_lead)
    assert list(Team.objects.visible_to(cast.guest)) == [squad.team]
    with clock.at(clock.now() + timedelta(days=1)):
        assert list(Team.objects.visible_to(cast.guest)) == []
