"""Importing touchpoints, with the journeys, stages, personas and systems that they name, and who owns them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.imports import places
from journeys.commands.imports.drafts import NewTouchpoint, Placed, write_new
from journeys.commands.imports.owners import Owners
from journeys.commands.imports.places import Places
from journeys.commands.touchpoints import forget_approvals
from journeys.models import Crossing, Journey, Stage, System, Touchpoint
from journeys.rules.structure import may_import
from workspace import db
from workspace.activity.commands.events import Happening, record, record_subjects
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.queries.directory import Directory, UnitEntry

PLAIN = {
    "touchpoint": "name",
    "channel": "channel",
    "step": "step",
    "volume": "volume",
    "emotion": "emotion",
    "moment_of_truth": "moment_of_truth",
    "lifecycle": "lifecycle",
}
WRITTEN = (*PLAIN.values(), "stage", "business_unit", "system", "unmatched_owner", "version")
IN_ORDER = frozenset({"stage", "step", "lifecycle"})  # what the crossings of a journey hang on


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write touchpoints and their owners: some 15 statements, whatever the number of rows."""
    return _Board(rows).write(file)


class _Board:
    """The touchpoints that some rows name, locked, and what changes about them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        keys = [row.record.key for row in rows]
        held = Touchpoint.objects.select_for_update(no_key=True).filter(external_id__in=db.one_of("text", keys))
        self.held = {touchpoint.external_id: touchpoint for touchpoint in held.order_by("pk")}
        self.directory = Directory.read()
        self.places = Places.read(rows, self.held.values())
        self.systems = self._systems(rows)
        self.effects = Effects()
        self.units: dict[Row, UnitEntry | None] = {}
        self.rows = [row for row in rows if self._is_taken(row)]
        self.new: list[NewTouchpoint] = []
        self.changed: list[Touchpoint] = []
        self.moved: list[Touchpoint] = []
        self.in_another_unit: list[int] = []

    def _systems(self, rows: Sequence[Row]) -> dict[str, System]:
        names = {row.get("system") for row in rows if "system" in row.news} - {""}
        return {system.name: system for system in System.objects.filter(name__in=names)} if names else {}

    def _is_taken(self, row: Row) -> bool:
        """Reject what cannot stand anywhere."""
        touchpoint = self.held.get(row.record.key)
        if touchpoint is None or "business_unit" in row.news:
            unit = self.units[row] = self.directory.unit(row.cells["business_unit"])
            if unit is None:
                row.reject("business_unit", _("There is no business unit of this name. Import org first."))
            elif unit.archived and (touchpoint is None or touchpoint.business_unit_id != unit.id):
                row.reject("business_unit", _("This business unit is archived. Name one that is open."))
        self.places.reject_archived(row, touchpoint)
        return not row.is_rejected

    def write(self, file: str) -> Effects:
        """Settle every row, then write everything together."""
        owners = Owners(self.rows, self.held.values(), self.directory)
        for row in self.rows:
            self._settle(row, owners)
        self.places.write(self.effects)
        self._write_systems()
        write_new(self.new)
        # An upsert of rows that are locked and read afresh: one statement, where an update of many takes one per field.
        Touchpoint.objects.bulk_create(
            self.changed, update_conflicts=True, unique_fields=["id"], update_fields=list(WRITTEN)
        )
        touched = [change.touchpoint for change in owners.transitions]
        touched += [touchpoint for touchpoint, _ownership, _old in owners.other_person.values()]
        journeys = self._journeys_of(touched)
        owners.write(self.effects, journeys, file)
        if self.in_another_unit:
            forget_approvals(self.in_another_unit)
        self.effects.ids["touchpoint"] |= {new.pk for new in self.new if new.pk is not None}
        self.effects.ids["touchpoint"] |= {touchpoint.pk for touchpoint in (*self.changed, *touched)}
        self.effects.ids["touchpoint"] |= owners.supporting.touched
        stages = {new.stage.pk for new in self.new if new.stage} | {moved.stage_id for moved in self.moved}
        stages |= self.effects.ids["old_stage"]
        if stages:
            crossed = (
                Stage.objects.filter(pk__in=db.one_of("bigint", stages)).order_by().values_list("journey", flat=True)
            )
            self.effects.ids["to_cross"] |= set(crossed)
        return self.effects

    def _journeys_of(self, touchpoints: Sequence[Touchpoint]) -> dict[int, int]:
        ids = [touchpoint.pk for touchpoint in touchpoints]
        found = Touchpoint.objects.filter(pk__in=ids).order_by()
        return dict(found.values_list("pk", "stage__journey_id")) if ids else {}

    def _settle(self, row: Row, owners: Owners) -> None:
        touchpoint = self.held.get(row.record.key)
        if touchpoint is None:
            new = NewTouchpoint(row.record.key)
            self._set(row, new)
            owners.settle(row, new, new.business_unit_id)
            self.new.append(new)
            row.outcome = "added"
            return
        before = {name: _plain(touchpoint, name) for name in WRITTEN}
        self._set(row, touchpoint)
        owned = owners.settle(row, touchpoint, touchpoint.business_unit_id)
        fields = {name for name in WRITTEN if _plain(touchpoint, name) != before[name]}
        if fields:
            touchpoint.version += fields != {"unmatched_owner"}
            self.changed.append(touchpoint)
            self._note_what_it_left(before, fields, touchpoint)
        if fields or owned:
            row.outcome = "changed"

    def _note_what_it_left(self, before: dict[str, Any], fields: set[str], touchpoint: Touchpoint) -> None:
        if fields & IN_ORDER:
            self.moved.append(touchpoint)
        if "business_unit" in fields:
            self.in_another_unit.append(touchpoint.pk)
        if "stage" in fields:
            self.effects.ids["old_stage"].add(before["stage"])
        if "system" in fields and before["system"]:
            self.effects.ids["old_system"].add(before["system"])

    def _set(self, row: Row, touchpoint: Placed) -> None:
        """Set what the row says anew."""
        for column, name in PLAIN.items():
            if column in row.news:
                setattr(touchpoint, name, row.values[column])
        unit = self.units.get(row)
        if unit is not None:
            touchpoint.business_unit_id = unit.id
        held = touchpoint if isinstance(touchpoint, Touchpoint) else None
        if held is None or places.COLUMNS & row.news:
            touchpoint.stage = self.places.stage_of(row, held)
        elif "persona" in row.news:
            self.places.describe(row, held)
        if "system" in row.news:
            name = row.cells["system"]
            if name and name not in self.systems:
                self.systems[name] = System(name=name)
            touchpoint.system = self.systems[name] if name else None

    def _write_systems(self) -> None:
        new = [system for system in self.systems.values() if system._state.adding]
        System.objects.bulk_create(new)
        self.effects.happenings += [Happening(events.SYSTEM_CREATED, system) for system in new]


def _plain(touchpoint: Touchpoint, name: str) -> Any:
    """A field as it can be compared: of something that is not written yet, the thing itself."""
    if name in ("stage", "business_unit", "system"):
        known = getattr(touchpoint, f"{name}_id")
        return known if known is not None else id(touchpoint._state.fields_cache.get(name))
    return getattr(touchpoint, name)


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
