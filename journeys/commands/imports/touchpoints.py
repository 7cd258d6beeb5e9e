"""Importing touchpoints, with the journeys, stages, personas and systems that they name, and who owns them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.imports.board import Board
from journeys.commands.imports.places import Places
from journeys.models import Crossing, Journey, Stage, Touchpoint
from journeys.rules.structure import may_import
from workspace import db
from workspace.activity.commands.events import Happening, record, record_subjects
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.rows import Row

PLAIN = {
    "touchpoint": "name",
    "channel": "channel",
    "step": "step",
    "volume": "volume",
    "emotion": "emotion",
    "moment_of_truth": "moment_of_truth",
    "lifecycle": "lifecycle",
}


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write touchpoints and their owners: some 15 statements, whatever the number of rows."""
    found = Touchpoint.objects.select_for_update(no_key=True).filter(
        external_id__in=db.one_of("text", [row.record.key for row in rows])
    )
    held = {str(touchpoint.external_id): touchpoint for touchpoint in found.order_by("pk")}
    ground = Places.read(rows, held.values())
    return Board(rows, held=held, ground=ground, plain=PLAIN, id_of=lambda row: row.cells["external_id"]).write(file)


def _channel(value: str) -> str:
    """A channel as the house writes it: small letters, no spaces."""
    return "_".join(value.lower().split())


def finish(effects: Effects, told: Told, actor: models.Model | None) -> None:
    """Bring the crossings in line, and record one event for all touchpoints and one for journeys that are new."""
    ids = effects.ids
    refresh_crossings(ids["to_cross"])
    happenings = []
    if ids["touchpoint"]:
        left = {word: sorted(ids[word]) for word in ("old_stage", "old_system") if ids[word]}
        imported = Happening(events.TOUCHPOINTS_IMPORTED, data=told.data(**left), subjects=("touchpoint", ()))
        touched = db.one_of("bigint", sorted(ids["touchpoint"]))
        event = record(actor, imported)[0]
        record_subjects(event, f"SELECT 'touchpoint', t.value, %s FROM ({touched.sql}) t", (event.pk, *touched.params))
    if ids["journey"]:
        data = {"count": len(ids["journey"]), "file": told.file}
        happenings.append(Happening(events.JOURNEYS_IMPORTED, data=data, subjects=("journey", sorted(ids["journey"]))))
    record(actor, *happenings, *effects.happenings)


TOUCHPOINTS = ImportKind(
    code="touchpoints",
    columns=(
        Column("external_id", required=True, filled=True, longest=200),
        Column("journey", required=True, filled=True, longest=300),
        Column("stage", required=True, filled=True, longest=200),
        Column("touchpoint", required=True, filled=True, longest=300),
        Column("channel", required=True, longest=50, read=_channel),
        Column("business_unit", required=True, filled=True, longest=200),
        Column("owner_department", required=True, longest=300),
        Column("step", read=cells.whole_number(0, 2**31 - 1), empty=1),
        Column("journey_id", longest=200),
        Column("supporting_departments", longest=5000),
        Column("owner_email", longest=254, read=cells.email),
        Column("volume", read=cells.whole_number(0, 2**63 - 1), empty=None),
        Column("emotion", read=cells.whole_number(-2, 2), empty=None),
        Column("moment_of_truth", read=cells.truth, empty=False),
        Column("lifecycle", read=cells.choice(*Touchpoint.Lifecycle.values), empty=Touchpoint.Lifecycle.LIVE.value),
        Column("persona", longest=200),
        Column("system", longest=200),
    ),
    key=lambda row: row["external_id"],
    key_column="external_id",
    may_import=may_import,
    take=take,
    finish=finish,
    tables=(Journey, Stage, Touchpoint, Crossing),
    notes={
        "unknown-owner": gettext_lazy(
            "{count} owners match no department, for example “{value}” (line {line}). They are kept as they were"
            " written, and flagged as unknown owners; the next import of the file asks again."
        ),
        "unknown-supporting": gettext_lazy(
            "{count} supporting departments match no department, for example “{value}” (line {line}). They were left"
            " out; the next import of the file asks again."
        ),
    },
)
