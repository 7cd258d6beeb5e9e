"""Adding people, changing what they are, and seeing them off."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.addresses import vouch_for_address
from workspace.organisation.commands.entering import address_of, check_known, check_open, enter_person
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.commands.invitations import close_invitations
from workspace.organisation.commands.letters import tell_former_address
from workspace.organisation.commands.sessions import drop_sessions
from workspace.organisation.commands.sharing import end_shares_of
from workspace.organisation.commands.tokens import drop_tokens
from workspace.organisation.models import Department, DepartmentLead, Person
from workspace.organisation.queries.people import lasting_administrators, standing_of
from workspace.organisation.rules.people import (
    delegate_chain,
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
    """Add a person; without a password they cannot sign in yet. With one, whoever adds them vouches for the address.

    Raises NotAllowed; RuleBroken for a wrong or taken e-mail address, an empty name, an archived department, or an
    unknown role or time zone.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    person = enter_person(
        email,
        name=name,
        department=department,
        job_title=job_title,
        role=role,
        time_zone=time_zone,
        password=password,
        actor=actor,
    )
    if password is not None:
        vouch_for_address(person)
    return person


@db.command
def change_person(
    person: Person,
    *,
    name: str | None = None,
    job_title: str | None = None,
    department: Department | None = None,
    has_home: bool = True,
    time_zone: str | None = None,
    actor: Person | None,
) -> Person:
    """Change name, job title, home department or time zone; None leaves a field as it is.

    Without `has_home` the person has no home department any more.

    Raises NotAllowed; RuleBroken for an empty name, an archived department, an unknown time zone, or somebody who was
    erased.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    check_open(department)
    is_time_zone(time_zone or "").or_rule_broken()
    if name is not None and not name.strip():
        raise RuleBroken(_("A person needs a name."))
    check_known(hold(person))
    given = {"name": name and name.strip(), "job_title": job_title, "department": department, "time_zone": time_zone}
    changed = [field for field, value in given.items() if value is not None and getattr(person, field) != value]
    if not has_home and person.department_id is not None:
        given["department"] = None
        changed = [*(field for field in changed if field != "department"), "department"]
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
def change_email(person: Person, *, email: str, actor: Person | None) -> Person:
    """Give a person another address to sign in with: people marry, and domains change. The log does not keep it.

    The administrator vouches for it, and the old one proves nothing any more. The person is signed out everywhere, and
    told at the old one where mail is configured.

    Raises NotAllowed; RuleBroken for a wrong or taken address, or somebody who was erased.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    email = address_of(email)
    check_known(hold(person))
    db.lock("organisation.people")
    if Person.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise RuleBroken(_("There is a person with the address %(email)s already.") % {"email": email})
    if email != person.email:
        former, person.email = person.email, email
        save(person, "email")
        vouch_for_address(person)
        drop_sessions(Q(user=person))
        record(actor, Happening(events.PERSON_EMAIL_CHANGED, person))
        tell_former_address(person, former)
        close_invitations(person, actor=actor)  # its link went to the former address
    return person


@db.command
def deactivate_person(person: Person, *, actor: Person | None) -> Person:
    """Shut a person out at once; what they own is flagged, and nothing is shared with them any more.

    Raises NotAllowed; RuleBroken for the last administrator.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    keep_an_administrator(hold(person))
    person.is_active = False
    save(person, "is_active")
    drop_sessions(Q(user=person))
    drop_tokens(person)
    record(actor, Happening(events.PERSON_DEACTIVATED, person))
    close_invitations(person, actor=actor)
    end_shares_of(person, actor=actor)
    return person


@db.command
def reactivate_person(person: Person, *, actor: Person | None) -> Person:
    """Let a person in again. Raises NotAllowed; RuleBroken for somebody who was erased."""
    may_administer(standing_of(actor)).or_not_allowed()
    check_known(hold(person))
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
        keep_an_administrator(person)
    old, person.left_on = person.left_on, on
    save(person, "left_on")
    if not person.works_here:
        drop_sessions(Q(user=person))
        drop_tokens(person)
        close_invitations(person, actor=actor)
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

    Raises NotAllowed; RuleBroken for a guest or somebody who left, oneself, or a chain that leads back.
    """
    may_set_delegate(standing_of(actor), person_id=person.pk).or_not_allowed()
    check_known(hold(person))
    db.lock("organisation.delegates")  # two halves of a circle could otherwise be written at once
    if delegate is not None:
        delegate.refresh_from_db()
        if not delegate.works_here:
            raise RuleBroken(
                _("%(name)s does not work here any more.") % {"name": delegate.name},
                next_step=_("Choose somebody who is active."),
            )
        if delegate.is_guest:
            raise RuleBroken(
                _("%(name)s is a guest, and stands in for nobody.") % {"name": delegate.name},
                next_step=_("Choose somebody of the house."),
            )
        chain = dict(
            Person.objects.filter(delegate__isnull=False).exclude(pk=person.pk).values_list("id", "delegate_id")
        )
        ids = delegate_chain(chain, person_id=person.pk, delegate_id=delegate.pk)
        names = dict(Person.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))
        open_ended = is_delegate_chain_open(chain, person_id=person.pk, delegate_id=delegate.pk, names=names)
        open_ended.or_rule_broken()
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
    check_open(department)
    hold(person)  # they may be becoming a guest, or leaving, at this moment
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


def keep_an_administrator(person: Person) -> None:
    """Raise RuleBroken when nobody else who stays would administer the organisation."""
    if person.role != Person.Role.ADMINISTRATOR or not person.works_here:
        return
    db.lock("organisation.administrators")
    if not lasting_administrators().exclude(pk=person.pk).exists():
        raise RuleBroken(
            _("%(name)s is the last administrator.") % {"name": person.name},
            next_step=_("Make somebody else an administrator first."),
        )
