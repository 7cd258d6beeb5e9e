"""The units and departments of the organisation, read at once: to name them, choose among them, speak for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateTimeField, IntegerField, TextField, Value
from django.db.models.functions import Cast

from journeys.limits import Limits, add_working_days
from journeys.models import RuleSetting
from journeys.rules.claims import Candidate
from journeys.rules.settings import limits_with
from workspace import clock
from workspace.organisation.models import BusinessUnit
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Unit:
    """A business unit."""

    id: int
    name: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Dept:
    """A department with its unit."""

    id: int
    name: str
    unit: Unit
    archived: bool

    @property
    def candidate(self) -> Candidate:
        """The department as one that might become owner."""
        return Candidate(self.id, self.name, self.unit.id, self.archived)


@dataclass(frozen=True, slots=True)
class Directory:
    """Every unit and department by id, the archived ones included, in the order of their names.

    `limits` are read with them, for what is said wherever somebody may claim or confirm.
    """

    units: Mapping[int, Unit]
    departments: Mapping[int, Dept]
    limits: Limits

    @property
    def claims_due_on(self) -> date:
        """The day by which a claim made today is to be decided."""
        return add_working_days(clock.today(), self.limits.decide_claim_working_days)

    def open_departments(self) -> list[Dept]:
        """Departments that can own something."""
        return [department for department in self.departments.values() if not department.archived]

    def spoken_for_by(self, standing: Standing) -> list[Dept]:
        """Departments that a person may claim for, those that they lead first."""
        if not (standing.leads or standing.heads):
            return []
        mine = [d for d in self.open_departments() if standing.leads_department(d.id)]
        headed = [d for d in self.open_departments() if standing.heads_unit(d.unit.id) and d not in mine]
        return mine + headed

    def by_unit(self, departments: list[Dept]) -> list[tuple[str, list[tuple[int, str]]]]:
        """Departments as choices of a form, grouped by unit."""
        groups: dict[str, list[tuple[int, str]]] = {}
        for department in departments:
            groups.setdefault(department.unit.name, []).append((department.id, department.name))
        return sorted(groups.items())


def directory() -> Directory:
    """Read the directory, and the limits with it: 1 statement."""
    nothing = Value(None, IntegerField()), Value(None, DateTimeField())
    settings = RuleSetting.objects.order_by().values_list(
        nothing[0], "key", nothing[1], nothing[0], Cast("value", TextField()), nothing[1]
    )
    named = BusinessUnit.objects.order_by().values_list(
        "id", "name", "archived_at", "departments__id", "departments__name", "departments__archived_at"
    )
    units: dict[int, Unit] = {}
    departments: dict[int, Dept] = {}
    values: dict[str, Any] = {}
    rows: Any = named.union(settings, all=True).order_by("name", "departments__name")
    for unit_id, unit_name, unit_archived, department_id, name, archived in rows:
        if unit_id is None:
            values[unit_name] = json.loads(name)
            continue
        unit = units.setdefault(unit_id, Unit(unit_id, unit_name, unit_archived is not None))
        if department_id is not None:
            departments[department_id] = Dept(department_id, name, unit, archived is not None)
    return Directory(units, departments, limits_with(values))
