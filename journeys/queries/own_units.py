"""In which business units a person has departments of their own, and what they may not do there."""

from __future__ import annotations

from journeys.rules.claims import Place, may_release, speaks_for_owner
from workspace.organisation.models import Department
from workspace.organisation.rules.standing import Standing


def own_units(standing: Standing) -> frozenset[int]:
    """Units of the open departments that are the person's home or that they lead: at most 1 statement."""
    own = {department_id for department_id in (standing.department_id, *standing.leads) if department_id is not None}
    if not own:
        return frozenset()
    departments = Department.objects.filter(pk__in=own, archived_at__isnull=True).order_by()
    return frozenset(departments.values_list("unit_id", flat=True))


def check_may_release(standing: Standing, place: Place) -> None:
    """Raise NotAllowed unless the person may release; 1 statement where an executive does not speak for the owner."""
    asks = standing.is_executive and not speaks_for_owner(standing, place)
    may_release(standing, place, own_units=own_units(standing) if asks else frozenset()).or_not_allowed()
