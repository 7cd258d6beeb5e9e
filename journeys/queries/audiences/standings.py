"""Who speaks for which departments and units today, for many at once: themselves, and for whom they stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from workspace import clock
from workspace.organisation.models import BusinessUnit, DepartmentLead, Person
from workspace.organisation.models.people import answering_person
from workspace.organisation.registry import absences
from workspace.organisation.rules.standing import HEAD, HOME, LEAD, Lent, Standing

Speakers = Mapping[int, int | None]
"""Who speaks for something, and for whom: None where it is theirs, else the absent person who named them delegate."""


def leads_of(departments: Collection[int | None]) -> Mapping[int, Speakers]:
    """The leads and deputies who can be asked, and who stands in for absent ones, by department: 1 statement."""
    rows = DepartmentLead.objects.filter(
        answering_person(clock.today(), "person__"), department__in=set(departments) - {None}
    )
    return _speakers(rows, "department_id", "person")


def heads_of(units: Collection[int | None]) -> Mapping[int, Speakers]:
    """The heads who can be asked, and who stands in for absent ones, by unit: 1 statement."""
    rows = BusinessUnit.objects.filter(
        answering_person(clock.today(), "head__"), pk__in={unit for unit in units if unit is not None}
    )
    return _speakers(rows, "pk", "head")


def _speakers(rows: QuerySet[Any], subject: str, person: str) -> Mapping[int, Speakers]:
    stands_in = answering_person(clock.today(), f"{person}__delegate__")
    delegate = Case(When(_away(person) & stands_in, then=F(f"{person}__delegate_id")))
    listed = list(rows.order_by(f"{person}_id").values_list(subject, f"{person}_id", delegate))
    found: defaultdict[int, dict[int, int | None]] = defaultdict(dict)
    for subject_id, own, _delegate in listed:
        found[subject_id][own] = None
    for subject_id, absent, standing_in in listed:
        if standing_in is not None:
            found[subject_id].setdefault(standing_in, absent)
    return found


def _away(person: str) -> Q:
    """The condition that somebody is absent today, for the relation of this name."""
    away = Q(**{f"{person}__in": ()})
    for absent in absences(clock.today()):
        away |= Q(**{f"{person}__in": absent})
    return away


def together(*several: Speakers | Iterable[int]) -> dict[int, int | None]:
    """All of these people; who is asked themselves by one of them is not asked for somebody else."""
    people: dict[int, int | None] = {}
    for some in several:
        speakers = some if isinstance(some, Mapping) else dict.fromkeys(some)
        people |= {person: absent for person, absent in speakers.items() if people.get(person, 0) is not None}
    return people


def people_with_role(role: str) -> set[int]:
    """Everybody with this role who can be asked: 1 statement."""
    people = Person.objects.filter(answering_person(clock.today()), role=role)
    return set(people.order_by().values_list("pk", flat=True))


def standings_of(people: Collection[int]) -> dict[int, Standing]:
    """Where each of these people stands, those who left apart, as `standing_of` would say: 4 statements."""
    here = Person.objects.filter(answering_person(clock.today())).order_by()
    homes = list(
        here.filter(_away("pk"), delegate__in=people).values_list("pk", "delegate_id", "department_id")
    )  # fmt: skip
    delegates = {absent: delegate for absent, delegate, _home in homes}
    concerned = {*people, *delegates}
    held = [
        (person, LEAD, subject)
        for person, subject in DepartmentLead.objects.filter(person__in=concerned)
        .order_by()
        .values_list("person_id", "department_id")
    ]
    heading = BusinessUnit.objects.filter(head__in=concerned).order_by().values_list("head_id", "pk")
    held += [(head or 0, HEAD, unit) for head, unit in heading]
    own: defaultdict[int, set[tuple[str, int | None]]] = defaultdict(set)
    lent: defaultdict[int, set[Lent]] = defaultdict(set)
    rows = list(here.filter(pk__in=people).values_list("pk", "role", "department_id"))
    for pk, _role, department_id in rows:
        own[pk].add((HOME, department_id))
    for person, relation, subject in held:
        own[person].add((relation, subject))
    for absent, relation, subject in [*held, *((absent, HOME, home) for absent, _delegate, home in homes if home)]:
        delegate = delegates.get(absent)
        if delegate is not None and (relation, subject) not in own[delegate]:
            lent[delegate].add(Lent(relation, subject, absent))
    return {
        pk: Standing(
            pk,
            role,
            True,
            department_id,
            _subjects(own[pk], lent[pk], LEAD),
            _subjects(own[pk], lent[pk], HEAD),
            frozenset(lent[pk]),
        )
        for pk, role, department_id in rows
    }


def _subjects(own: Collection[tuple[str, int | None]], lent: Collection[Lent], relation: str) -> frozenset[int]:
    owned = {subject for held, subject in own if held == relation and subject is not None}
    return frozenset(owned | {one.subject_id for one in lent if one.relation == relation})
