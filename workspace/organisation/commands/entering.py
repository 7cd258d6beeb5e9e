"""The row of a new person, for the commands that add one: what it must be, whoever adds it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.models import Department, Person
from workspace.organisation.rules.people import is_time_zone


def enter_person(
    email: str,
    *,
    name: str,
    department: Department | None,
    job_title: str,
    role: str,
    time_zone: str,
    password: str | None,
    actor: Person | None,
) -> Person:
    """Write a person in the caller's transaction, who has decided that the actor may.

    Raises RuleBroken for a wrong or taken e-mail address, an empty name, an archived department, or an unknown role or
    time zone.
    """
    email, name = address_of(email), name.strip()
    if not name:
        raise RuleBroken(_("A person needs a name."))
    if role not in Person.Role.values:
        raise RuleBroken(_("“%(role)s” is no role.") % {"role": role}, next_step=", ".join(Person.Role.values))
    is_time_zone(time_zone).or_rule_broken()
    check_open(department)
    db.lock("organisation.people")
    if Person.objects.filter(email=email).exists():
        raise RuleBroken(_("There is a person with the address %(email)s already.") % {"email": email})
    person = Person(email=email, name=name, department=department, job_title=job_title, role=role, time_zone=time_zone)
    person.set_password(password)
    person.save(force_insert=True)
    record(actor, Happening(events.PERSON_CREATED, person, {"department": person.department_id, "role": role}))
    return person


def address_of(email: str) -> str:
    """The address as the house keeps it. Raises RuleBroken for what is none."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise RuleBroken(_("“%(email)s” is no e-mail address.") % {"email": email}) from None
    return email


def check_known(person: Person) -> None:
    """Raise RuleBroken for somebody who was erased, and is nobody any more."""
    if person.erased_at is not None:
        raise RuleBroken(_("This person was erased, and nobody knows who it was."), next_step=_("Add them anew."))


def check_open(department: Department | None) -> None:
    """Raise RuleBroken for a department that is archived by now."""
    if department is None:
        return
    department.refresh_from_db()
    if department.archived_at is not None:
        raise RuleBroken(
            _("%(name)s is archived.") % {"name": department.name}, next_step=_("Choose one that is open.")
        )
