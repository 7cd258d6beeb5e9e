"""Which units and departments are open, as a file says it: archived, merged into a successor, opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from workspace import clock
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.models import BusinessUnit, Department

ACTIVE, ARCHIVED = "active", "archived"
Change = Callable[[Row, BusinessUnit | Department], None]


class Closing:
    """Archives and opens `units`, known by name, and `departments`, known by code; `change` is told of what it did."""

    def __init__(
        self, units: Mapping[str, BusinessUnit], departments: Mapping[str, Department], change: Change
    ) -> None:
        self.units = units
        self.departments = departments
        self.change = change

    def close(self, row: Row, subject: BusinessUnit | Department | None) -> None:
        """Archive what the row archives, and open what it opens again."""
        if subject is None or not {"status", "merged_into"} & row.news:
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
        self.change(row, subject)

    def _forget_successor(self, row: Row, subject: BusinessUnit | Department) -> None:
        """Take back the successor that the file once named; one that was chosen here stays."""
        known = self.units.get(row.was("merged_into").lower()) if isinstance(subject, BusinessUnit) else None
        code = subject.merged_into.code if isinstance(subject, Department) and subject.merged_into else ""
        if (known is not None and subject.merged_into_id == known.pk) or (code and code == row.was("merged_into")):
            subject.merged_into = None
            self.change(row, subject)

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
            self.change(row, subject)
        if successor is not None and subject.merged_into_id != successor.pk:
            subject.merged_into = successor
            self.change(row, subject)

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
        chain = self._successors_of_units() if isinstance(subject, BusinessUnit) else self._successors_of_departments()
        here: int | None = successor.pk
        seen: set[int] = set()
        while here is not None and here not in seen:
            if here == subject.pk:
                return True
            seen.add(here)
            here = chain.get(here)
        return False

    def _successors_of_units(self) -> dict[int, int | None]:
        """Who succeeds whom, with what these rows have changed."""
        return {unit.pk: unit.merged_into_id for unit in self.units.values()}

    def _successors_of_departments(self) -> dict[int, int | None]:
        stored = Department.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id")
        here = {department.pk: department.merged_into_id for department in self.departments.values()}
        return dict(stored) | here
