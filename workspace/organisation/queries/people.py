"""People and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import CharField, F, QuerySet, Value

from workspace.activity.registry import Named
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.rules.standing import HOUSE, Standing


def standing_of(person: Person | None) -> Standing:
    """The standing of a person, with 1 statement; None is the house itself. A guest leads and heads nothing."""
    if person is None:
        return HOUSE
    leads: set[int] = set()
    heads: set[int] = set()
    if person.works_here and not person.is_guest:
        leading = DepartmentLead.objects.filter(person=person).order_by()
        heading = BusinessUnit.objects.filter(head=person).order_by()
        relations = leading.values_list(Value("lead", CharField()), F("department_id")).union(
            heading.values_list(Value("head", CharField()), F("id")), all=True
        )
        for relation, subject_id in relations:
            (leads if relation == "lead" else heads).add(subject_id)
    return Standing(person.pk, person.role, person.works_here, person.department_id, frozenset(leads), frozenset(heads))


def name_people(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of people, by id."""
    return {pk: Named(name) for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def name_departments(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of departments, by id."""
    return {pk: Named(name) for pk, name in Department.objects.filter(pk__in=ids).values_list("pk", "name")}


def name_units(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of business units, by id."""
    return {pk: Named(name) for pk, name in BusinessUnit.objects.filter(pk__in=ids).values_list("pk", "name")}


def lasting_administrators() -> QuerySet[Person]:
    """The administrators who stay: active, and without a leaving date, even one to come."""
    return Person.objects.filter(role=Person.Role.ADMINISTRATOR, is_active=True, left_on__isnull=True)
