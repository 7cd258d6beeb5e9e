"""People and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value

from workspace import clock, db
from workspace.activity.registry import Named
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.models.people import answering_person
from workspace.organisation.registry import absences
from workspace.organisation.rules.standing import HEAD, HOME, HOUSE, LEAD, Lent, Standing


def standing_of(person: Person | None) -> Standing:
    """The standing of a person, with 1 statement; None is the house itself. A guest leads and heads nothing.

    Who stands in for people that are absent today leads and heads what these do themselves: one step, and no further.
    """
    if person is None:
        return HOUSE
    held = _relations_of(person) if person.works_here and not person.is_guest else []
    own: set[tuple[str, int | None]] = {
        (relation, subject_id) for relation, subject_id, whose in held if whose == person.pk
    }
    own.add((HOME, person.department_id))
    return Standing(
        person.pk,
        person.role,
        person.works_here,
        person.department_id,
        leads=frozenset(subject_id for relation, subject_id, _whose in held if relation == LEAD),
        heads=frozenset(subject_id for relation, subject_id, _whose in held if relation == HEAD),
        lent=frozenset(Lent(*row) for row in held if row[:2] not in own),
    )


def _relations_of(person: Person) -> list[tuple[str, int, int]]:
    """What a person leads and heads, and what absent people do who named them as delegate: 1 statement.

    Rows are the relation, the id of what it is to, and the id of the person whose it is. Every request asks for it.
    """
    with connection.cursor() as cursor:
        asked = db.filled(_relations(clock.today()), person=person.pk)
        rows: list[tuple[str, int, int]] = db.execute(cursor, *asked).fetchall()
    return rows


@lru_cache(maxsize=4)
def _relations(today: date) -> db.Sql:
    """The statement of that day, with the person left open."""
    away = Q(pk__in=())
    for absent in absences(today):
        away |= Q(pk__in=absent)
    person = db.Open("person", BigIntegerField())
    absent_ones = Person.objects.filter(answering_person(today), away, delegate_id=person).order_by()
    whose = Q(person_id=person) | Q(person__in=absent_ones.values("pk"))
    leading = DepartmentLead.objects.filter(whose).order_by()
    heading = BusinessUnit.objects.filter(Q(head_id=person) | Q(head__in=absent_ones.values("pk"))).order_by()
    homes = absent_ones.filter(department__isnull=False)
    return db.compiled(
        leading.values_list(Value(LEAD, CharField()), F("department_id"), F("person_id")).union(
            heading.values_list(Value(HEAD, CharField()), F("id"), F("head_id")),
            homes.values_list(Value(HOME, CharField()), F("department_id"), F("id")),
            all=True,
        )
    )


def name_people(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of people, by id."""
    return {pk: Named(name) for pk, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}


def name_departments(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of departments, by id."""
    return {pk: Named(name) for pk, name in Department.objects.filter(pk__in=ids).values_list("pk", "name")}


def name_units(ids: Collection[int]) -> Mapping[int, Named]:
    """Names of business units, by id."""
    return {pk: Named(name) for pk, name in BusinessUnit.objects.filter(pk__in=ids).values_list("pk", "name")}


def has_come_in(prefix: str = "") -> Q:
    """The condition that a person has a way in or has used one, for the relation named by `prefix`.

    A password, an authenticator app or a passkey, or a sign-in at the company's own provider, of which nothing is kept.
    """
    held = Authenticator.objects.filter(user=OuterRef(f"{prefix}pk"))
    has_password = ~Q(**{f"{prefix}password__startswith": UNUSABLE_PASSWORD_PREFIX})
    return has_password | Q(**{f"{prefix}last_login__isnull": False}) | Q(Exists(held))


def lasting_administrators() -> QuerySet[Person]:
    """The administrators who stay: active, without a leaving date, even one to come, and not merely invited."""
    staying = Person.objects.filter(role=Person.Role.ADMINISTRATOR, is_active=True, left_on__isnull=True)
    return staying.filter(has_come_in())
