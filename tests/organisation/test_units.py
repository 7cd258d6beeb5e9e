"""Units and departments are created, renamed, moved and archived; they are never deleted."""

import pytest

from tests.cast import Cast
from workspace.activity.models import Event
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation import commands
from workspace.organisation.commands.holding import unless_changed
from workspace.organisation.models import BusinessUnit, Department


def close(cast: Cast, *departments: Department) -> None:
    for department in departments:
        commands.archive_department(department, actor=cast.administrator)


@pytest.mark.parametrize("name", ["", "  ", "Retail", "retail", " RETAIL "])
def test_a_unit_has_a_name_of_its_own(cast: Cast, name: str) -> None:
    with pytest.raises(RuleBroken):
        commands.create_unit(name, actor=cast.administrator)
    with pytest.raises(RuleBroken):
        commands.rename_unit(cast.service, name=name, actor=cast.administrator)


def test_a_unit_is_renamed_and_the_old_name_is_told(cast: Cast) -> None:
    commands.rename_unit(cast.retail, name="retail", actor=cast.administrator)
    commands.rename_unit(cast.retail, name="Stores", actor=cast.administrator)
    assert Event.objects.latest("id").data == {"old": "retail", "new": "Stores"}


def test_who_comes_second_reads_names_as_people_write_them(cast: Cast) -> None:
    seen = cast.retail.version
    commands.rename_unit(cast.retail, name="R&D’s <Lab>", actor=cast.administrator)
    with pytest.raises(StaleWrite, match="to R&D’s <Lab>"):
        unless_changed(cast.retail, lambda: None, "name", since=seen)


@pytest.mark.parametrize("noun", ["retail", "shops", "member"])
def test_a_version_that_nobody_was_shown_is_not_taken_for_the_present_one(cast: Cast, noun: str) -> None:
    row = getattr(cast, noun)
    done: list[str] = []
    with pytest.raises(StaleWrite, match=f"{row} is at version {row.version}; nobody was shown a version") as refused:
        unless_changed(row, lambda: done.append("overwritten"), "name", since=row.version + 7)
    assert (done, refused.value.version) == ([], row.version)


def test_a_unit_gets_a_head_who_is_here(cast: Cast) -> None:
    unit = commands.create_unit("Loans", head=cast.member, actor=cast.administrator)
    assert unit.head == cast.member
    commands.set_unit_head(unit, head=None, actor=cast.administrator)
    assert Event.objects.latest("id").data == {"person": None, "old": cast.member.pk}


def test_a_unit_is_archived_when_its_departments_are(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="2 open departments"):
        commands.archive_unit(cast.retail, actor=cast.administrator)
    close(cast, cast.shops, cast.online)
    unit = commands.archive_unit(cast.retail, merged_into=cast.service, actor=cast.administrator)
    assert unit.archived_at is not None
    assert Event.objects.latest("id").data == {"successor": cast.service.pk}
    first = unit.archived_at
    with pytest.raises(RuleBroken, match="archived already"):
        commands.archive_unit(unit, actor=cast.administrator)
    unit.refresh_from_db()
    assert (unit.archived_at, unit.merged_into) == (first, cast.service)


def test_what_is_archived_takes_nothing_new(cast: Cast) -> None:
    stale = BusinessUnit.objects.get(pk=cast.retail.pk)
    close(cast, cast.shops, cast.online)
    commands.archive_unit(cast.retail, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="Retail is archived"):
        commands.create_department("New", unit=stale, code="NEW", actor=cast.administrator)
    with pytest.raises(RuleBroken, match="Retail is archived"):
        commands.change_department(cast.care, unit=stale, actor=cast.administrator)


@pytest.mark.parametrize(("name", "code"), [("", "NEW"), ("New", " "), ("New", "SHOPS")])
def test_a_department_has_a_name_and_a_code_of_its_own(cast: Cast, name: str, code: str) -> None:
    with pytest.raises(RuleBroken):
        commands.create_department(name, unit=cast.retail, code=code, actor=cast.administrator)


def test_a_department_moves_and_tells_from_where(cast: Cast) -> None:
    commands.change_department(cast.shops, unit=cast.service, actor=cast.administrator)
    event = Event.objects.latest("id")
    assert (event.data["unit"], event.data["old_unit"]) == (cast.service.pk, cast.retail.pk)


def test_a_department_is_archived_once_and_names_a_successor(cast: Cast) -> None:
    department = commands.archive_department(cast.shops, merged_into=cast.online, actor=cast.administrator)
    assert department.merged_into == cast.online
    with pytest.raises(RuleBroken, match="archived already"):
        commands.archive_department(cast.shops, actor=cast.administrator)


def test_a_successor_is_open_and_somebody_else(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="circle"):
        commands.archive_department(cast.shops, merged_into=cast.shops, actor=cast.administrator)
    stale = Department.objects.get(pk=cast.online.pk)
    close(cast, cast.online)
    with pytest.raises(RuleBroken, match="cannot take over"):
        commands.archive_department(cast.shops, merged_into=stale, actor=cast.administrator)
