"""What becomes of the crossings at a department's touchpoints when its unit, or their owner, is another."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import ngettext

from journeys.queries.catalogue.crossing_owners import has_accepted_handoff, owned_crossings
from workspace.organisation.models import BusinessUnit, Department
from workspace.organisation.registry import Matter


def at_border(department: Department) -> QuerySet[Any, Any]:
    """The crossings between a department's touchpoints and another's, with the unit of that other."""
    ends = owned_crossings().filter(Q(from_department=department.pk) | Q(to_department=department.pk))
    other = Case(When(from_department=department.pk, then=F("to_unit")), default=F("from_unit"))
    between: QuerySet[Any, Any] = ends.exclude(from_department=F("to_department")).annotate(other=other)
    return between


def apart_elsewhere(department: Department) -> QuerySet[Any, Any]:
    """Those that come to be flagged when the department moves to any other unit: accepted handoffs stay accepted."""
    return at_border(department).filter(~has_accepted_handoff(), other=department.unit_id)


def together_in(department: Department, unit: BusinessUnit) -> QuerySet[Any, Any]:
    """Those whose flag closes when the department moves to this unit."""
    return at_border(department).filter(~has_accepted_handoff(), other=unit.pk)


def apart_under(department: Department, to: Department) -> QuerySet[Any, Any]:
    """Those that come to be flagged when `to` owns all that the department does: handoffs are void then."""
    others = at_border(department).exclude(other=to.unit_id)
    return others.filter(Q(other=department.unit_id) | Q(has_accepted_handoff()))


def together_under(department: Department, to: Department) -> QuerySet[Any, Any]:
    """Those whose flag closes when `to` owns all that the department does."""
    return at_border(department).filter(~has_accepted_handoff(), other=to.unit_id).exclude(other=department.unit_id)


def crossing_matters(apart: int, together: int) -> list[Matter]:
    """So many crossings come to be flagged, and so many flags close."""
    matters = []
    if apart:
        text = ngettext(
            "%(n)d crossing lies between the owners of two units then, who have not agreed on a handoff: it will be"
            " flagged as “Handoff not agreed”.",
            "%(n)d crossings lie between the owners of two units then, who have not agreed on handoffs: they will be"
            " flagged as “Handoff not agreed”.",
            apart,
        )
        matters.append(Matter("apart", apart, text % {"n": apart}, "warn"))
    if together:
        text = ngettext(
            "%(n)d crossing has both its owners in one unit then: its flag “Handoff not agreed” closes.",
            "%(n)d crossings have both their owners in one unit then: their flags “Handoff not agreed” close.",
            together,
        )
        matters.append(Matter("together", together, text % {"n": together}, "good"))
    return matters
