"""Statements that are made once: what they leave open is filled in, and they answer what a queryset would."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, DateTimeField, Exists, OuterRef, QuerySet

from tests.cast import Cast
from workspace import clock, db
from workspace.organisation.models import Department, DepartmentLead, Person

HERE = db.Open("here", BigIntegerField())


def leading() -> db.Ready[Person]:
    """The people of a department who joined since a moment, with the department, and whether they lead something."""
    leads = DepartmentLead.objects.filter(person=OuterRef("pk")).order_by()
    return db.Ready(
        lambda: (
            Person.objects.filter(department=HERE, joined_at__gte=db.Open("since", DateTimeField()))
            .select_related("department")
            .annotate(leads_something=Exists(leads))
            .order_by("name")
        )
    )


def test_answers_what_the_queryset_would_each_time_it_is_asked(cast: Cast, django_assert_num_queries: Any) -> None:
    ready, since = leading(), clock.now() - timedelta(days=10_000)
    for department in Department.objects.all():
        people = ready.ask(here=department.pk, since=since)
        assert people == list(Person.objects.filter(department=department).order_by("name"))
        with django_assert_num_queries(0):
            assert {person.department for person in people} <= {department}
        for person in people:
            assert person.leads_something == DepartmentLead.objects.filter(person=person).exists()  # type: ignore[attr-defined]
            assert person.joined_at.tzinfo is not None
    assert ready.ask(here=cast.shops.pk, since=clock.now() + timedelta(days=1)) == []


def test_is_made_once(cast: Cast) -> None:
    made = []

    def make() -> QuerySet[Person, tuple[str]]:
        made.append(1)
        return Person.objects.filter(department=HERE).order_by("name").values_list("name")

    ready = db.Ready(make)
    for department in (cast.shops, cast.online, cast.shops):
        names = [(person.name,) for person in Person.objects.filter(department=department).order_by("name")]
        assert ready.ask(here=department.pk) == names
    assert made == [1]


def test_what_is_missing_is_named(cast: Cast) -> None:
    with pytest.raises(KeyError, match="since"):
        leading().ask(here=cast.shops.pk)


def test_a_value_is_never_part_of_the_statement(cast: Cast) -> None:
    named = db.Ready(lambda: Person.objects.filter(name=db.Open("name", CharField())).order_by())
    assert named.ask(name="x' OR '1'='1") == []
    assert named.ask(name="100%s %") == []


def test_a_statement_with_no_place_for_a_list_or_with_two_is_refused() -> None:
    opened = HERE.as_sql(None, None)[1][0]
    for params in ((), (opened, opened)):
        with pytest.raises(ValueError, match=f"in {len(params)} places"):
            db.filled_with(("SELECT 1", params), "here", ("%s", (7,)))
    assert db.filled_with(("a = %s AND b IN (%s) AND c = %s", (1, opened, 3)), "here", ("%s, %s", (7, 8))) == (
        "a = %s AND b IN (%s, %s) AND c = %s",
        (1, 7, 8, 3),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, db.FEW + 1])
def test_ids_are_listed_however_many(count: int) -> None:
    ids = range(count)
    listed, listed_params = db.listed(ids)
    rows = "SELECT COUNT(*) FROM (SELECT 0 AS pk UNION ALL SELECT 2) rows WHERE"
    for condition, params in (db.among("pk", ids), (f"pk IN ({listed})", listed_params)):
        with connection.cursor() as cursor:
            found = db.execute(cursor, f"{rows} {condition}", params)
            assert found.fetchone() == (1 + (count > 2),)


@pytest.mark.on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["2026-11-23 05:16:37.5+00", "0099-01-02 03:04:05+00", "2026-02-03 10:11:12.123456+05:30"]
)
def test_moments_are_read_as_they_were_written(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (moment,) = cursor.fetchone()
    assert moment == datetime.fromisoformat(text)
    assert moment.tzinfo is UTC


@pytest.mark.on_postgresql
@pytest.mark.django_db
def test_a_moment_that_python_does_not_know_is_refused_by_the_driver() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(Exception, match="too large"):
            cursor.fetchone()
