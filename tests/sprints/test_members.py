"""Who belongs to a team."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from sprints import commands
from sprints.models import Assignment, Membership
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import data_of, last, subjects_of
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def membership(squad: Squad, person: Person) -> Membership:
    return Membership.objects.get(team=squad.team, person=person)


def test_somebody_is_added_with_a_role_and_a_share_of_their_time(squad: Squad, cast: Cast) -> None:
    added = commands.add_member(squad.team, person=cast.other_member, allocation=30, actor=cast.billing_lead)
    assert (added.role, added.allocation) == ("member", 30)
    event = last("team.member_added")
    assert event.data == {"person": cast.other_member.pk, "role": "member", "allocation": 30}
    assert (event.subject_kind, event.subject_id, event.scope) == ("team", squad.team.pk, squad.team.scope)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("guest", "Gus Guest is a guest"),
        ("leaver", "Lena Leaver does not work here any more"),
        ("member", "Mia Member is in Growth already"),
    ],
)
def test_guests_leavers_and_members_are_not_added(squad: Squad, cast: Cast, who: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refusal:
        commands.add_member(squad.team, person=getattr(cast, who), actor=cast.shops_lead)
    assert refusal.value.next_step


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"allocation": -1}, "“-1” is no allocation"),
        ({"allocation": 101}, "“101” is no allocation"),
        ({"allocation": "half"}, "“half” is no allocation"),
        ({"allocation": True}, "“True” is no allocation"),
        ({"role": "boss"}, "“boss” is no role"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        commands.add_member(squad.team, person=cast.other_member, actor=cast.shops_lead, **fields)
    with pytest.raises(RuleBroken, match=said):
        commands.change_member(squad.team, person=cast.member, actor=cast.shops_lead, **fields)


@pytest.mark.parametrize("allocation", [0, 100])
def test_allocation_goes_from_nothing_to_all(squad: Squad, cast: Cast, allocation: int) -> None:
    changed = commands.change_member(squad.team, person=cast.member, allocation=allocation, actor=cast.shops_lead)
    assert changed.allocation == allocation


def test_a_change_tells_old_and_new(squad: Squad, cast: Cast) -> None:
    commands.change_member(squad.team, person=cast.member, role="product_owner", allocation=50, actor=cast.shops_lead)
    assert data_of("team.member_changed") == [
        {
            "person": cast.member.pk,
            "fields": "role",
            "old": {"role": "member"},
            "new": {"role": "product_owner"},
        }
    ]


def test_what_changes_nothing_tells_nothing(squad: Squad, cast: Cast) -> None:
    commands.change_member(squad.team, person=cast.member, allocation=50, actor=cast.shops_lead)
    assert data_of("team.member_changed") == []


@pytest.mark.parametrize("who", ["member", "other_member", "guest", "executive"])
def test_only_who_runs_a_team_says_who_is_in_it(squad: Squad, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    for refused in (
        partial(commands.add_member, squad.team, person=cast.other_member, actor=actor),
        partial(commands.change_member, squad.team, person=cast.member, allocation=100, actor=actor),
        partial(commands.remove_member, squad.team, person=cast.member, actor=actor),
    ):
        with pytest.raises(NotAllowed) as refusal:
            refused()
        assert "product owner" in refusal.value.next_step


def test_who_is_not_in_the_team_is_not_changed(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Omar Other is not in Growth"):
        commands.change_member(squad.team, person=cast.other_member, allocation=10, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Omar Other is not in Growth"):
        commands.remove_member(squad.team, person=cast.other_member, actor=cast.shops_lead)


# --- The last product owner ------------------------------------------------------------------------------------------


def test_the_last_product_owner_stays(squad: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    for refused in (
        partial(commands.remove_member, squad.team, person=owner, actor=owner),
        partial(commands.change_member, squad.team, person=owner, role="member", actor=owner),
    ):
        with pytest.raises(RuleBroken, match="without a product owner") as refusal:
            refused()
        assert "somebody else" in refusal.value.next_step
    commands.change_member(squad.team, person=cast.member, role="product_owner", actor=owner)
    commands.remove_member(squad.team, person=owner, actor=owner)
    assert not Membership.objects.filter(team=squad.team, person=owner).exists()


def test_a_product_owner_who_left_is_none_to_count_on(squad: Squad, cast: Cast) -> None:
    commands.change_member(squad.team, person=cast.member, role="product_owner", actor=cast.shops_lead)
    organisation.deactivate_person(cast.member, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="without a product owner"):
        commands.remove_member(squad.team, person=cast.shops_lead, actor=cast.shops_lead)


def test_a_product_owner_may_be_given_another_share_of_time(squad: Squad, cast: Cast) -> None:
    commands.change_member(squad.team, person=cast.shops_lead, allocation=20, actor=cast.shops_lead)
    assert membership(squad, cast.shops_lead).allocation == 20


@pytest.mark.django_db(transaction=True)
def test_of_two_product_owners_who_go_at_once_one_stays(squad: Squad, cast: Cast) -> None:
    commands.change_member(squad.team, person=cast.member, role="product_owner", actor=cast.shops_lead)
    leave = partial(commands.remove_member, squad.team, actor=cast.administrator)
    (refused,) = errors(at_once(partial(leave, person=cast.shops_lead), partial(leave, person=cast.member)))
    assert isinstance(refused, RuleBroken)
    assert Membership.objects.filter(team=squad.team, role="product_owner").count() == 1


@pytest.mark.django_db(transaction=True)
def test_somebody_becomes_a_guest_while_they_are_added(squad: Squad, cast: Cast) -> None:
    added, changed = at_once(
        partial(commands.add_member, squad.team, person=cast.other_member, actor=cast.shops_lead),
        partial(organisation.set_role, cast.other_member, role="guest", actor=cast.administrator),
    )
    assert isinstance(changed, Person)
    assert isinstance(added, Membership | RuleBroken)  # before they became one, or not at all


# --- Going -----------------------------------------------------------------------------------------------------------


def test_who_goes_is_taken_off_unfinished_stories_of_this_team_alone(squad: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    done = commands.create_story(squad.team, title="Done", column=squad.done, assignees=[cast.member], actor=owner)
    other = commands.create_team("Other", key="OTHER", actor=owner)
    commands.add_member(other, person=cast.member, actor=owner)
    elsewhere = commands.create_story(other, title="Elsewhere", assignees=[cast.member], actor=owner)
    commands.remove_member(squad.team, person=cast.member, actor=owner)
    kept = Assignment.objects.filter(person=cast.member).values_list("story", flat=True)
    assert set(kept) == {done.pk, elsewhere.pk}
    assert last("team.member_removed").data == {
        "person": cast.member.pk,
        "role": "member",
        "stories": [squad.mail.pk],
    }
    changed = last("story.changed_together")
    assert subjects_of(changed) == {("story", squad.mail.pk)}
    was, revision = squad.mail.version, squad.mail.revision
    row = {"version": was + 1, "old": {"assignees": [cast.member.pk]}, "new": {"assignees": []}}
    rows = {str(squad.mail.pk): row}
    assert changed.data == {"fields": "assignees", "count": 1, "along": True, "stories": rows}
    squad.mail.refresh_from_db()
    assert (squad.mail.version, squad.mail.revision) == (was + 1, revision + 1)


@pytest.mark.parametrize("stories", [3, 60])
def test_going_takes_as_many_statements_whatever_the_number_of_stories(
    squad: Squad, cast: Cast, stories: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(stories):
        commands.create_story(squad.team, title=f"S {number}", assignees=[cast.member], actor=None)
    with django_assert_max_num_queries(18):
        commands.remove_member(squad.team, person=cast.member, actor=cast.shops_lead)
    assert not Assignment.objects.filter(person=cast.member).exists()
    assert len(last("team.member_removed").data["stories"]) == stories + 1
