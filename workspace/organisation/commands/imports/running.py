"""The job of an import: a thousand rows per transaction, and where it stands in the same transaction."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.jobs import hold_lease
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.organisation.commands.imports.chunks import take_rows
from workspace.organisation.commands.imports.kinds import ImportKind, import_kind
from workspace.organisation.commands.imports.reading import Unreadable, read_header, read_records
from workspace.organisation.commands.imports.rejects import write_rejects
from workspace.organisation.commands.imports.rows import Record, Row
from workspace.organisation.commands.imports.tally import Tally
from workspace.organisation.models import Person

JOB = "organisation.import"
REHEARSAL = "organisation.rehearsal"
AT_ONCE = 1000  # rows per transaction
COUNTED_AT = frozenset(4**power for power in range(12))  # after so many transactions of an import


def imports_folder() -> Path:
    """Where the files that are being imported lie, inside DATA_DIR."""
    return Path(settings.DATA_DIR) / "imports"


def source_of(job: Job) -> Path:
    """The copy of the file that a job imports."""
    return imports_folder() / str(job.args["folder"]) / "source.csv"


def rejected_of(job: Job) -> Path:
    """Where a job writes the rows that it cannot take."""
    return imports_folder() / str(job.args["folder"]) / "rejected.csv"


def run_import(job: Job) -> Iterator[Step]:
    """Work on an import: one step per committed chunk. Resumed, it goes on behind the last row that was committed."""
    if "result" not in job.cursor:
        kind, source = _kind_of(job), _copy_of(job)
        header = read_header(source, kind, job.args["file"]).names
        records = kind.arrange(read_records(source, kind, job.args["file"]))
        done = Tally.of(job.cursor.get("tally", {})).rows
        for number, chunk in enumerate(_chunks(islice(records, done, None))):
            _let_planner_know(kind, number)
            job.cursor = _commit_chunk(job, kind, chunk, header)
            done = job.cursor["tally"]["rows"]
            yield Step(done, max(job.args["total"], done), job.cursor)
        job.cursor = _end(job)
    job.result = job.cursor["result"]
    source_of(job).unlink(missing_ok=True)
    yield Step(job.result["rows"], job.result["rows"], job.cursor)


def run_rehearsal(job: Job) -> Iterator[Step]:
    """Say what an import would do, and change nothing. After a crash it begins anew; nothing was lost."""
    if "result" not in job.cursor:
        kind, source = _kind_of(job), _copy_of(job)
        tally, name, total = Tally(), job.args["file"], job.args["total"]
        for step, counted in rehearse(kind, source, rejected_of(job), name=name, total=total):
            tally = counted
            if not kind.rehearsed_at_once:  # otherwise what is noted here would be taken back with the rest
                yield step
        yield Step(tally.rows, tally.rows, {"result": _result_of(job, tally)})
    job.result = job.cursor["result"]
    source_of(job).unlink(missing_ok=True)


def _kind_of(job: Job) -> ImportKind:
    kind = import_kind(job.args["what"])
    if kind is None:
        raise LookupError(f"no app imports {job.args['what']!r}")
    return kind


def _copy_of(job: Job) -> Path:
    source = source_of(job)
    if not source.exists():
        raise Unreadable(_("The copy of %(file)s is gone.") % {"file": job.args["file"]})
    return source


def nobody(_shown: object) -> None:
    """Nobody watches."""


def rehearse(
    kind: ImportKind,
    source: Path,
    rejected: Path,
    *,
    name: str,
    total: int,
    see: Callable[[Sequence[Row]], None] = nobody,
) -> Iterator[tuple[Step, Tally]]:
    """Do what an import does and take it back: each chunk for itself, or all at once where they build on each other.

    Messages call the file `name`. `see` is shown the rows of each chunk, as they were worked on.
    """
    header = read_header(source, kind, name).names
    records = kind.arrange(read_records(source, kind, name))
    tally, end = Tally(), 0
    with transaction.atomic() if kind.rehearsed_at_once else nullcontext():
        for chunk in _chunks(records):
            rows = _rehearse_chunk(kind, chunk, name, take_back=not kind.rehearsed_at_once)
            see(rows)
            tally = tally.count(rows)
            end = write_rejects(rejected, at=end, header=header, rows=rows, read_cell=kind.read_cell)
            yield Step(tally.rows, max(total, tally.rows), {}), tally
        if kind.rehearsed_at_once:
            transaction.set_rollback(True)
    yield Step(tally.rows, tally.rows, {}), tally


def _chunks(records: Iterator[Record]) -> Iterator[list[Record]]:
    while chunk := list(islice(records, AT_ONCE)):
        yield chunk


@db.command
def _commit_chunk(job: Job, kind: ImportKind, chunk: list[Record], header: tuple[str, ...]) -> dict[str, Any]:
    """Write a chunk, its rejects, and how far the job is: all of it, or nothing."""
    hold_lease(job)
    rows = take_rows(kind, chunk, file=job.args["file"], actor=_actor(job))
    tally = Tally.of(job.cursor.get("tally", {})).count(rows)
    start = job.cursor.get("rejected_until", 0)
    end = write_rejects(rejected_of(job), at=start, header=header, rows=rows, read_cell=kind.read_cell)
    cursor = {"tally": asdict(tally), "rejected_until": end}
    Job.objects.filter(pk=job.pk).update(cursor=cursor)
    return cursor


@db.command
def _rehearse_chunk(kind: ImportKind, chunk: list[Record], file: str, *, take_back: bool) -> list[Row]:
    with transaction.atomic():
        rows = take_rows(kind, chunk, file=file, actor=None)
        if take_back:
            transaction.set_rollback(True)
    return rows


@db.command
def _end(job: Job) -> dict[str, Any]:
    """Keep the result, before the copy of the file goes; the cursor that holds it."""
    hold_lease(job)
    cursor: dict[str, Any] = job.cursor | {"result": _result_of(job, Tally.of(job.cursor.get("tally", {})))}
    Job.objects.filter(pk=job.pk).update(cursor=cursor)
    return cursor


def _result_of(job: Job, tally: Tally) -> dict[str, Any]:
    rejected = "" if tally.went_well else str(rejected_of(job).relative_to(imports_folder()))
    return asdict(tally) | {"what": job.args["what"], "file": job.args["file"], "rejected_file": rejected}


def _let_planner_know(kind: ImportKind, number: int) -> None:
    """Count the tables again as they grow: a planner that thinks them empty joins row by row."""
    if number in COUNTED_AT:
        with connection.cursor() as cursor:
            for model in kind.tables:
                db.analyze(cursor, db.table(model))


def _actor(job: Job) -> models.Model | None:
    return Person.objects.filter(pk=job.requested_by_id).first() if job.requested_by_id else None


def forget(folder: str) -> None:
    """Throw away what an import has left in DATA_DIR."""
    shutil.rmtree(imports_folder() / folder, ignore_errors=True)
