"""Importing business units and departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from workspace.activity.commands.events import Happening, record
from workspace.organisation import events
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.closing import ACTIVE, ARCHIVED, Closing
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.leading import Appointments
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.commands.imports.successors import arrange
from workspace.organisation.models import BusinessUnit, Department
from workspace.organisation.rules.people import may_administer


def names_unit(row: Mapping[str, str]) -> bool:
    """Whether a row only names a unit."""
    return not row["department_code"] and not row["department"]


def key_of(row: Mapping[str, str]) -> str:
    """The lasting name of a row: the code of its department, or the name of its unit."""
    key = f"unit {row['business_unit'].lower()}" if names_unit(row) else f"department {row['department_code']}"
    return key if len(key) <= 200 else f"{key[:130]} {sha256(key.encode()).hexdigest()}"


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write units, then departments, then who leads them, then which are archived: some 12 statements."""
    register = _Register(rows)
    departments = [row for row in rows if not names_unit(row.cells)]
    rows_by_unit = {row: register.unit_of(row) for row in rows}
    register.write_units()
    for row in departments:
        if not row.is_rejected:
            register.settle_department(row, rows_by_unit[row])
    register.write_departments()
    for row in rows:
        if not row.is_rejected:
            register.appoint(row, rows_by_unit[row])
    closing = Closing(register.units, register.departments, register.change)
    for row in rows:
        if not row.is_rejected:
            unit_or_department = register.departments.get(row.cells["department_code"])
            closing.close(row, rows_by_unit[row] if names_unit(row.cells) else unit_or_department)
    return register.write()


class _Register:
    """The units and departments that these rows name, locked, and what changes in them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        units = BusinessUnit.objects.select_for_update(no_key=True).order_by("pk")
        self.units = {unit.name.lower(): unit for unit in units}
        codes = {row.get(column) for row in rows for column in ("department_code", "merged_into")}
        departments = Department.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("pk")
        self.departments = {department.code: department for department in departments}
        self.people = Appointments(
            {row.get(column).lower() for row in rows for column in ("unit_head_email", "lead_email")}
            | {row.was("lead_email").lower() for row in rows}
        )
        self.new_units: dict[str, BusinessUnit] = {}
        self.new_departments: dict[str, Department] = {}
        self.changed_units: set[BusinessUnit] = set()
        self.changed_departments: set[Department] = set()
        held: list[BusinessUnit | Department] = [*self.units.values(), *self.departments.values()]
        self.before = {subject: _written(subject) for subject in held}
        self.effects = Effects()

    # -- units and departments themselves

    def unit_of(self, row: Row) -> BusinessUnit | None:
        """The unit that the row names, which it may bring into being; None when the row is rejected."""
        if not names_unit(row.cells) and not (row.cells["department_code"] and row.cells["department"]):
            missing = "department" if row.cells["department_code"] else "department_code"
            row.reject(missing, _("A department has a name and a code. Fill both cells, or neither to name the unit."))
            return None
        name = row.cells["business_unit"]
        unit = self.units.get(name.lower())
        if unit is None:
            unit = self.units[name.lower()] = self.new_units[name.lower()] = BusinessUnit(name=name)
            if names_unit(row.cells):
                row.outcome = "added"
        elif self._is_closed_to(row, unit):
            row.reject(
                "business_unit", _("This business unit is archived. Name one that is open, or archive the department.")
            )
        return unit

    def _is_closed_to(self, row: Row, unit: BusinessUnit) -> bool:
        """Whether the row would put an open department into an archived unit."""
        if unit.archived_at is None or names_unit(row.cells) or row.values.get("status") == ARCHIVED:
            return False
        department = self.departments.get(row.cells["department_code"])
        return department is None or (department.unit_id != unit.pk and department.archived_at is None)

    def write_units(self) -> None:
        """Write the new units, so that departments can be put into them."""
        created = BusinessUnit.objects.bulk_create(self.new_units.values())
        self.effects.ids["unit"] |= {unit.pk for unit in created}

    def settle_department(self, row: Row, unit: BusinessUnit | None) -> None:
        """Bring the department into being, or in line with what is new in the row."""
        code = row.cells["department_code"]
        department = self.departments.get(code)
        if department is None:
            department = Department(code=code, name=row.cells["department"], unit=unit)
            self.departments[code] = self.new_departments[code] = department
            row.outcome = "added"
            return
        if "department" in row.news and department.name != row.cells["department"]:
            department.name = row.cells["department"]
            self.change(row, department)
        if "business_unit" in row.news and unit is not None and department.unit_id != unit.pk:
            department.unit = unit
            self.change(row, department)

    def write_departments(self) -> None:
        """Write the new departments, so that they can be led and named as successors."""
        created = Department.objects.bulk_create(self.new_departments.values())
        self.effects.ids["department"] |= {department.pk for department in created}

    def change(self, row: Row, subject: BusinessUnit | Department) -> None:
        """Note that the row has changed this unit or department."""
        if row.outcome == "unchanged":
            row.outcome = "changed"
        if isinstance(subject, BusinessUnit):
            self.changed_units.add(subject)
        else:
            self.changed_departments.add(subject)

    # -- who leads them

    def appoint(self, row: Row, unit: BusinessUnit | None) -> None:
        """Name the head of the unit and a lead of the department."""
        if "unit_head_email" in row.news and unit is not None and self._speaks_for_head(row, unit):
            self._set_head(row, unit)
        if "lead_email" not in row.news:
            return
        if names_unit(row.cells):
            row.refuse("lead_email", _("A unit has a head, no lead. Name the department, or use unit_head_email."))
            return
        department = self.departments[row.cells["department_code"]]
        lead = self.people.named(row, "lead_email") if row.get("lead_email") else None
        if lead is not None and (row.values.get("status") == ARCHIVED or department.archived_at is not None):
            row.refuse("lead_email", _("This department is archived; nobody can become its lead."))
            return
        if row.get("lead_email") and lead is None:
            return
        changed = self.people.no_longer(department, row.was("lead_email"))
        if lead is not None:
            changed |= self.people.leads(department, lead)
        if changed:
            self.change(row, department)

    def _speaks_for_head(self, row: Row, unit: BusinessUnit) -> bool:
        """Every row of a unit repeats its head: a department new to the file does not undo a choice made here."""
        new = unit.name.lower() in self.new_units
        return new or names_unit(row.cells) or bool(row.was("unit_head_email")) or unit.head_id is None

    def _set_head(self, row: Row, unit: BusinessUnit) -> None:
        email = row.get("unit_head_email").lower()
        if not email:
            if unit.head_id is not None and unit.head_id == self.people.id_of(row.was("unit_head_email")):
                unit.head = None
                self.change(row, unit)
            return
        head = self.people.named(row, "unit_head_email")
        if head is not None and unit.head_id != head.pk:
            unit.head = head
            self.change(row, unit)

    # -- writing

    def write(self) -> Effects:
        """Write what has changed."""
        changed: list[BusinessUnit | Department] = [*self.changed_units, *self.changed_departments]
        for subject in changed:
            subject.version += 1
        BusinessUnit.objects.bulk_update(self.changed_units, self._fields(self.changed_units), batch_size=500)
        Department.objects.bulk_update(self.changed_departments, self._fields(self.changed_departments), batch_size=500)
        self.effects.ids["unit"] |= {unit.pk for unit in self.changed_units}
        self.effects.ids["department"] |= {department.pk for department in self.changed_departments}
        self.people.write()
        self.effects.ids["department"] |= {department_id for department_id, _person in self.people.changed}
        self.effects.ids["person"] |= {person_id for _department, person_id in self.people.changed}
        return self.effects

    def _fields(self, changed: Iterable[BusinessUnit | Department]) -> list[str]:
        """The fields that the file changes in any of these, and the version; all of those it may change in new ones."""
        fields = {"version"}
        for subject in changed:
            before, now = self.before.get(subject, {}), _written(subject)
            fields |= {name for name in now if name not in before or before[name] != now[name]}
        return sorted(fields)


def _written(subject: BusinessUnit | Department) -> dict[str, Any]:
    """What a file may change, by the names of the fields."""
    own = {"head": "head_id"} if isinstance(subject, BusinessUnit) else {"name": "name", "unit": "unit_id"}
    both = {"archived_at": "archived_at", "merged_into": "merged_into_id"}
    return {field: getattr(subject, attribute) for field, attribute in (own | both).items()}


def finish(effects: Effects, told: Told, actor: models.Model | None) -> None:
    """One event for the units that these rows touched, one for the departments."""
    ids = effects.ids
    for noun in ("unit", "department"):
        if ids[noun]:
            people = {"person": sorted(ids["person"])} if noun == "department" else {}
            data = told.data(what="org", **people)
            record(actor, Happening(events.IMPORTED, data=data, subjects=(noun, sorted(ids[noun]))))


ORG = ImportKind(
    code="org",
    columns=(
        Column("business_unit", required=True, filled=True, longest=200),
        Column("department_code", required=True, longest=50),
        Column("department", required=True, longest=200),
        Column("unit_head_email", longest=254, read=cells.email),
        Column("lead_email", longest=254, read=cells.email),
        Column("status", read=cells.choice(ACTIVE, ARCHIVED)),
        Column("merged_into", longest=200),
    ),
    key=key_of,
    key_column="department_code",
    may_import=may_administer,
    take=take,
    finish=finish,
    arrange=arrange,
    rehearsed_at_once=True,
)
