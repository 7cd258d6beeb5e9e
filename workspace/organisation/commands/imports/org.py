"""Importing business units and departments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db import models
from django.utils.translation import gettext as _

from workspace import clock
from workspace.activity.commands.events import Happening, record
from workspace.organisation import events
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.leading import Appointments
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.commands.imports.successors import arrange
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.rules.people import may_administer

ACTIVE, ARCHIVED = "active", "archived"


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
    for row in rows:
        if not row.is_rejected:
            register.close(row, rows_by_unit[row])
    return register.write()


class _Register:
    """The units and departments that these rows name, and what changes in them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.units = {unit.name.lower(): unit for unit in BusinessUnit.objects.order_by("id")}
        codes = {row.get(column) for row in rows for column in ("department_code", "merged_into")}
        self.departments = {
            department.code: department for department in Department.objects.filter(code__in=codes).order_by("id")
        }
        self.people = Appointments(
            {row.get(column).lower() for row in rows for column in ("unit_head_email", "lead_email")}
            | {row.was("lead_email").lower() for row in rows}
        )
        self.new_units: dict[str, BusinessUnit] = {}
        self.new_departments: dict[str, Department] = {}
        self.changed_units: set[BusinessUnit] = set()
        self.changed_departments: set[Department] = set()
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
            self._change(row, department)
        if "business_unit" in row.news and unit is not None and department.unit_id != unit.pk:
            department.unit = unit
            self._change(row, department)

    def write_departments(self) -> None:
        """Write the new departments, so that they can be led and named as successors."""
        created = Department.objects.bulk_create(self.new_departments.values())
        self.effects.ids["department"] |= {department.pk for department in created}

    def _change(self, row: Row, subject: BusinessUnit | Department) -> None:
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
            self._change(row, department)

    def _speaks_for_head(self, row: Row, unit: BusinessUnit) -> bool:
        """Every row of a unit repeats its head: a department new to the file does not undo a choice made here."""
        new = unit.name.lower() in self.new_units
        return new or names_unit(row.cells) or bool(row.was("unit_head_email")) or unit.head_id is None

    def _set_head(self, row: Row, unit: BusinessUnit) -> None:
        email = row.get("unit_head_email").lower()
        if not email:
            if unit.head_id is not None and unit.head_id == self.people.id_of(row.was("unit_head_email")):
                unit.head = None
                self._change(row, unit)
            return
        head: Person | None = self.people.named(row, "unit_head_email", guests=True)
        if head is not None and unit.head_id != head.pk:
            unit.head = head
            self._change(row, unit)

    # -- which are open

    def close(self, row: Row, unit: BusinessUnit | None) -> None:
        """Archive what the row archives, and open what it opens again."""
        if not {"status", "merged_into"} & row.news:
            return
        subject = unit if names_unit(row.cells) else self.departments.get(row.cells["department_code"])
        if subject is None:
            return
        status = row.values.get("status", "")
        if row.get("merged_into") and row.get("status").lower() == ACTIVE:
            row.refuse("merged_into", _("What is open has no successor. Set status to archived, or empty this cell."))
            row.keep_back("status")
            return
        successor = self._successor(row, subject)
        if status == ACTIVE and subject.archived_at is not None:
            self._open_again(row, subject)
        elif status == ARCHIVED or successor is not None:
            self._archive(row, subject, successor)
        elif "merged_into" in row.news and not row.get("merged_into"):
            self._forget_successor(row, subject)

    def _open_again(self, row: Row, subject: BusinessUnit | Department) -> None:
        if isinstance(subject, Department) and self.units[row.cells["business_unit"].lower()].archived_at is not None:
            row.refuse("status", _("The business unit of this department is archived. Open the unit first."))
            return
        subject.archived_at = subject.merged_into = None
        self._change(row, subject)

    def _forget_successor(self, row: Row, subject: BusinessUnit | Department) -> None:
        """Take back the successor that the file once named; one that was chosen here stays."""
        known = self.units.get(row.was("merged_into").lower()) if isinstance(subject, BusinessUnit) else None
        code = subject.merged_into.code if isinstance(subject, Department) and subject.merged_into else ""
        if (known is not None and subject.merged_into_id == known.pk) or (code and code == row.was("merged_into")):
            subject.merged_into = None
            self._change(row, subject)

    def _archive(
        self, row: Row, subject: BusinessUnit | Department, successor: BusinessUnit | Department | None
    ) -> None:
        if isinstance(subject, BusinessUnit):
            open_ones = sum(1 for department in self._departments_in(subject) if department.archived_at is None)
            if open_ones:
                row.refuse(
                    "status" if row.get("status") else "merged_into",
                    _("%(n)d departments of this unit are open. Archive them or move them first.") % {"n": open_ones},
                )
                row.keep_back("status")
                row.keep_back("merged_into")
                return
        if subject.archived_at is None:
            subject.archived_at = clock.now()
            self._change(row, subject)
        if successor is not None and subject.merged_into_id != successor.pk:
            subject.merged_into = successor
            self._change(row, subject)

    def _departments_in(self, unit: BusinessUnit) -> list[Department]:
        """The departments of a unit, as these rows leave them."""
        known = {department.pk: department for department in self.departments.values()}
        stored = [known.get(department.pk, department) for department in Department.objects.filter(unit=unit)]
        arrived = [department for department in known.values() if department not in stored]
        return [department for department in (*stored, *arrived) if department.unit_id == unit.pk]

    def _successor(self, row: Row, subject: BusinessUnit | Department) -> BusinessUnit | Department | None:
        """The successor that the row names, if it can be one; the cell is refused otherwise."""
        name = row.get("merged_into")
        if not name or "merged_into" not in row.news:
            return None
        is_unit = isinstance(subject, BusinessUnit)
        found = self.units.get(name.lower()) if is_unit else self.departments.get(name)
        if found is None:
            row.refuse(
                "merged_into",
                _("There is no business unit of this name. Add it to the file.")
                if is_unit
                else _("There is no department with this code. Add it to the file."),
            )
            return None
        if self._leads_back(subject, found):
            row.refuse(
                "merged_into", _("This successor was itself merged into what it shall succeed. Name another one.")
            )
            return None
        if found.archived_at is not None and found.merged_into_id is None:
            row.refuse("merged_into", _("This successor is archived itself. Name one that is open."))
            return None
        return found

    def _leads_back(self, subject: BusinessUnit | Department, successor: BusinessUnit | Department) -> bool:
        model: type[models.Model] = type(subject)
        chain = dict(model._default_manager.filter(merged_into__isnull=False).values_list("id", "merged_into_id"))
        mine = self.changed_units if isinstance(subject, BusinessUnit) else self.changed_departments
        chain.update({changed.pk: changed.merged_into_id for changed in mine})
        here: int | None = successor.pk
        seen: set[int] = set()
        while here is not None and here not in seen:
            if here == subject.pk:
                return True
            seen.add(here)
            here = chain.get(here)
        return False

    # -- writing

    def write(self) -> Effects:
        """Write what has changed."""
        for unit in self.changed_units:
            unit.version += 1
        for department in self.changed_departments:
            department.version += 1
        closing = ["archived_at", "merged_into", "version"]
        BusinessUnit.objects.bulk_update(self.changed_units, ["head", *closing], batch_size=500)
        Department.objects.bulk_update(self.changed_departments, ["name", "unit", *closing], batch_size=500)
        self.effects.ids["unit"] |= {unit.pk for unit in self.changed_units}
        self.effects.ids["department"] |= {department.pk for department in self.changed_departments}
        self.people.write()
        self.effects.ids["department"] |= {department_id for department_id, _person in self.people.changed}
        self.effects.ids["person"] |= {person_id for _department, person_id in self.people.changed}
        return self.effects


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
