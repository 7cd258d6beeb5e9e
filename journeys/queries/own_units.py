"""In which business units a person has departments of their own, and what they may not do there."""

from __future__ import annotations

from journeys.rules.claims import Place, may_release, speaks_for_owner
from workspace.organisation.models import Department
from workspace.organisation.rules.standing import Standing


def own_units(standing: Standing) -> frozenset[int]:
    """Units of the open departments that are the person's home or that they lead: at most 1 statement."""
    if not standing.own_departments:
        return frozenset()
    departments = Department.objects.filter(pk__in=standing.own_departments, archived_at__isnull=True).order_by()
    return frozenset(departments.values_list("unit_id", flat=True))


def own_units_if_asked(standing: Standing, place: Place) -> frozenset[int]:
    """The same where `may_release` asks for it, which is of executives who do not speak for the owner: 1 statement."""
    asks = standing.is_executive and not speaks_for_owner(standing, place)
    return own_units(standing) if asks else frozenset()


def check_may_release(standing: Standing, place: Place) -> None:
    """Raise NotAllowed unless the person may release; 1 statement where an executive does not speak for the owner."""
    may_release(standing, place, own_units=own_units_if_asked(standing, place)).or_not_allowed()
