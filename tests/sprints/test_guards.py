"""What the database itself refuses, on every path: commitment, report and the end of a sprint stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from sprints import commands
from sprints.models import Commitment, Sprint, SprintReport
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock

pytestmark = pytest.mark.django_db


def by_update(row: models.Model, field: str, value: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**{field: value})


def by_save(row: models.Model, field: str, value: Any) -> None:
    setattr(row, field, value)
    row.save()


def by_bulk_update(row: models.Model, field: str, value: Any) -> None:
    setattr(row, field, value)
    type(row)._default_manager.bulk_update([row], [field])


def by_raw_sql(row: models.Model, field: str, value: Any) -> None:
    column = row._meta.get_field(field)
    written = column.get_db_prep_save(value, connection)  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column.column} = %s WHERE id = %s",  # type: ignore[union-attr]
            [written, row.pk],
        )


PATHS = [by_update, by_save, by_bulk_update, by_raw_sql]
Path = Callable[[models.Model, str, Any], None]


@pytest.fixture
def closed(squad: Squad, cast: Cast) -> Sprint:
    """The sprint of the squad, closed."""
    return commands.close_sprint(squad.sprint, actor=cast.shops_lead)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("field", "value"), [("points", 99), ("points", None), ("is_done", True)])
def test_no_path_changes_a_commitment(squad: Squad, path: Path, field: str, value: Any) -> None:
    row = Commitment.objects.get(sprint=squad.sprint, story=squad.banner)
    with pytest.raises(IntegrityError, match="frozen when it starts"), transaction.atomic():
        path(row, field, value)
    row.refresh_from_db()
    assert row.points == 3
    assert not row.is_done


@pytest.mark.parametrize("path", PATHS)
def test_no_path_gives_an_estimate_to_what_had_none(squad: Squad, path: Path) -> None:
    row = Commitment.objects.get(sprint=squad.sprint, story=squad.video)
    with pytest.raises(IntegrityError, match="frozen when it starts"), transaction.atomic():
        path(row, "points", 1)


def test_a_commitment_stays_with_its_sprint_and_story(squad: Squad) -> None:
    rows = Commitment.objects.filter(sprint=squad.sprint, story=squad.banner)
    for change in ({"sprint": squad.later}, {"story": squad.quiz}):
        with pytest.raises(IntegrityError, match="frozen when it starts"), transaction.atomic():
            rows.update(**change)


def test_what_was_committed_is_not_deleted_with_its_story_or_sprint(squad: Squad) -> None:
    for row in (squad.banner, squad.sprint):
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_story_is_committed_once(squad: Squad) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.create(sprint=squad.sprint, story=squad.banner, points=3)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_changes_a_report(closed: Sprint, path: Path) -> None:
    report = SprintReport.objects.get(sprint=closed)
    data = report.data
    with pytest.raises(IntegrityError, match="frozen when it closes"), transaction.atomic():
        path(report, "data", data | {"done": {"stories": 99, "points": "99"}})
    with pytest.raises(IntegrityError, match="frozen when it closes"), transaction.atomic():
        path(SprintReport.objects.get(pk=report.pk), "made_at", clock.now())
    report.refresh_from_db()
    assert report.data == data


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("state", ["active", "planned"])
def test_no_path_opens_a_closed_sprint_again(closed: Sprint, path: Path, state: str) -> None:
    with pytest.raises(IntegrityError, match="A closed sprint stays closed"), transaction.atomic():
        path(closed, "state", state)


@pytest.mark.parametrize("path", PATHS)
def test_no_path_makes_a_second_sprint_active(squad: Squad, path: Path) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        path(squad.later, "state", "active")
