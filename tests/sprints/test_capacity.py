"""How much a team can take on in a sprint, and what it did in the last ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sprints import commands
from sprints.models import Sprint, Story
from sprints.queries.capacity import Capacity, capacity_between, capacity_of, velocity_of
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 15)
THAT_DAY = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


def of(capacity: Capacity, person: Person) -> tuple[int, int, Decimal]:
    (found,) = [one for one in capacity.members if one.person == person]
    return (found.working, found.away, found.days)


def fortnight(squad: Squad) -> Capacity:
    with clock.at(THAT_DAY):
        return capacity_between(squad.team.pk, MONDAY, SUNDAY)


def test_it_is_working_days_times_allocation(squad: Squad, cast: Cast) -> None:
    capacity = fortnight(squad)
    assert of(capacity, cast.shops_lead) == (10, 0, Decimal(10))
    assert of(capacity, cast.member) == (10, 0, Decimal(5))
    assert capacity.days == 25


def test_the_days_are_those_of_the_sprint(squad: Squad) -> None:
    with clock.at(THAT_DAY - timedelta(days=400)):
        sprint = Sprint(team=squad.team, starts_on=date(2026, 3, 6), ends_on=date(2026, 3, 9))
        assert capacity_of(sprint).days == Decimal(2) * 2 + 1  # a Friday and a Monday


def test_absences_count_on_working_days_inside_the_sprint(squad: Squad, cast: Cast) -> None:
    def away(first: date, last: date) -> None:
        commands.enter_absence(cast.member, starts_on=first, ends_on=last, actor=cast.member)

    away(MONDAY - timedelta(days=10), MONDAY)  # one working day of it is inside
    away(date(2026, 3, 6), date(2026, 3, 9))  # a Friday and a Monday
    away(SUNDAY, SUNDAY + timedelta(days=7))  # none
    assert of(fortnight(squad), cast.member) == (10, 3, Decimal("3.5"))


def test_who_left_or_is_a_guest_now_does_not_count(squad: Squad, cast: Cast) -> None:
    organisation.deactivate_person(cast.member, actor=cast.administrator)
    organisation.set_role(cast.billing_lead, role="guest", actor=cast.administrator)
    assert [one.person for one in fortnight(squad).members] == [cast.shops_lead]


def test_who_leaves_in_the_sprint_counts_until_then(squad: Squad, cast: Cast) -> None:
    with clock.at(THAT_DAY):
        organisation.set_leaving_date(cast.member, on=date(2026, 3, 9), actor=cast.administrator)
    assert of(fortnight(squad), cast.member) == (10, 5, Decimal("2.5"))


def test_a_team_without_members_has_none(cast: Cast) -> None:
    team = commands.create_team("Empty", key="EMPTY", actor=None)
    assert capacity_between(team.pk, MONDAY, SUNDAY).days == 0


@pytest.mark.parametrize("more", [0, 12])
def test_it_takes_as_many_statements_whatever_the_size_of_the_team(
    squad: Squad, cast: Cast, more: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(more):
        person = organisation.create_person(f"p{number}@example.com", name=f"P {number}", actor=None)
        commands.add_member(squad.team, person=person, actor=None)
        commands.enter_absence(person, starts_on=MONDAY, ends_on=MONDAY, actor=None)
    with clock.at(THAT_DAY), django_assert_num_queries(2):
        assert capacity_between(squad.team.pk, MONDAY, SUNDAY).days == 25 + 9 * more


# --- Velocity --------------------------------------------------------------------------------------------------------


def finish(squad: Squad, *points: str | None) -> None:
    """Close the active sprint with stories of these points done in it, and start the next."""
    sprint = Sprint.objects.get(team=squad.team, state="active")
    for text in points:
        commands.create_story(squad.team, title="S", points=text, sprint=sprint, column=squad.done, actor=None)
    commands.close_sprint(sprint, actor=None)
    following = Sprint.objects.filter(team=squad.team, state="planned").first()
    commands.start_sprint(following or commands.plan_sprint(squad.team, actor=None), actor=None)


def test_velocity_is_the_mean_of_what_was_done_in_the_last_three_closed_sprints(squad: Squad) -> None:
    assert (velocity_of(squad.team).points, velocity_of(squad.team).n) == (None, 0)
    finish(squad, "100")
    assert (velocity_of(squad.team).points, velocity_of(squad.team).n) == (Decimal(100), 1)
    finish(squad, "3", "0.5", None)
    finish(squad)
    finish(squad, "8", "2")
    velocity = velocity_of(squad.team)
    assert velocity.done == [Decimal("3.5"), Decimal(0), Decimal(10)]
    assert (velocity.points, velocity.n) == (Decimal("4.5"), 3)


def test_velocity_is_that_of_the_report_and_not_of_what_changed_after(squad: Squad, cast: Cast) -> None:
    finish(squad, "5")
    commands.change_story(Story.objects.get(title="S"), points=1, actor=cast.shops_lead)
    other = commands.create_team("Other", key="OTHER", actor=None)
    assert velocity_of(other).points is None
    assert velocity_of(squad.team).points == 5


def test_velocity_takes_one_statement(squad: Squad, django_assert_num_queries: Callable[..., Any]) -> None:
    for points in ("1", "2", "3", "4"):
        finish(squad, points)
    with django_assert_num_queries(1):
        assert velocity_of(squad.team).points == 3
