"""Crossings with the owners of both ends joined: what the rules about boundaries look at."""

from __future__ import annotations

from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from journeys.models import Crossing


def crossings_with_owners() -> QuerySet[Any, Any]:
    """Active crossings; `from_owner` and `to_owner` are the current accountable ownerships (empty where unowned)."""
    return Crossing.objects.filter(active=True).annotate(
        from_owner=FilteredRelation(
            "source__ownerships",
            condition=Q(source__ownerships__held_until__isnull=True, source__ownerships__kind="accountable"),
        ),
        to_owner=FilteredRelation(
            "target__ownerships",
            condition=Q(target__ownerships__held_until__isnull=True, target__ownerships__kind="accountable"),
        ),
    )
