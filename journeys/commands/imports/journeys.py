"""Importing whole journeys: what an export wrote, changed in a spreadsheet or brought from another installation."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.commands.imports import touchpoints
from journeys.commands.imports.board import Board
from journeys.commands.imports.journeys_found import CODE, Found, compare_with, key_of
from journeys.commands.imports.journeys_outline import Outline
from journeys.models import Crossing, Journey, Stage, Touchpoint
from journeys.queries.export import OF_TOUCHPOINT, SAID, SAID_BY, SEAL, STAGE, TOUCHPOINT, with_plain_lines
from journeys.rules.structure import may_import
from workspace import db
from workspace.csv_out import as_meant
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.rows import Row

OWNING = frozenset({"part_of", "business_unit", "owner_department", "owner_email", "supporting_departments", "system"})
LONGEST_STAGE = 200
PLAIN = {column: column for column in OF_TOUCHPOINT if column not in OWNING}


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write journeys, their stages, then touchpoints and owners: some 35 statements, whatever the number of rows."""
    db.lock("organisation.import.touchpoints")  # the other kind of file that brings journeys and stages
    for row in rows:
        _reject_foreign(row)
    found = Found([row for row in rows if not row.is_rejected])
    found.reject_repeated()
    effects = Effects()
    outline = Outline(found, effects)
    outline.take_journeys()
    outline.take_stages()
    met = found.by_word[TOUCHPOINT]
    if met:
        held = {
            row.record.key: found.touchpoints[row.cells["id"]] for row in met if row.cells["id"] in found.touchpoints
        }
        board = Board(met, held=held, ground=outline, plain=PLAIN, id_of=lambda row: row.cells["id"])
        effects.add(board.write(file))
        effects.ids["added"] |= {new.pk for new in board.new if new.pk is not None}
    return effects


def _reject_foreign(row: Row) -> None:
    """Reject a row with a cell that such a row does not have: whoever filled it would wait for it in vain."""
    word = row.cells["row"].lower()
    for column in SAID:
        if row.get(column) and column not in SAID_BY[word]:
            reason = _("A row of a %(what)s has nothing here. Empty the cell, or correct the first column.")
            row.reject(column, reason % {"what": word})
    if word == STAGE and len(row.cells["name"]) > LONGEST_STAGE:
        reason = _("The text has %(n)d characters, there is room for %(limit)d. Shorten it.")
        row.reject("name", reason % {"n": len(row.cells["name"]), "limit": LONGEST_STAGE})


def finish(effects: Effects, told: Told, actor: models.Model | None) -> None:
    """Tell of the touchpoints, and of the journeys whose own facts or stages have changed."""
    added, touched = len(effects.ids["added"]), len(effects.ids["touchpoint"])
    touchpoints.finish(effects, Told(touched, added, touched - added, told.file), actor)


JOURNEYS = ImportKind(
    code=CODE,
    columns=(
        Column("row", required=True, filled=True, read=cells.choice(*SAID_BY)),
        Column("id", required=True, filled=True, longest=200),
        Column("part_of", required=True, longest=200),
        Column("name", required=True, filled=True, longest=300),
        Column("position", read=cells.whole_number(0, 2**31 - 1), empty=None),
        Column("description", longest=50_000, read=with_plain_lines),
        Column("persona", longest=200),
        Column("state", read=cells.choice(*Journey.State.values), empty=Journey.State.CURRENT.value),
        Column("accountable_email", longest=254, read=cells.email),
        Column("step", read=cells.whole_number(0, 2**31 - 1), empty=1),
        Column("channel", longest=50),
        Column("business_unit", required=True, longest=200),
        Column(
            "visibility", read=cells.choice(*Touchpoint.Visibility.values), empty=Touchpoint.Visibility.FRONTSTAGE.value
        ),
        Column("owner_department", longest=300),
        Column("owner_email", longest=254, read=cells.email),
        Column("supporting_departments", longest=5000),
        Column("system", longest=200),
        Column("volume", read=cells.whole_number(0, 2**63 - 1), empty=None),
        Column("emotion", read=cells.whole_number(-2, 2), empty=None),
        Column("moment_of_truth", read=cells.truth, empty=False),
        Column("lifecycle", read=cells.choice(*Touchpoint.Lifecycle.values), empty=Touchpoint.Lifecycle.LIVE.value),
        Column("pain_point", longest=50_000, read=with_plain_lines),
        Column(SEAL, longest=200),
    ),
    key=key_of,
    key_column="id",
    may_import=may_import,
    take=take,
    finish=finish,
    read_cell=lambda cell: as_meant(cell.strip()),
    compare_with=compare_with,
    rehearsed_at_once=True,
    tables=(Journey, Stage, Touchpoint, Crossing),
    notes={
        **touchpoints.TOUCHPOINTS.notes,
        "removed-stage": gettext_lazy(
            "{count} rows name a stage that was removed here, for example “{value}” (line {line}). They were left"
            " alone; the next import of the file asks again."
        ),
    },
)
