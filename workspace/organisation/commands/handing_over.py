"""Bringing all that a department holds to its successor, and all that a person answers for to another."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.people import add_lead, remove_lead
from workspace.organisation.commands.reopening import set_department_successor
from workspace.organisation.commands.units import archive_department, set_unit_head
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import holdings
from workspace.organisation.rules.people import may_administer


@db.command
def merge_department(department: Department, *, into: Department, actor: Person | None) -> Department:
    """Archive a department (unless it is already) and bring its people and all that it holds to its successor.

    Raises NotAllowed; RuleBroken when the successor is archived, the department itself, or leads back.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    db.lock_rows(Department, sorted({department.pk, into.pk}))
    into.refresh_from_db()
    if into.archived_at is not None or into.pk == department.pk:
        raise RuleBroken(
            _("%(name)s cannot take over.") % {"name": into.name},
            next_step=_("Choose another department that is open."),
        )
    for holding in holdings():
        holding.move(department, to=into, actor=actor)
    _move_people(department, into, actor)
    department.refresh_from_db()
    if department.archived_at is None:
        return archive_department(department, merged_into=into, actor=actor)
    if department.merged_into_id != into.pk:
        return set_department_successor(department, successor=into, actor=actor)
    return department


def _move_people(department: Department, into: Department, actor: Person | None) -> None:
    at_home = Person.objects.filter(department=department)
    ids = list(at_home.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    at_home.update(department=into, version=F("version") + 1)
    data = {"department": into.pk, "old_department": department.pk, "count": len(ids)}
    record(actor, Happening(events.PEOPLE_MOVED, data=data, subjects=("person", ids)))


@db.command
def hand_over(person: Person, *, to: Person | None, with_leads: bool = False, actor: Person | None) -> Person:
    """Let another answer for all that a person answers for; None: nobody in particular, which is the leads.

    `with_leads`: also head the units and lead the departments that the person does, who does so no more. Raises
    NotAllowed; RuleBroken for a guest, somebody who left, or the person themselves.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    if to is not None and to.pk == person.pk:
        raise RuleBroken(
            _("%(name)s cannot take over from themselves.") % {"name": person.name}, next_step=_("Choose another.")
        )
    if to is not None and with_leads:
        _hand_over_leads(person, to, actor)
    for holding in holdings():
        holding.hand_over(person, to=to, actor=actor)
    return person


@db.command
def see_off(
    person: Person, end: Callable[[], object], *, to: Person | None, with_leads: bool = False, actor: Person | None
) -> Person:
    """Let another take over what a person answers for, if anybody does, and `end` their time here, in one transaction.

    Raises as `hand_over` and `end` do.
    """
    if to is not None:
        hand_over(person, to=to, with_leads=with_leads, actor=actor)
    end()
    return person


def _hand_over_leads(person: Person, to: Person, actor: Person | None) -> None:
    led = person.leaderships.filter(department__archived_at__isnull=True).select_related("department")
    theirs = dict(to.leaderships.values_list("department", "is_deputy"))
    for lead in led:
        is_deputy = theirs.get(lead.department_id)
        if is_deputy is None or (is_deputy and not lead.is_deputy):
            add_lead(lead.department, person=to, is_deputy=lead.is_deputy, actor=actor)
        remove_lead(lead.department, person=person, actor=actor)
    for unit in BusinessUnit.objects.filter(head=person).order_by("pk"):
        set_unit_head(unit, head=to, actor=actor)
