"""Importing people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.organisation import events
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.erased import is_erased
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.leading import Appointments
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.commands.invitations import close_invitations
from workspace.organisation.commands.sessions import drop_sessions
from workspace.organisation.commands.sharing import end_shares_of
from workspace.organisation.models import Department, Invitation, Person, Share
from workspace.organisation.queries.people import lasting_administrators
from workspace.organisation.rules.people import may_administer

FIELDS = {
    "name": "name",
    "job_title": "job_title",
    "department": "department_id",
    "time_zone": "time_zone",
    "is_active": "is_active",
    "left_on": "left_on",
}


def key_of(row: Mapping[str, str]) -> str:
    """People are known by their e-mail address."""
    return row["email"].lower()[:200]


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write people, then who of them leads: some 8 statements."""
    desk = _Desk(rows)
    for row in rows:
        desk.settle(row)
    desk.write_people()
    for row in rows:
        if not row.is_rejected:
            desk.appoint(row)
    return desk.write()


class _Desk:
    """The people that these rows name, locked, and what changes about them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.leading = Appointments({row.cells["email"].lower() for row in rows})
        self.people = dict(self.leading.people)
        codes = {row.get("department_code") for row in rows} | {row.was("department_code") for row in rows}
        self.departments = {department.code: department for department in Department.objects.filter(code__in=codes)}
        self.new: list[Person] = []
        self.changed: set[Person] = set()
        self.fields = {"version"}
        self.effects = Effects()
        self.lasting_administrators: set[int] | None = None

    def settle(self, row: Row) -> None:
        """Bring the person into being, or in line with what is new in the row."""
        if is_erased(row.cells["email"]):
            row.reject("email", _("This person was erased. Take the row out of the file."))
            return
        code = row.get("department_code")
        if "department_code" in row.news and code and code not in self.departments:
            row.reject("department_code", _("There is no department with this code. Import org first."))
            return
        email = row.cells["email"].lower()
        person = self.people.get(email)
        if person is None:
            person = self.people[email] = Person(email=email, password=make_password(None), joined_at=clock.now())
            self.new.append(person)
            self._write_fields(row, person)
            row.outcome = "added"
        elif self._write_fields(row, person):
            self._change(row, person)

    def _write_fields(self, row: Row, person: Person) -> bool:
        """Set what the row says anew; whether that changes the person."""
        before = {name: getattr(person, attribute) for name, attribute in FIELDS.items()}
        if "name" in row.news:
            person.name = row.cells["name"]
        if "job_title" in row.news:
            person.job_title = row.cells["job_title"]
        if "time_zone" in row.news:
            person.time_zone = row.values["time_zone"]
        if "department_code" in row.news:
            self._move(row, person)
        self._write_stay(row, person)
        changed = {name for name, attribute in FIELDS.items() if getattr(person, attribute) != before[name]}
        if not person._state.adding:
            self.fields |= changed
        return bool(changed)

    def _move(self, row: Row, person: Person) -> None:
        """Give the person another home; an emptied cell takes away only the one that the file had given."""
        old, new = person.department_id, self.departments.get(row.get("department_code"))
        was = self.departments.get(row.was("department_code"))
        if new is None and (was is None or old != was.pk):
            return
        person.department = new
        if old is not None and old != person.department_id:
            self.effects.ids["department"].add(old)

    def _write_stay(self, row: Row, person: Person) -> None:
        """Set whether and until when the person works here."""
        status = row.values.get("status")
        leaves = row.values.get("left_on") if "left_on" in row.news else person.left_on
        for column, ends in (
            ("status", status == "inactive"),
            ("left_on", "left_on" in row.news and leaves is not None),
        ):
            if ends and self._is_last_administrator(person):
                row.refuse(column, _("This person is the last administrator. Make somebody else one first."))
                if column == "status":
                    status = None
                else:
                    leaves = person.left_on
        if status:
            person.is_active = status == "active"
        if isinstance(leaves, date) or leaves is None:
            person.left_on = leaves
        if self.lasting_administrators is not None and not (person.is_active and person.left_on is None):
            self.lasting_administrators.discard(person.pk)

    def _is_last_administrator(self, person: Person) -> bool:
        """Whether nobody else who stays would administer the organisation, were this person to go."""
        if person.role != Person.Role.ADMINISTRATOR or not person.works_here:
            return False
        if self.lasting_administrators is None:
            db.lock("organisation.administrators")
            self.lasting_administrators = set(lasting_administrators().values_list("pk", flat=True))
        return not self.lasting_administrators - {person.pk}

    def _change(self, row: Row, person: Person) -> None:
        if row.outcome == "unchanged":
            row.outcome = "changed"
        self.changed.add(person)

    def write_people(self) -> None:
        """Write the new people and those who changed."""
        Person.objects.bulk_create(self.new)
        for person in self.changed:
            person.version += 1
        Person.objects.bulk_update(self.changed, sorted(self.fields), batch_size=500)
        self.effects.ids["person"] |= {person.pk for person in (*self.new, *self.changed)}
        self.effects.ids["gone"] |= {person.pk for person in self.changed if not person.works_here}

    def appoint(self, row: Row) -> None:
        """Let the person lead their home department, or no longer, when flag or department are new in the row."""
        if not {"is_lead", "department_code"} & row.news:
            return
        person = self.people[row.cells["email"].lower()]
        says, said = _says_yes(row.get("is_lead")), _says_yes(row.was("is_lead"))
        home = self.departments.get(row.get("department_code"))
        changed = False
        if said or (not says and row.get("is_lead")):
            old = self.departments.get(row.was("department_code") or row.get("department_code"))
            if old is not None and not (says and old == home):
                changed |= self.leading.no_longer(old, person.email)
        if says and self._may_lead(row, person, home) and home is not None:
            changed |= self.leading.leads(home, person)
        if changed:
            self.effects.ids["person"].add(person.pk)
            if row.outcome == "unchanged":
                row.outcome = "changed"

    def _may_lead(self, row: Row, person: Person, home: Department | None) -> bool:
        if home is None:
            row.refuse("is_lead", _("Somebody without a department leads none. Fill department_code."))
        elif home.archived_at is not None:
            row.refuse("is_lead", _("This person's department is archived; nobody can become its lead."))
        elif not person.works_here:
            row.refuse("is_lead", _("This person does not work here any more, and cannot lead a department."))
        elif person.is_guest:
            row.refuse("is_lead", _("A guest cannot lead a department."))
        else:
            return True
        return False

    def write(self) -> Effects:
        """Write who leads."""
        self.leading.write()
        self.effects.ids["department"] |= {department_id for department_id, _person in self.leading.changed}
        return self.effects


def _says_yes(cell: str) -> bool:
    return cell.lower() in cells.TRUE


def finish(effects: Effects, told: Told, actor: models.Model | None) -> None:
    """One event for the people that these rows touched, and the departments that they left or lead.

    Whoever does not work here any more is signed out, as if they had been seen off on their page.
    """
    if effects.ids["gone"]:
        _see_off(effects.ids["gone"], actor)
    people = sorted(effects.ids["person"])
    if people:
        data = told.data(what="people", department=sorted(effects.ids["department"]))
        record(actor, Happening(events.IMPORTED, data=data, subjects=("person", people)))


def _see_off(gone: Collection[int], actor: models.Model | None) -> None:
    """End sessions, open invitations, and what is shared with those who were deactivated: 4 statements without any."""
    by = actor if isinstance(actor, Person) else None
    drop_sessions(Q(user__in=gone))
    people = Person.objects.filter(pk__in=gone)
    for person in people.filter(pk__in=Invitation.objects.unanswered().values("person")).order_by("pk"):
        close_invitations(person, actor=by)
    sharing = Share.objects.filter(ended_at__isnull=True).values("guest")
    for guest in people.filter(is_active=False, pk__in=sharing).order_by("pk"):
        end_shares_of(guest, actor=by)


PEOPLE = ImportKind(
    code="people",
    columns=(
        Column("email", required=True, filled=True, longest=200, read=cells.email),
        Column("name", required=True, filled=True, longest=150),
        Column("department_code", required=True, longest=50),
        Column("job_title", longest=150),
        Column("is_lead", read=cells.truth, empty=False),
        Column("status", read=cells.choice("active", "inactive")),
        Column("left_on", read=cells.day, empty=None),
        Column("time_zone", longest=64, read=cells.time_zone),
    ),
    key=key_of,
    key_column="email",
    may_import=may_administer,
    take=take,
    finish=finish,
    rehearsed_at_once=True,
)
