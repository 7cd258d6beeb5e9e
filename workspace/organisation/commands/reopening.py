"""Opening again what was archived by mistake, and naming its successor afterwards."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.commands.units import check_open, check_successor
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_administer


@db.command
def restore_unit(unit: BusinessUnit, *, actor: Person | None) -> BusinessUnit:
    """Open an archived unit again, without a successor then. Raises NotAllowed; RuleBroken for one that is open."""
    may_administer(standing_of(actor)).or_not_allowed()
    _check_archived(hold(unit))
    unit.archived_at, unit.merged_into = None, None
    save(unit, "archived_at", "merged_into")
    record(actor, Happening(events.UNIT_RESTORED, unit))
    return unit


@db.command
def restore_department(department: Department, *, actor: Person | None) -> Department:
    """Open an archived department again, without a successor then; what went to another stays there.

    Raises NotAllowed; RuleBroken for one that is open, or whose unit is archived.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    _check_archived(hold(department))
    check_open(department.unit)
    department.archived_at, department.merged_into = None, None
    save(department, "archived_at", "merged_into")
    record(actor, Happening(events.DEPARTMENT_RESTORED, department))
    return department


@db.command
def set_unit_successor(unit: BusinessUnit, *, successor: BusinessUnit | None, actor: Person | None) -> BusinessUnit:
    """Name who came after an archived unit, or nobody. Raises NotAllowed; RuleBroken as for archiving."""
    may_administer(standing_of(actor)).or_not_allowed()
    _check_archived(hold(unit))
    check_successor(unit, successor)
    unit.merged_into = successor
    save(unit, "merged_into")
    record(actor, Happening(events.UNIT_SUCCESSOR_SET, unit, {"successor": unit.merged_into_id}))
    return unit


@db.command
def set_department_successor(
    department: Department, *, successor: Department | None, actor: Person | None
) -> Department:
    """Name who came after an archived department, or nobody. Raises NotAllowed; RuleBroken as for archiving."""
    may_administer(standing_of(actor)).or_not_allowed()
    _check_archived(hold(department))
    check_successor(department, successor)
    department.merged_into = successor
    save(department, "merged_into")
    record(actor, Happening(events.DEPARTMENT_SUCCESSOR_SET, department, {"successor": department.merged_into_id}))
    return department


def _check_archived(row: BusinessUnit | Department) -> None:
    if row.archived_at is None:
        raise RuleBroken(_("%(name)s is open.") % {"name": row.name}, next_step=_("Nothing is left to do."))
