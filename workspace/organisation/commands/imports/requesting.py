"""Beginning an import: the file is copied, a job stands for the work, and whoever asked may work on it at once."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from workspace.activity.commands.jobs import enqueue, wait_for, work_on
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.csv_out import as_meant
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.commands.imports.kinds import ImportKind, import_kind, import_kinds
from workspace.organisation.commands.imports.reading import read_header
from workspace.organisation.commands.imports.rejects import COLUMNS
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.commands.imports.running import (
    JOB,
    REHEARSAL,
    forget,
    imports_folder,
    nobody,
    rehearse,
    rejected_of,
    run_import,
    source_of,
)
from workspace.organisation.commands.imports.tally import Tally
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

__all__ = ["JOB", "Outcome", "import_file", "rehearse_file", "request_import", "run_import"]

Watcher = Callable[[Step], None]
Seer = Callable[[Sequence[Row]], None]
KEPT_DAYS = 30
REHEARSED_AT_ONCE = 5_000
"""Lines of a kind whose rows build on each other: such a rehearsal is one transaction."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: the counts, the columns that nobody reads, and where the rejected rows are."""

    tally: Tally
    unknown_columns: tuple[str, ...] = ()
    rejected: Path | None = None

    def first_problems(self, limit: int = 10) -> list[dict[str, str]]:
        """The first rejected rows: `line`, `column`, `value` and `reason` of each."""
        if self.rejected is None:
            return []
        with self.rejected.open(newline="", encoding="utf-8") as file:
            return [{name: as_meant(row[name]) for name in COLUMNS} for row in islice(csv.DictReader(file), limit)]


def request_import(what: str, path: Path, *, is_rehearsal: bool = False, actor: Person | None) -> Job:
    """Copy the file and ask for its import; asked for again by the same person, it is the same job until it is done.

    A rehearsal says what an import would do, and changes nothing.

    Raises Unknown for a kind that nobody imports, NotAllowed, and RuleBroken for a file that cannot be read at all, or
    is too large for a rehearsal that keeps everybody else from writing meanwhile.
    """
    kind = _allowed(what, actor)
    header = read_header(path, kind, path.name)
    _sweep()
    if is_rehearsal and kind.rehearsed_at_once and _line_count(path) > REHEARSED_AT_ONCE:
        raise RuleBroken(
            _("%(file)s has more than the %(lines)s lines of %(kind)s whose import can be tried here.")
            % {"file": path.name, "lines": f"{REHEARSED_AT_ONCE:,}", "kind": what},
            next_step=_("Import it, or ask an administrator to run: manage.py import_csv %(kind)s FILE --dry-run")
            % {"kind": what},
        )
    folder = uuid.uuid4().hex
    digest, lines = _copy(path, imports_folder() / folder / "source.csv")
    args = {
        "what": what, "file": path.name, "folder": folder, "total": max(lines - 1, 0), "unknown": list(header.unknown),
    }  # fmt: skip
    whose = f":{actor.pk}" if actor is not None else ""  # an import on a page can be seen by whoever asked for it
    job = enqueue(REHEARSAL if is_rehearsal else JOB, args, key=f"{what}:{digest}{whose}", actor=actor)
    if job.args["folder"] != folder:
        if source_of(job).exists() or "result" in job.cursor:
            forget(folder)
        else:  # the older copy is lost, this one has the same bytes
            shutil.move(imports_folder() / folder / "source.csv", source_of(job))
    return job


def import_file(what: str, path: Path, *, actor: Person | None = None, watch: Watcher | None = None) -> Outcome:
    """Import a file here and now. What cannot be taken stands in `FILE.rejected.csv` beside it.

    Raises what `request_import` raises, and RuleBroken when the import failed as a whole.
    """
    job = request_import(what, path, actor=actor)
    show = watch or nobody
    worked = work_on(job.pk, watch=show) or wait_for(job.pk, watch=show)
    if worked.state != Job.State.DONE:
        raise RuleBroken(
            _("The import of %(file)s failed: %(why)s") % {"file": path.name, "why": worked.error},
            next_step=_("What was imported stays. Run it again: it goes on with what is missing."),
        )
    tally = Tally.of({name: worked.result[name] for name in Tally.__dataclass_fields__})
    kind = _allowed(what, actor)
    unknown = read_header(path, kind, path.name).unknown
    if tally.went_well:
        _put_beside(path, None)
        forget(worked.args["folder"])
        return Outcome(tally, unknown)
    return Outcome(tally, unknown, _put_beside(path, rejected_of(worked)) or rejected_of(worked))


def rehearse_file(
    what: str, path: Path, *, actor: Person | None = None, watch: Watcher | None = None, see: Seer | None = None
) -> Outcome:
    """Say what an import of the file would do, `FILE.rejected.csv` included, and change nothing. Raises the same.

    `see` is shown the rows, some at a time, as they were worked on.
    """
    kind = _allowed(what, actor)
    header = read_header(path, kind, path.name)
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=_made(imports_folder())) as folder:
        rejected = Path(folder) / "rejected.csv"
        total = max(_line_count(path) - 1, 0)
        for step, counted in rehearse(kind, path, rejected, name=path.name, total=total, see=see or nobody):
            tally = counted
            (watch or nobody)(step)
        beside = _put_beside(path, None if tally.went_well else rejected)
    if beside is None and not tally.went_well:
        raise RuleBroken(
            _("%(file)s.rejected.csv cannot be written.") % {"file": path.name},
            next_step=_("Copy the file into a folder that you may write to."),
        )
    return Outcome(tally, header.unknown, beside)


def _allowed(what: str, actor: Person | None) -> ImportKind:
    kind = import_kind(what)
    if kind is None:
        raise Unknown(
            _("There is no kind of file “%(kind)s”.") % {"kind": what},
            next_step=_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(import_kinds())},
        )
    kind.may_import(standing_of(actor)).or_not_allowed()
    return kind


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _copy(path: Path, target: Path) -> tuple[str, int]:
    """Copy the file in pieces; its digest, and how many lines it has."""
    _made(target.parent.parent)
    _made(target.parent)
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as source, target.open("xb") as copy:
        while piece := source.read(1 << 20):
            digest.update(piece)
            lines += piece.count(b"\n")
            copy.write(piece)
    target.chmod(0o600)
    return digest.hexdigest()[:40], lines


def _line_count(path: Path) -> int:
    with path.open("rb") as source:
        return sum(piece.count(b"\n") for piece in iter(lambda: source.read(1 << 20), b""))


def _put_beside(path: Path, rejected: Path | None) -> Path | None:
    """Put the rejected rows beside the file, or take away what an earlier run left there.

    None where there are none, or where the folder of the file cannot be written to.
    """
    target = path.with_name(path.name + ".rejected.csv")
    try:
        if rejected is None:
            target.unlink(missing_ok=True)
            return None
        shutil.copyfile(rejected, target)
    except OSError:
        return None
    return target


def _sweep() -> None:
    """Throw away what imports left behind a month ago: rejected rows, and copies of files whose import failed."""
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for folder in _made(imports_folder()).iterdir():
        with suppress(FileNotFoundError):  # another import has just tidied up
            if folder.stat().st_mtime < oldest:
                forget(folder.name)
