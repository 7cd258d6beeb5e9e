"""The touchpoints that rows of a file name, and what changes about them: for every kind of file that brings some."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.imports.drafts import NewTouchpoint, Placed, write_new
from journeys.commands.imports.owners import Owners
from journeys.commands.touchpoints import forget_approvals
from journeys.models import Stage, System, Touchpoint
from workspace import db
from workspace.activity.commands.events import Happening
from workspace.organisation.commands.imports.kinds import Effects
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.queries.directory import Directory, UnitEntry

IN_ORDER = frozenset({"stage", "step", "lifecycle"})  # what the crossings of a journey hang on


class Ground(Protocol):
    """Where touchpoints stand, as the rows of a file say it."""

    def reject(self, row: Row, touchpoint: Touchpoint | None) -> None:
        """Reject a row whose touchpoint can stand nowhere."""

    def place(self, row: Row, touchpoint: Touchpoint | None) -> Stage | None:
        """The stage that the row names; None where the touchpoint stays in the one that it has."""

    def write(self, effects: Effects) -> None:
        """Write the stages that are new."""


class Board:
    """The touchpoints that some rows name (`held`, locked, by the lasting name of the row), and what changes.

    `plain` says which column tells which field. `id_of` gives the id of a touchpoint that is new.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        held: Mapping[str, Touchpoint],
        ground: Ground,
        plain: Mapping[str, str],
        id_of: Callable[[Row], str],
    ) -> None:
        self.held = held
        self.ground = ground
        self.plain = plain
        self.id_of = id_of
        self.written = (*plain.values(), "stage", "business_unit", "system", "unmatched_owner", "version")
        self.directory = Directory.read()
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
        self.ground.reject(row, touchpoint)
        return not row.is_rejected

    def write(self, file: str) -> Effects:
        """Settle every row, then write everything together."""
        owners = Owners(self.rows, self.held.values(), self.directory)
        for row in self.rows:
            self._settle(row, owners)
        self.ground.write(self.effects)
        self._write_systems()
        write_new(self.new)
        # An upsert of rows that are locked and read afresh: one statement, where an update of many takes one per field.
        Touchpoint.objects.bulk_create(
            self.changed, update_conflicts=True, unique_fields=["id"], update_fields=list(self.written)
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
            new = NewTouchpoint(self.id_of(row))
            self._set(row, new)
            owners.settle(row, new, new.business_unit_id)
            self.new.append(new)
            row.outcome = "added"
            return
        before = {name: _plain(touchpoint, name) for name in self.written}
        self._set(row, touchpoint)
        owned = owners.settle(row, touchpoint, touchpoint.business_unit_id)
        fields = {name for name in self.written if _plain(touchpoint, name) != before[name]}
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
        for column, name in self.plain.items():
            if column in row.news:
                setattr(touchpoint, name, row.values[column])
        unit = self.units.get(row)
        if unit is not None:
            touchpoint.business_unit_id = unit.id
        held = touchpoint if isinstance(touchpoint, Touchpoint) else None
        stage = self.ground.place(row, held)
        if stage is not None:
            touchpoint.stage = stage
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
