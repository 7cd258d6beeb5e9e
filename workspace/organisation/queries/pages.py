"""Units and departments as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Window

from workspace import clock
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.models.people import active_person
from workspace.organisation.registry import Covered, Matter, holdings

LISTED = 50


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with its numbers."""

    unit: BusinessUnit
    departments: int
    people: int
    covered: Covered
    found: Sequence[Department] = ()


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with who leads it and its numbers."""

    department: Department
    leads: Sequence[DepartmentLead]
    people: int
    owned: int

    @property
    def has_lead(self) -> bool:
        """Whether somebody who is here leads it."""
        return any(_answers(lead.person) for lead in self.leads)


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """A department with its leads, deputies, people and what it holds."""

    department: Department
    leads: Sequence[DepartmentLead]
    people: Sequence[Person]
    people_count: int
    held: Sequence[Matter]
    has_lead: bool
    predecessors: Sequence[Department]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with what they lead and head, who stands in for whom, and what they answer for."""

    person: Person
    leaderships: Sequence[DepartmentLead]
    heads: Sequence[BusinessUnit]
    stands_in_for: Sequence[Person]
    held: Sequence[Matter]


def _answers(person: Person) -> bool:
    return person.works_here and not person.is_guest


def unit_rows(units: QuerySet[BusinessUnit], words: str = "") -> list[UnitRow]:
    """These units with their numbers, and the departments that carry the words: 4 statements, 5 with words."""
    words = words.strip()
    if words:
        named = Department.objects.current().filter(Q(name__icontains=words) | Q(code__iexact=words))
        units = units.filter(Q(name__icontains=words) | Q(pk__in=named.order_by().values("unit")))
    listed = list(units.select_related("head").order_by("name", "pk"))
    ids = [unit.pk for unit in listed]
    if not ids:
        return []
    found: dict[int, list[Department]] = {}
    if words:
        for department in named.filter(unit__in=ids):
            found.setdefault(department.unit_id, []).append(department)
    departments = dict(
        Department.objects.current().filter(unit__in=ids).order_by().values_list("unit").annotate(n=Count("pk"))
    )
    people = dict(
        Person.objects.active().filter(department__unit__in=ids).order_by()
        .values_list("department__unit").annotate(n=Count("pk"))
    )  # fmt: skip
    covered = covered_by_unit(ids)
    return [
        UnitRow(
            unit,
            departments.get(unit.pk, 0),
            people.get(unit.pk, 0),
            covered.get(unit.pk, Covered()),
            found.get(unit.pk, ()),
        )
        for unit in listed
    ]


def covered_by_unit(ids: Sequence[int]) -> Mapping[int, Covered]:
    """What lies in these units, and how much of it is owned: 1 statement per app that holds something."""
    together: dict[int, Covered] = {}
    for holding in holdings():
        for unit_id, covered in holding.of_units(ids).items():
            before = together.get(unit_id, Covered())
            together[unit_id] = Covered(before.live + covered.live, before.owned + covered.owned)
    return together


def department_rows(departments: QuerySet[Department]) -> list[DepartmentRow]:
    """These departments with who leads them and their numbers: 4 statements."""
    listed = list(departments.order_by("name", "code"))
    ids = [department.pk for department in listed]
    if not ids:
        return []
    leads: dict[int, list[DepartmentLead]] = {}
    for lead in DepartmentLead.objects.filter(department__in=ids).select_related("person"):
        leads.setdefault(lead.department_id, []).append(lead)
    here = Person.objects.active().filter(department__in=ids).order_by()
    people = dict(here.values_list("department").annotate(n=Count("pk")))
    owned: dict[int, int] = {}
    for holding in holdings():
        for department_id, count in holding.of_departments(ids).items():
            owned[department_id] = owned.get(department_id, 0) + count
    return [
        DepartmentRow(
            department, leads.get(department.pk, ()), people.get(department.pk, 0), owned.get(department.pk, 0)
        )
        for department in listed
    ]


def department_page(department: Department) -> DepartmentPage:
    """The department with everything on its page: 3 statements, and 2 or 3 per app that holds something."""
    leads = list(department.leads.select_related("person"))
    here = Person.objects.filter(active_person(clock.today()), department=department)
    counted: Any = here.annotate(in_all=Window(Count("pk"))).order_by("name", "email")
    people = list(counted[:LISTED])
    return DepartmentPage(
        department=department,
        leads=leads,
        people=people,
        people_count=people[0].in_all if people else 0,
        held=[matter for holding in holdings() for matter in holding.held_by_department(department)],
        has_lead=any(_answers(lead.person) for lead in leads),
        predecessors=list(department.predecessors.order_by("name")[:LISTED]),
    )


def person_page(person: Person) -> PersonPage:
    """The person with everything on their page: 3 statements, and 2 or 3 per app that holds something."""
    return PersonPage(
        person=person,
        leaderships=list(person.leaderships.select_related("department").order_by("department__name")),
        heads=list(person.heads.order_by("name")),
        stands_in_for=list(person.stands_in_for.order_by("name")[:LISTED]),
        held=[matter for holding in holdings() for matter in holding.held_by_person(person)],
    )
