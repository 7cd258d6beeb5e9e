"""Units, departments and people as files name them: by code, by name, by e-mail address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workspace import clock, db
from workspace.organisation.models import BusinessUnit, Department, Person


class UnitEntry(NamedTuple):
    """A business unit."""

    id: int
    name: str
    archived: bool


class DepartmentEntry(NamedTuple):
    """A department."""

    id: int
    code: str
    name: str
    unit_id: int
    archived: bool
    successor_id: int | None


class Contact(NamedTuple):
    """A person, as far as a file has to know them."""

    id: int
    works_here: bool
    is_guest: bool


def people_named(emails: Collection[str]) -> dict[str, Contact]:
    """The people with these addresses (in lower case): 1 statement."""
    wanted = {email for email in emails if email}
    if not wanted:
        return {}
    today = clock.today()
    rows = Person.objects.filter(email__in=db.one_of("text", wanted)).order_by()
    return {
        email: Contact(pk, active and (left_on is None or left_on > today), role == Person.Role.GUEST)
        for email, pk, active, left_on, role in rows.values_list("email", "id", "is_active", "left_on", "role")
    }


@dataclass(frozen=True, slots=True)
class Directory:
    """Every unit and department, read with 2 statements."""

    units: Mapping[str, UnitEntry]
    codes: Mapping[str, DepartmentEntry]
    names: Mapping[str, Sequence[DepartmentEntry]]
    departments: Mapping[int, DepartmentEntry] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Directory:
        """The directory as it stands now."""
        units = BusinessUnit.objects.order_by().values_list("id", "name", "archived_at")
        rows = Department.objects.order_by("id").values_list(
            "id", "code", "name", "unit_id", "archived_at", "merged_into_id"
        )
        departments = [DepartmentEntry(*row[:4], row[4] is not None, row[5]) for row in rows]
        names: defaultdict[str, list[DepartmentEntry]] = defaultdict(list)
        for entry in departments:
            names[entry.name.lower()].append(entry)
        return cls(
            {name.lower(): UnitEntry(pk, name, archived_at is not None) for pk, name, archived_at in units},
            {entry.code: entry for entry in departments},
            names,
            {entry.id: entry for entry in departments},
        )

    def unit(self, name: str) -> UnitEntry | None:
        """The business unit of this name, whatever the case of its letters."""
        return self.units.get(name.lower())

    def match(self, reference: str, unit_id: int | None) -> DepartmentEntry | None:
        """The department that a file means: by code, else by name within the unit, else by a name that only one has.

        Names mean open departments; only where no open one has the name, one that is archived is found by it.
        """
        if not reference:
            return None
        by_code = self.codes.get(reference)
        if by_code is not None:
            return by_code
        named = self.names.get(reference.lower(), ())
        for some in ([entry for entry in named if not entry.archived], [entry for entry in named if entry.archived]):
            inside = [entry for entry in some if entry.unit_id == unit_id]
            if len(inside) == 1:
                return inside[0]
            if len(some) == 1:
                return some[0]
            if some:
                return None
        return None
