"""`manage.py import_csv`, as somebody at a terminal meets it; and the job behind it, as two workers do."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.organisation.importing import Folder
from workspace import clock
from workspace.activity.commands.jobs import LeaseLost, work_on, work_on_waiting
from workspace.activity.models import Job
from workspace.organisation.commands.imports import import_kinds, request_import
from workspace.organisation.commands.imports.running import imports_folder, run_import
from workspace.organisation.models import Department

pytestmark = pytest.mark.django_db
COLUMNS = "business_unit department_code department"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def run(*arguments: object) -> tuple[str, str, str]:
    """What the command printed, told of problems, and failed with."""
    out, told = StringIO(), StringIO()
    try:
        call_command("import_csv", *map(str, arguments), stdout=out, stderr=told)
    except CommandError as error:
        return out.getvalue(), told.getvalue(), f"{error.returncode}: {error}"
    return out.getvalue(), told.getvalue(), ""


def test_it_prints_counts_that_add_up(folder: Folder) -> None:
    path = folder.write("org", COLUMNS, ("Shops", "S1", "One"), ("Shops", "S2", "Two"))
    out, told, failed = run("org", path)
    assert out.startswith("org.csv: 2 rows = 2 added + 0 changed + 0 unchanged + 0 rejected (")
    assert (told, failed) == ("", "")
    assert "0 added + 0 changed + 2 unchanged + 0 rejected" in run("org", path)[0]


def test_a_rejected_row_is_told_with_file_line_column_and_value(folder: Folder) -> None:
    path = folder.write(
        "org", f"{COLUMNS} status shade", ("Shops", "S1", "One", "shut", ""), ("Shops", "S2", "Two", "", "")
    )
    out, told, failed = run("org", path)
    assert "2 rows = 1 added + 0 changed + 0 unchanged + 1 rejected" in out
    assert "columns that nobody reads: shade" in told
    assert (
        "org.csv, line 2, column status, “shut”: This word is not known here. Write one of: active, archived." in told
    )
    assert failed.startswith("1: ")
    assert "org.csv.rejected.csv" in failed


def test_a_cell_that_is_not_taken_is_a_failure_too(folder: Folder) -> None:
    path = folder.write("org", f"{COLUMNS} lead_email", ("Shops", "S1", "One", "mia@example.com"))
    out, _told, failed = run("org", path)
    assert "1 rows = 1 added + 0 changed + 0 unchanged + 0 rejected" in out
    assert "1 of the rows that were taken lack a cell" in out
    assert failed.startswith("1: ")


def test_a_dry_run_writes_nothing_but_the_rejects(folder: Folder) -> None:
    path = folder.write("org", COLUMNS, ("Shops", "S1", "One"), ("Shops", "S1", "Twice"))
    out, _told, failed = run("org", path, "--dry-run")
    assert "2 rows = 1 added + 0 changed + 0 unchanged + 1 rejected" in out
    assert "nothing was written" in out
    assert failed
    assert (folder.path / "org.csv.rejected.csv").exists()
    assert not Department.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("customers", "org.csv"), "There is no kind of file “customers”. Choose one of: org, people, touchpoints"),
        (("org", "missing.csv"), "missing.csv cannot be read"),
        (("org", "."), "is a folder"),
        (("org", "empty.csv"), "empty.csv is empty"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(folder: Folder, arguments: tuple[str, str], said: str) -> None:
    (folder.path / "empty.csv").write_bytes(b"")
    kind, name = arguments
    _out, _told, failed = run(kind, folder.path / name)
    assert failed.startswith("1: ")
    assert said in failed


def test_the_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("import_csv", "--help")
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "manage.py import_csv touchpoints touchpoints.csv --dry-run" in text
    assert all(kind in text for kind in import_kinds())


# --- The job ---------------------------------------------------------------------------------------------------------


def test_the_job_shows_its_progress_and_leaves_no_copy(folder: Folder) -> None:
    path = folder.write("org", COLUMNS, *[("Shops", f"S{n}", f"Name {n}") for n in range(2500)])
    shown: list[tuple[int, int]] = []
    job = request_import("org", path, actor=None)
    work_on(job.pk, watch=lambda step: shown.append((step.done, step.total)))
    assert shown == [(1000, 2500), (2000, 2500), (2500, 2500), (2500, 2500)]
    job.refresh_from_db()
    assert job.result["added"] == 2500
    assert not (imports_folder() / job.args["folder"] / "source.csv").exists()
    assert str(folder.path) not in str(job.args) + str(job.result)


def test_the_same_file_asked_for_twice_is_one_job(folder: Folder) -> None:
    path = folder.write("org", COLUMNS, ("Shops", "S1", "One"))
    first, second = request_import("org", path, actor=None), request_import("org", path, actor=None)
    assert first.pk == second.pk
    assert work_on_waiting() == 1
    assert request_import("org", path, actor=None).pk != first.pk


def test_whoever_lost_the_lease_writes_nothing(folder: Folder) -> None:
    path = folder.write("org", COLUMNS, *[("Shops", f"S{n}", f"Name {n}") for n in range(1500)])
    job = request_import("org", path, actor=None)
    Job.objects.filter(pk=job.pk).update(state="running", worker="slow", lease_until=clock.now())
    slow = Job.objects.get(pk=job.pk)
    steps = run_import(slow)
    next(steps)
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert work_on_waiting() == 1  # another worker takes it over, and ends it
    rejected = Job.objects.get(pk=job.pk).result
    with pytest.raises(LeaseLost):
        next(steps)
    assert Department.objects.count() == 1500
    assert rejected["added"] == 1500


def test_an_import_asked_for_by_a_person_is_told_as_theirs(folder: Folder) -> None:
    from workspace.activity.models import Event
    from workspace.organisation.commands import create_person

    ada = create_person("ada@example.com", name="Ada", role="administrator", actor=None)
    request_import("org", folder.write("org", COLUMNS, ("Shops", "S1", "One")), actor=ada)
    work_on_waiting()
    assert {event.actor_id for event in Event.objects.filter(kind="organisation.imported")} == {ada.pk}
