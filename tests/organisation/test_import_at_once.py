"""What is decided here while a chunk of a file is being written is not undone by it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.activity.together import PATIENCE, at_once, errors
from tests.cast import Cast
from tests.organisation.importing import Folder
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Department, Person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgresql,
]


def while_it_writes(importing: Callable[[], Any], table: str, deciding: Callable[[], Any]) -> None:
    """Start `deciding` once the import has read `table`; the import writes when that is done, or waits for it."""
    has_read, is_decided = threading.Event(), threading.Event()

    def slowly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(f'UPDATE "{table}"') and not is_decided.is_set():
            has_read.set()
            is_decided.wait(2)  # with the rows locked, the decision cannot come first, and the import goes on
        return execute(sql, params, many, context)

    def imports() -> Any:
        with connection.execute_wrapper(slowly):
            return importing()

    def decides() -> Any:
        assert has_read.wait(PATIENCE)
        try:
            return deciding()
        finally:
            is_decided.set()

    assert errors(at_once(imports, decides)) == []


def test_a_person_who_is_deactivated_stays_so(cast: Cast, tmp_path: Path) -> None:
    while_it_writes(
        lambda: Folder(tmp_path).take(
            "people", "email name department_code job_title", ("mia@example.com", "Mia M.", "SHOPS", "Buyer")
        ),
        Person._meta.db_table,
        lambda: commands.deactivate_person(cast.member, actor=None),
    )
    mia = Person.objects.get(pk=cast.member.pk)
    assert (mia.name, mia.is_active, mia.version) == ("Mia M.", False, cast.member.version)


def test_a_department_that_is_archived_stays_so(cast: Cast, tmp_path: Path) -> None:
    while_it_writes(
        lambda: Folder(tmp_path).take(
            "org", "business_unit department_code department", ("Retail", "SHOPS", "High Street")
        ),
        Department._meta.db_table,
        lambda: commands.archive_department(cast.shops, merged_into=cast.online, actor=cast.administrator),
    )
    shops = Department.objects.get(pk=cast.shops.pk)
    assert (shops.name, shops.merged_into) == ("High Street", cast.online)
    assert shops.archived_at is not None


def test_a_unit_that_gets_a_successor_keeps_it(cast: Cast, tmp_path: Path) -> None:
    unit = commands.create_unit("Empty", actor=None)
    while_it_writes(
        lambda: Folder(tmp_path).take(
            "org",
            "business_unit department_code department unit_head_email",
            ("Empty", "", "", "mia@example.com"),
        ),
        BusinessUnit._meta.db_table,
        lambda: commands.archive_unit(unit, merged_into=cast.service, actor=cast.administrator),
    )
    unit = BusinessUnit.objects.get(pk=unit.pk)
    assert (unit.head, unit.merged_into) == (cast.member, cast.service)
