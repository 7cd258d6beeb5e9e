"""A touchpoint as a guest sees it: what customers meet, who answers for it, and where they come from and go to.

Guests see nothing else of the house: no business units, claims, flags, handoffs, former owners or history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.utils.formats import number_format

from journeys.models import Ownership, Touchpoint
from journeys.queries.catalogue.crossing_owners import crossings_with_owners


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The touchpoint before or after, and the department that owns it ("" where nobody does)."""

    touchpoint: Touchpoint
    department: str


@dataclass(frozen=True, slots=True)
class GuestPage:
    """All that the page shows."""

    touchpoint: Touchpoint
    current: Ownership | None
    before: Sequence[Neighbour]
    after: Sequence[Neighbour]

    @property
    def volume(self) -> str:
        """Contacts a year, grouped."""
        return number_format(self.touchpoint.volume or 0, force_grouping=True)


def touchpoint_for_guest(touchpoint: Touchpoint) -> GuestPage:
    """Read the page of a touchpoint that was read with stage and journey: 2 statements."""
    owned = touchpoint.ownerships.filter(held_until__isnull=True, kind=Ownership.Kind.ACCOUNTABLE)
    crossings = _crossings(touchpoint)
    return GuestPage(
        touchpoint,
        current=owned.select_related("department", "person").first(),
        before=[Neighbour(c.source, c.from_name or "") for c in crossings if c.target_id == touchpoint.pk],
        after=[Neighbour(c.target, c.to_name or "") for c in crossings if c.source_id == touchpoint.pk],
    )


def _crossings(touchpoint: Touchpoint) -> list[Any]:
    """Active crossings at the touchpoint, which never leave its journey, with the names of both owners."""
    crossings = (
        crossings_with_owners()
        .filter(Q(source=touchpoint) | Q(target=touchpoint))
        .annotate(from_name=F("from_owner__department__name"), to_name=F("to_owner__department__name"))
        .select_related("source__stage", "target__stage")
        .order_by("source__stage__position", "source__step", "target__step", "source_id", "target_id")
    )
    return list(crossings)
