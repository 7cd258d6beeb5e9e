"""Creating, renaming and archiving business units and departments."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import is_successor_chain_open, may_administer


@db.command
def create_unit(name: str, *, head: Person | None = None, actor: Person | None) -> BusinessUnit:
    """Create a business unit. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_administer(standing_of(actor)).or_not_allowed()
    name = name.strip()
    if not name:
        raise RuleBroken(_("A business unit needs a name."))
    db.lock("organisation.units")
    if BusinessUnit.objects.filter(name__iexact=name).exists():
        raise RuleBroken(
            _("There is a business unit “%(name)s” already.") % {"name": name}, next_step=_("Choose another name.")
        )
    unit = BusinessUnit.objects.create(name=name)
    record(actor, Happening(events.UNIT_CREATED, unit))
    if head is not None:
        set_unit_head(unit, head=head, actor=actor)
    return unit


@db.command
def rename_unit(unit: BusinessUnit, *, name: str, actor: Person | None) -> BusinessUnit:
    """Rename a business unit. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_administer(standing_of(actor)).or_not_allowed()
    name = name.strip()
    hold(unit)
    db.lock("organisation.units")
    if not name or BusinessUnit.objects.filter(name__iexact=name).exclude(pk=unit.pk).exists():
        raise RuleBroken(_("“%(name)s” is empty or taken.") % {"name": name}, next_step=_("Choose another name."))
    old, unit.name = unit.name, name
    save(unit, "name")
    record(actor, Happening(events.UNIT_RENAMED, unit, {"old": old, "new": name}))
    return unit


@db.command
def set_unit_head(unit: BusinessUnit, *, head: Person | None, actor: Person | None) -> BusinessUnit:
    """Appoint the head of a unit, or leave it without. Raises NotAllowed; RuleBroken for a guest or who has left."""
    may_administer(standing_of(actor)).or_not_allowed()
    if head is not None:
        hold(head)  # before the unit, as whoever makes them a guest does
    hold(unit)
    if head is not None and (not head.works_here or head.is_guest):
        raise RuleBroken(
            _("%(name)s cannot head a business unit.") % {"name": head.name},
            next_step=_("Choose somebody who is active and no guest."),
        )
    old, unit.head = unit.head_id, head
    save(unit, "head")
    record(actor, Happening(events.UNIT_HEAD_SET, unit, {"person": unit.head_id, "old": old}))
    return unit


@db.command
def archive_unit(unit: BusinessUnit, *, merged_into: BusinessUnit | None = None, actor: Person | None) -> BusinessUnit:
    """Archive a unit without open departments. Raises NotAllowed; RuleBroken with what stands in the way."""
    may_administer(standing_of(actor)).or_not_allowed()
    if hold(unit).archived_at is not None:
        raise RuleBroken(_("%(name)s is archived already.") % {"name": unit.name})
    open_departments = unit.departments.filter(archived_at__isnull=True).count()
    if open_departments:
        raise RuleBroken(
            _("%(unit)s still has %(n)d open departments.") % {"unit": unit.name, "n": open_departments},
            next_step=_("Archive or move them first."),
        )
    check_successor(unit, merged_into)
    unit.archived_at = clock.now()
    unit.merged_into = merged_into
    save(unit, "archived_at", "merged_into")
    record(actor, Happening(events.UNIT_ARCHIVED, unit, {"successor": unit.merged_into_id}))
    return unit


@db.command
def create_department(name: str, *, unit: BusinessUnit, code: str, actor: Person | None) -> Department:
    """Create a department in a unit. Raises NotAllowed; RuleBroken when name or code is empty, or the code is taken."""
    may_administer(standing_of(actor)).or_not_allowed()
    name, code = name.strip(), code.strip()
    if not name or not code:
        raise RuleBroken(_("A department needs a name and a code."))
    check_open(unit)
    db.lock("organisation.departments")
    if Department.objects.filter(code=code).exists():
        raise RuleBroken(_("The code “%(code)s” is taken.") % {"code": code}, next_step=_("Choose another code."))
    department = Department.objects.create(name=name, unit=unit, code=code)
    record(actor, Happening(events.DEPARTMENT_CREATED, department, {"unit": unit.pk}))
    return department


@db.command
def change_department(
    department: Department, *, name: str | None = None, unit: BusinessUnit | None = None, actor: Person | None
) -> Department:
    """Rename a department, or move it to another unit; None leaves a field as it is.

    Raises NotAllowed; RuleBroken for an empty name or an archived unit.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    if name is not None and not name.strip():
        raise RuleBroken(_("A department needs a name and a code."))
    hold(department)
    if unit is not None and unit != department.unit:
        check_open(unit)
    given = {"name": name and name.strip(), "unit": unit}
    changed = [field for field, value in given.items() if value is not None and getattr(department, field) != value]
    if changed:
        old_unit = department.unit_id
        for field in changed:
            setattr(department, field, given[field])
        save(department, *changed)
        data = {"fields": ", ".join(changed), "unit": department.unit_id, "old_unit": old_unit}
        record(actor, Happening(events.DEPARTMENT_CHANGED, department, data))
    return department


@db.command
def archive_department(
    department: Department, *, merged_into: Department | None = None, actor: Person | None
) -> Department:
    """Archive a department; what it owns is flagged until it is moved.

    Raises NotAllowed; RuleBroken when it is archived already or the successor is archived, itself, or leads back.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    if hold(department).archived_at is not None:
        raise RuleBroken(_("%(name)s is archived already.") % {"name": department.name})
    check_successor(department, merged_into)
    department.archived_at = clock.now()
    department.merged_into = merged_into
    save(department, "archived_at", "merged_into")
    record(actor, Happening(events.DEPARTMENT_ARCHIVED, department, {"successor": department.merged_into_id}))
    return department


def check_open(unit: BusinessUnit) -> None:
    """Raise RuleBroken for a unit that is archived; otherwise it is not, until the transaction ends."""
    if hold(unit).archived_at is not None:
        raise RuleBroken(_("%(unit)s is archived.") % {"unit": unit.name}, next_step=_("Choose a unit that is open."))


def check_successor(subject: BusinessUnit | Department, successor: BusinessUnit | Department | None) -> None:
    """Raise RuleBroken for a successor that is archived, itself, or leads back; the chain stands from now on."""
    db.lock("organisation.successors")  # two could otherwise be merged into each other at once
    if successor is None:
        return
    successor.refresh_from_db()
    if successor.archived_at is not None:
        raise RuleBroken(
            _("%(name)s is archived and cannot take over.") % {"name": successor.name},
            next_step=_("Choose one that is open."),
        )
    chain = dict(type(subject).objects.filter(merged_into__isnull=False).values_list("id", "merged_into_id"))
    is_successor_chain_open(chain, subject_id=subject.pk, successor_id=successor.pk).or_rule_broken()
