"""A file of whole journeys that somebody uploads: kept until they have seen what it would do, then imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.core import signing
from django.core.files import File
from django.utils.translation import gettext as _

from journeys.commands.imports.journeys_found import CODE
from journeys.queries.export import SAID
from journeys.rules.structure import may_import
from workspace.activity.models import Job
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.commands.imports import Outcome, rehearse_file, request_import
from workspace.organisation.commands.imports.cells import shortened
from workspace.organisation.commands.imports.requesting import REHEARSED_AT_ONCE
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.commands.imports.running import forget, imports_folder
from workspace.organisation.commands.imports.uploads import keep_upload
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

SALT = "journeys.upload"
KEPT_SECONDS = 24 * 3600
MOST_BYTES = 5_000_000
MOST_LINES = REHEARSED_AT_ONCE


def receive(content: File[Any], *, name: str, actor: Person) -> str:
    """Keep an uploaded file; the sealed word by which its owner finds it again for a day.

    Raises NotAllowed; RuleBroken for a file that is too large to be looked at while somebody waits.
    """
    may_import(standing_of(actor)).or_not_allowed()
    path = keep_upload(content, name=name, check=_check_size)
    return signing.dumps({"folder": path.parent.name, "name": path.name, "person": actor.pk}, salt=SALT)


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would do: bring something, or change cells (column, what stands here, what the file says)."""

    line: int
    what: str
    name: str
    is_new: bool
    cells: Sequence[tuple[str, str, str]]


def rehearse(word: str, *, actor: Person, shown: int) -> tuple[Outcome, list[Change]]:
    """Say what an import of the uploaded file would do, and the first changes. Raises what `begin` raises."""
    changes: list[Change] = []

    def see(rows: Sequence[Row]) -> None:
        changing = (row for row in rows if not row.is_rejected and row.outcome != "unchanged")
        changes.extend(map(_change, islice(changing, shown - len(changes))))

    return rehearse_file(CODE, path_of(word, actor=actor), actor=actor, see=see), changes


def _change(row: Row) -> Change:
    is_new = row.outcome == "added"
    columns = [name for name in SAID if name in row.news and name not in row.kept_back and not is_new]
    cells = [(name, shortened(row.was(name)), shortened(row.get(name))) for name in columns]
    return Change(row.record.line, row.cells["row"].lower(), row.cells["name"], is_new, cells)


def begin(word: str, *, actor: Person) -> Job:
    """Ask for the import of the uploaded file, and throw away the upload. Raises NotAllowed; Unknown; RuleBroken."""
    path = path_of(word, actor=actor)
    job = request_import(CODE, path, actor=actor)
    forget(path.parent.name)
    return job


def path_of(word: str, *, actor: Person) -> Path:
    """Where the upload lies. Raises Unknown for one that is somebody else's, too old, or imported already."""
    try:
        kept = signing.loads(word, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        kept = None
    path = imports_folder() / str(kept["folder"]) / str(kept["name"]) if kept is not None else Path()
    if kept is None or kept["person"] != actor.pk or not path.exists():
        raise Unknown(_("This upload is not there any more."), next_step=_("Upload the file again."))
    return path


def _check_size(size: int, lines: int) -> None:
    if size > MOST_BYTES or lines > MOST_LINES:
        raise RuleBroken(
            _("The file is too large for this page: it takes %(lines)s lines.") % {"lines": f"{MOST_LINES:,}"},
            next_step=_("Ask an administrator to run: manage.py import_csv journeys FILE"),
        )
