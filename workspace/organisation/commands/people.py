"""Adding people, changing what they are, and seeing them off."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.models import Department, DepartmentLead, Person
from workspace.organisation.queries.people import lasting_administrators, standing_of
from workspace.organisation.rules.people import (
    is_delegate_chain_open,
    is_time_zone,
    may_administer,
    may_appoint_lead,
    may_set_delegate,
)


@db.command
def create_person(
    email: str,
    *,
    name: str,
    department: Department | None = None,
    job_title: str = "",
    role: str = Person.Role.MEMBER,
    time_zone: str = "",
    password: str | None = None,
    actor: Person | None,
) -> Person:
    """Add a person; without a password they cannot sign in yet.

    Raises NotAllowed; RuleBroken for a wrong or taken e-mail address, an empty name, an archived department, or an
    unknown role or time zone.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    email, name = email.strip().lower(), name.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise RuleBroken(_("“%(email)s” is no e-mail address.") % {"email": email}) from None
    if not name:
        raise RuleBroken(_("A person needs a name."))
    if role not in Person.Role.values:
        raise RuleBroken(_("“%(role)s” is no role.") % {"role": role}, next_step=", ".join(Person.Role.values))
    is_time_zone(time_zone).or_rule_broken()
    _check_open(department)
    db.lock("organisation.people")
    if Person.objects.filter(email=email).exists():
        raise RuleBroken(_("There is a person with the address %(email)s already.") % {"email": email})
    person = Person(email=email, name=name, department=department, job_title=job_title, role=role, time_zone=time_zone)
    person.set_password(password)
    person.save(force_insert=True)
    record(actor, Happening(events.PERSON_CREATED, person, {"department": person.department_id, "role": role}))
    return person


@db.command
def change_person(
    person: Person,
    *,
    name: str | None = None,
    job_title: str | None = None,
    department: Department | None = None,
    time_zone: str | None = None,
    actor: Person | None,
) -> Person:
    """Change name, job title, home department or time zone; None leaves a field as it is.

    Raises NotAllowed; RuleBroken for an empty name, an archived department or an unknown time zone.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    _check_open(department)
    is_time_zone(time_zone or "").or_rule_broken()
    if name is not None and not name.strip():
        raise RuleBroken(_("A person needs a name."))
    hold(person)
    given = {"name": name and name.strip(), "job_title": job_title, "department": department, "time_zone": time_zone}
    changed = [field for field, value in given.items() if value is not None and getattr(person, field) != value]
    if not changed:
        return person
    old_department = person.department_id
    for field in changed:
        setattr(person, field, given[field])
    save(person, *changed)
    data = {"fields": ", ".join(changed), "department": person.department_id, "old_department": old_department}
    record(actor, Happening(events.PERSON_CHANGED, person, data))
    return person


@db.command
def set_role(person: Person, *, role: str, actor: Person | None) -> Person:
    """Change the role. Raises NotAllowed; RuleBroken for an unknown role or the last administrator."""
    may_administer(standing_of(actor)).or_not_allowed()
    if role not in Person.Role.values:
        raise RuleBroken(_("“%(role)s” is no role.") % {"role": role}, next_step=", ".join(Person.Role.values))
    hold(person)
    if role != Person.Role.ADMINISTRATOR:
        _keep_an_administrator(person)
    old, person.role = person.role, role
    save(person, "role")
    record(actor, Happening(events.PERSON_ROLE_SET, person, {"old": old, "new": role}))
    return person


@db.command
def deactivate_person(person: Person, *, actor: Person | None) -> Person:
    """Shut a person out at once; what they own is flagged. Raises NotAllowed; RuleBroken for the last administrator."""
    may_administer(standing_of(actor)).or_not_allowed()
    _keep_an_administrator(hold(person))
    person.is_active = False
    save(person, "is_active")
    record(actor, Happening(events.PERSON_DEACTIVATED, person))
    return person


@db.command
def reactivate_person(person: Person, *, actor: Person | None) -> Person:
    """Let a person in again. Raises NotAllowed."""
    may_administer(standing_of(actor)).or_not_allowed()
    hold(person)
    person.is_active, person.left_on = True, None
    save(person, "is_active", "left_on")
    record(actor, Happening(events.PERSON_REACTIVATED, person))
    return person


@db.command
def set_leaving_date(person: Person, *, on: date | None, actor: Person | None) -> Person:
    """Note the first day on which the person is gone, or take the note back.

    Raises NotAllowed; RuleBroken for the last administrator.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    hold(person)
    if on is not None:
        _keep_an_administrator(person)
    old, person.left_on = person.left_on, on
    save(person, "left_on")
    record(
        actor,
        Happening(
            events.PERSON_LEAVING,
            person,
            {"on": on.isoformat() if on else None, "old": old.isoformat() if old else None},
        ),
    )
    return person


@db.command
def set_delegate(person: Person, *, delegate: Person | None, actor: Person | None) -> Person:
    """Name who stands in for a person, or nobody.

    Raises NotAllowed; RuleBroken for somebody who left, oneself, or a chain that leads back.
    """
    may_set_delegate(standing_of(actor), person_id=person.pk).or_not_allowed()
    hold(person)
    db.lock("organisation.delegates")  # two halves of a circle could otherwise be written at once
    if delegate is not None:
        delegate.refresh_from_db()
        if not delegate.works_here:
            raise RuleBroken(
                _("%(name)s does not work here any more.") % {"name": delegate.name},
                next_step=_("Choose somebody who is active."),
            )
        chain = dict(
            Person.objects.filter(delegate__isnull=False).exclude(pk=person.pk).values_list("id", "delegate_id")
        )
        is_delegate_chain_open(chain, person_id=person.pk, delegate_id=delegate.pk).or_rule_broken()
    old, person.delegate = person.delegate_id, delegate
    save(person, "delegate")
    record(actor, Happening(events.DELEGATE_SET, person, {"delegate": person.delegate_id, "old": old}))
    return person


@db.command
def add_lead(
    department: Department, *, person: Person, is_deputy: bool = False, actor: Person | None
) -> DepartmentLead:
    """Appoint a lead or a deputy; somebody who is the one already becomes the other.

    Raises NotAllowed; RuleBroken for an archived department, a guest, or somebody who left.
    """
    may_appoint_lead(standing_of(actor), unit_id=department.unit_id).or_not_allowed()
    _check_open(department)
    person.refresh_from_db()
    if not person.works_here or person.is_guest:
        raise RuleBroken(
            _("%(name)s cannot lead a department.") % {"name": person.name},
            next_step=_("Choose somebody who is active and no guest."),
        )
    lead, _created = DepartmentLead.objects.update_or_create(
        department=department, person=person, defaults={"is_deputy": is_deputy}
    )
    kind = events.DEPUTY_ADDED if is_deputy else events.LEAD_ADDED
    record(actor, Happening(kind, department, {"person": person.pk}))
    return lead


@db.command
def remove_lead(department: Department, *, person: Person, actor: Person | None) -> None:
    """End a leadership. Raises NotAllowed; RuleBroken when the person does not lead the department."""
    may_appoint_lead(standing_of(actor), unit_id=department.unit_id).or_not_allowed()
    deleted, _rows = DepartmentLead.objects.filter(department=department, person=person).delete()
    if not deleted:
        raise RuleBroken(
            _("%(name)s does not lead %(department)s.") % {"name": person.name, "department": department.name}
        )
    record(actor, Happening(events.LEAD_REMOVED, department, {"person": person.pk}))


def _check_open(department: Department | None) -> None:
    """Raise RuleBroken for a department that is archived by now."""
    if department is None:
        return
    department.refresh_from_db()
    if department.archived_at is not None:
        raise RuleBroken(
            _("%(name)s is archived.") % {"name": department.name}, next_step=_("Choose one that is open.")
        )


def _keep_an_administrator(person: Person) -> None:
    """Raise RuleBroken when nobody else who stays would administer the organisation."""
    if person.role != Person.Role.ADMINISTRATOR or not person.works_here:
        return
    db.lock("organisation.administrators")
    if not lasting_administrators().exclude(pk=person.pk).exists():
        raise RuleBroken(
            _("%(name)s is the last administrator.") % {"name": person.name},
            next_step=_("Make somebody else an administrator first."),
        )
