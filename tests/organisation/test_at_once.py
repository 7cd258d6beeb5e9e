"""Two who change the organisation at the same moment do not break what each alone would keep."""

from functools import partial

import pytest

from tests.activity.together import at_once, errors
from tests.cast import Cast, come_in
from workspace.errors import RuleBroken
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


def test_two_halves_of_a_circle_of_delegates_are_not_both_written(cast: Cast) -> None:
    for _round in range(ROUNDS):
        one, other = cast.shops_lead, cast.online_lead
        results = at_once(
            partial(commands.set_delegate, one, delegate=other, actor=one),
            partial(commands.set_delegate, other, delegate=one, actor=other),
        )
        (refused,) = errors(results)
        assert isinstance(refused, RuleBroken)
        assert Person.objects.filter(delegate__isnull=False).count() == 1
        for person in (one, other):
            commands.set_delegate(person, delegate=None, actor=person)


@pytest.mark.parametrize("how", ["deactivate", "demote", "mixed"])
def test_the_last_two_administrators_do_not_both_go(cast: Cast, how: str) -> None:
    other = come_in(commands.create_person("other@example.com", name="Other", role="administrator", actor=None))
    deactivate = [partial(commands.deactivate_person, person, actor=None) for person in (cast.administrator, other)]
    demote = [partial(commands.set_role, person, role="member", actor=None) for person in (cast.administrator, other)]
    calls = {"deactivate": deactivate, "demote": demote, "mixed": [deactivate[0], demote[1]]}[how]
    (refused,) = errors(at_once(*calls))
    assert isinstance(refused, RuleBroken)
    assert Person.objects.active().filter(role="administrator").count() == 1


def test_two_departments_are_not_merged_into_each_other(cast: Cast) -> None:
    results = at_once(
        partial(commands.archive_department, cast.shops, merged_into=cast.online, actor=cast.administrator),
        partial(commands.archive_department, cast.online, merged_into=cast.shops, actor=cast.administrator),
    )
    (refused,) = errors(results)
    assert isinstance(refused, RuleBroken)
    assert Department.objects.current().filter(pk__in=[cast.shops.pk, cast.online.pk]).count() == 1


def test_a_unit_is_not_archived_over_a_department_that_is_being_founded(cast: Cast) -> None:
    for number in range(ROUNDS):
        unit = commands.create_unit(f"Unit {number}", actor=cast.administrator)
        results = at_once(
            partial(commands.archive_unit, unit, actor=cast.administrator),
            partial(commands.create_department, "New", unit=unit, code=f"N{number}", actor=cast.administrator),
        )
        assert len(errors(results)) == 1
        assert isinstance(errors(results)[0], RuleBroken)
        archived = BusinessUnit.objects.get(pk=unit.pk).archived_at is not None
        assert archived is not Department.objects.filter(unit=unit).exists()


def test_one_name_and_one_address_are_taken_once(cast: Cast) -> None:
    units = at_once(*[partial(commands.create_unit, "Loans", actor=cast.administrator)] * 3)
    people = at_once(*[partial(commands.create_person, "zoe@example.com", name="Zoe", actor=None)] * 3)
    codes = at_once(*[partial(commands.create_department, "L", unit=cast.retail, code="L", actor=None)] * 3)
    for results in (units, people, codes):
        assert len(errors(results)) == 2
        assert all(isinstance(error, RuleBroken) for error in errors(results)), errors(results)


@pytest.mark.parametrize("how", ["lead", "head"])
def test_nobody_is_appointed_who_becomes_a_guest_meanwhile(cast: Cast, how: str) -> None:
    def appoint() -> None:
        if how == "lead":
            commands.add_lead(cast.care, person=Person.objects.get(pk=cast.member.pk), actor=cast.administrator)
        else:
            commands.set_unit_head(cast.service, head=Person.objects.get(pk=cast.member.pk), actor=cast.administrator)

    def make_guest() -> None:
        commands.set_role(Person.objects.get(pk=cast.member.pk), role="guest", actor=cast.administrator)

    for _attempt in range(3):
        results = at_once(appoint, make_guest)
        assert all(isinstance(error, RuleBroken) for error in errors(results)), results
        assert not DepartmentLead.objects.filter(person=cast.member).exists()
        assert not BusinessUnit.objects.filter(head=cast.member).exists()
        commands.set_role(cast.member, role="member", actor=cast.administrator)
