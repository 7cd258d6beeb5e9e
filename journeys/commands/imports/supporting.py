"""The departments that a file names as responsible beside the owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from journeys.commands.imports.beginnings import Beginning, begin
from journeys.commands.imports.drafts import NewTouchpoint, Placed
from journeys.models import Ownership
from workspace.organisation.commands.imports.cells import parts
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.queries.directory import Directory

COLUMN = "supporting_departments"


class Supporting:
    """Compared name by name, so that one more name in the cell does not bring back another one that was ended here."""

    def __init__(self, directory: Directory, present: Mapping[int, Mapping[int, Ownership]], now: datetime) -> None:
        self.directory = directory
        self.present = present
        self.now = now
        self.begun: list[Beginning] = []
        self.ended: list[int] = []
        self.touched: set[int] = set()

    def settle(self, row: Row, touchpoint: Placed, unit_id: int) -> bool:
        """Begin and end what is new in the cell; whether that changes anything."""
        if COLUMN not in row.news and COLUMN not in row.waited:
            return False
        if COLUMN not in row.cells:  # this file has no such column
            row.wait_for(COLUMN, *row.waited[COLUMN])
            return False
        names, before, waited = parts(row.get(COLUMN)), parts(row.was(COLUMN)), row.waited.get(COLUMN, [])
        present = self.present.get(touchpoint.pk, {}) if touchpoint.pk is not None else {}
        wanted: set[int] = set()
        begins: list[int] = []
        refused: list[str] = []
        for name in names:
            department = self.directory.match(name, unit_id)
            if department is None:
                row.wait_for(COLUMN, name)
                row.note("unknown-supporting", name)
            elif name in before and name not in waited:
                wanted.add(department.id)
            elif department.archived:
                refused.append(name)
            elif department.id not in wanted:
                wanted.add(department.id)
                if department.id not in present:
                    begins.append(department.id)
        ends = [
            present[department.id].pk
            for name in before
            if name not in names
            and (department := self.directory.match(name, unit_id)) is not None
            and department.id not in wanted
            and department.id in present
        ]
        self._refuse(row, names, refused)
        self.ended += ends
        if not isinstance(touchpoint, NewTouchpoint) and (begins or ends):
            self.touched.add(touchpoint.pk)
        responsible = Ownership.Kind.RESPONSIBLE.value
        self.begun += [Beginning(touchpoint, department, None, responsible) for department in begins]
        return bool(begins or ends)

    def _refuse(self, row: Row, names: tuple[str, ...], refused: list[str]) -> None:
        """Leave archived departments out, and ask again with the next import."""
        if not refused:
            return
        reason = _("This department is archived and cannot become responsible. Name one that is open.")
        row.refuse(COLUMN, reason, "; ".join(refused))
        row.kept_back.discard(COLUMN)
        row.stored[COLUMN] = ";".join(name for name in names if name not in refused)

    def write(self) -> None:
        """Write what ends and begins: 2 statements."""
        if self.ended:
            Ownership.objects.filter(pk__in=self.ended).update(held_until=self.now)
        begin(self.begun, self.now)
