"""Crossings with the owners of both ends joined: what the rules about boundaries look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from journeys.models import Crossing, Handoff


def accountable(relation: str, moment: datetime | None = None) -> Q:
    """The condition that the ownership at the end of `relation` makes its department accountable now, or held then."""
    is_accountable = Q(**{f"{relation}__kind": "accountable"})
    is_open = Q(**{f"{relation}__held_until__isnull": True})
    if moment is None:
        return is_accountable & is_open
    ends_later = Q(**{f"{relation}__held_until__gt": moment})
    return is_accountable & Q(**{f"{relation}__held_from__lte": moment}) & (is_open | ends_later)


def crossings_with_owners(moment: datetime | None = None) -> QuerySet[Any, Any]:
    """Active crossings; `from_owner` and `to_owner` are the accountable ownerships (empty where unowned).

    They are those of now, or of a `moment` that is past.
    """
    return Crossing.objects.filter(active=True).annotate(
        from_owner=FilteredRelation("source__ownerships", condition=accountable("source__ownerships", moment)),
        to_owner=FilteredRelation("target__ownerships", condition=accountable("target__ownerships", moment)),
    )


def owned_crossings() -> QuerySet[Any, Any]:
    """Active crossings with an owner at both ends; which departments these are, and in which units."""
    both = crossings_with_owners().annotate(
        from_department=F("from_owner__department_id"),
        to_department=F("to_owner__department_id"),
        from_unit=F("from_owner__department__unit_id"),
        to_unit=F("to_owner__department__unit_id"),
    )
    owned: QuerySet[Any, Any] = both.filter(from_unit__isnull=False, to_unit__isnull=False)
    return owned


def has_accepted_handoff() -> Exists:
    """The condition that both owners of one of `owned_crossings` have accepted a handoff."""
    return Exists(
        Handoff.objects.filter(
            crossing=OuterRef("pk"),
            state=Handoff.State.ACCEPTED,
            from_department=OuterRef("from_department"),
            to_department=OuterRef("to_department"),
        )
    )
