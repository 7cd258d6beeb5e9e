"""Writing up to a thousand rows: compare with the last import, write what is new, remember it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import DataError, IntegrityError, models, transaction
from django.utils.translation import gettext as _

from workspace import db
from workspace.organisation.commands.imports.erased import without_erased
from workspace.organisation.commands.imports.kinds import Effects, ImportKind, Told
from workspace.organisation.commands.imports.rows import Record, Row
from workspace.organisation.models import ImportedRow

log = logging.getLogger(__name__)


def take_rows(kind: ImportKind, records: Sequence[Record], *, file: str, actor: models.Model | None) -> list[Row]:
    """Write these rows in the caller's transaction, with one bulk event for them all; what became of each.

    Two imports of one kind take turns. Where the database itself refuses (somebody has just archived what the file
    names), the rows are tried one by one, so that only the refused one is lost.
    """
    db.lock(f"organisation.import.{kind.code}")
    try:
        with transaction.atomic():
            rows, effects = _attempt(kind, records, file)
    except (IntegrityError, DataError) as error:
        log.warning("Import of %s: the database refused some row (%s); trying one by one.", kind.code, error)
        rows, effects = _one_by_one(kind, records, file)
    outcomes = [row.outcome for row in rows if not row.is_rejected]
    told = Told(len(rows), outcomes.count("added"), outcomes.count("changed"), file)
    kind.finish(effects, told, actor)
    return rows


def _attempt(kind: ImportKind, records: Sequence[Record], file: str) -> tuple[list[Row], Effects]:
    records = without_erased(records)
    sound = [record for record in records if not record.is_rejected]
    remembered = kind.compare_with(sound, _remembered(kind, [record.key for record in sound]))
    rows = [Row(record, remembered.get(record.key)) for record in records]
    busy = [row for row in rows if not row.is_rejected and row.is_busy]
    for row in busy:
        row.read(kind)
    readable = [row for row in busy if not row.is_rejected]
    effects = kind.take(readable, file) if readable else Effects()
    _remember(kind, [row for row in readable if not row.is_rejected])
    return rows, effects


def _one_by_one(kind: ImportKind, records: Sequence[Record], file: str) -> tuple[list[Row], Effects]:
    rows: list[Row] = []
    effects = Effects()
    for record in records:
        try:
            with transaction.atomic():
                taken, more = _attempt(kind, [record], file)
        except (IntegrityError, DataError) as error:
            row = Row(record, None)
            said = str(error).strip().splitlines()[0]
            row.reject("", _("The database refused the row: %(said)s Correct it and try again.") % {"said": said})
            taken, more = [row], Effects()
        rows += taken
        effects.add(more)
    return rows, effects


def _remembered(kind: ImportKind, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    known = ImportedRow.objects.filter(kind=kind.code, key__in=db.one_of("text", keys))
    return dict(known.order_by().values_list("key", "cells"))


def _remember(kind: ImportKind, rows: Sequence[Row]) -> None:
    new = ((row, row.to_remember()) for row in rows)
    db.insert_rows(
        ImportedRow,
        ("kind", "key", "cells"),
        [(kind.code, row.record.key, cells) for row, cells in new if cells != row.remembered],
        replacing=("kind", "key"),
    )
