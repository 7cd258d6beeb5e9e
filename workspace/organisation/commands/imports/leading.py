"""People whom a file appoints: heads of units, leads of departments."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.models import Department, DepartmentLead, Person


class Appointments:
    """The people that some rows name by e-mail, locked, and the leaderships that begin or end: 2 statements."""

    def __init__(self, emails: Collection[str]) -> None:
        held = Person.objects.select_for_update(no_key=True).filter(email__in={*emails} - {""}).order_by("pk")
        self.people = {person.email: person for person in held}
        leads = DepartmentLead.objects.filter(person__in=self.people.values()) if self.people else ()
        self.present = {(lead.department_id, lead.person_id): lead for lead in leads}
        self.new: dict[tuple[int, int], DepartmentLead] = {}
        self.ended: dict[tuple[int, int], DepartmentLead] = {}
        self.changed: set[tuple[int, int]] = set()

    def id_of(self, email: str) -> int | None:
        """The id of the person with this address."""
        person = self.people.get(email.lower())
        return person.pk if person else None

    def named(self, row: Row, column: str) -> Person | None:
        """The person whom the cell names, if they can be appointed; the cell is refused otherwise."""
        person = self.people.get(row.get(column).lower())
        if person is None:
            row.refuse(column, _("Nobody here has this address. Import the people, then this file again."))
        elif not person.works_here:
            row.refuse(column, _("This person does not work here any more. Name somebody who is active."))
        elif person.is_guest:
            row.refuse(column, _("A guest heads no unit and leads no department. Name somebody else."))
        else:
            return person
        return None

    def leads(self, department: Department, person: Person) -> bool:
        """Make the person lead; whether that changes anything."""
        place = (department.pk, person.pk)
        if place in self.new or (place in self.present and not self.present[place].is_deputy):
            return self.ended.pop(place, None) is not None
        self.new[place] = DepartmentLead(department=department, person=person, is_deputy=False)
        self.changed.add(place)
        return True

    def no_longer(self, department: Department | None, email: str) -> bool:
        """End a leadership that the file once named (a deputy stays); whether that changes anything."""
        person_id = self.id_of(email)
        if department is None or person_id is None:
            return False
        place = (department.pk, person_id)
        lead = self.present.get(place)
        if lead is None or lead.is_deputy or place in self.ended:
            return False
        self.ended[place] = lead
        self.changed.add(place)
        return True

    def write(self) -> None:
        """Write what begins and what ends: at most 2 statements."""
        if self.ended:
            DepartmentLead.objects.filter(pk__in=[lead.pk for lead in self.ended.values()]).delete()
        DepartmentLead.objects.bulk_create(
            self.new.values(),
            update_conflicts=True,
            unique_fields=["department", "person"],
            update_fields=["is_deputy"],
        )
