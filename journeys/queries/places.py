"""A touchpoint with all that decides about its ownership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from journeys.models import Claim, Handoff, Ownership, Touchpoint
from journeys.models.ownership import OwnershipQuerySet
from journeys.rules.claims import Candidate, Place
from workspace import db
from workspace.errors import Unknown
from workspace.organisation.models import Department


@dataclass(frozen=True, slots=True)
class Held:
    """A touchpoint, locked or not, with its place and what stands open on it."""

    touchpoint: Touchpoint
    place: Place
    ownership_id: int | None
    person_id: int | None
    has_waiting_claims: bool
    has_open_handoffs: bool


def hold(touchpoint_id: int, *, lock: bool = True) -> Held:
    """The touchpoint with its place, 1 statement; locked until the transaction ends, 1 more. Raises Unknown.

    The lock comes first: what a statement reads beside the row that it waits for is older than the wait.
    """
    if lock:
        db.lock_row(Touchpoint, touchpoint_id)
    open_handoffs = Handoff.objects.filter(
        Q(crossing__source=OuterRef("pk")) | Q(crossing__target=OuterRef("pk")),
        state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED],
    )
    rows = (
        Touchpoint.objects.with_owner()
        .select_related("stage__journey", "business_unit", "current__department")
        .annotate(
            has_waiting_claims=Exists(Claim.objects.waiting().filter(touchpoint=OuterRef("pk"))),
            has_open_handoffs=Exists(open_handoffs),
        )
        .order_by()
    )
    touchpoint: Any = rows.filter(pk=touchpoint_id).first()
    if touchpoint is None:
        raise Unknown(_("There is no touchpoint %(id)s.") % {"id": touchpoint_id})
    current: Ownership | None = getattr(touchpoint, "current", None)
    owner = current.department if current else None
    retired = touchpoint.lifecycle == Touchpoint.Lifecycle.RETIRED or touchpoint.stage.journey.archived_at is not None
    place = Place(
        unit_id=touchpoint.business_unit_id,
        unit_name=touchpoint.business_unit.name,
        owner_id=owner.pk if owner else None,
        owner_name=owner.name if owner else "",
        owner_unit_id=owner.unit_id if owner else None,
        retired=retired,
    )
    return Held(
        touchpoint,
        place,
        current.pk if current else None,
        current.person_id if current else None,
        touchpoint.has_waiting_claims,
        touchpoint.has_open_handoffs,
    )


def candidate(department: Department) -> Candidate:
    """The department as a candidate, read afresh: 1 statement."""
    row = Department.objects.values_list("id", "name", "unit_id", "archived_at").get(pk=department.pk)
    return Candidate(row[0], row[1], row[2], row[3] is not None)


def end_of_day(day: date) -> datetime:
    """The first moment after `day`, in the installation's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min), timezone.get_default_timezone())


def owners_on(day: date) -> OwnershipQuerySet:
    """Who was accountable for what when `day` ended: one query, one row per touchpoint that was owned."""
    return Ownership.objects.accountable().at(end_of_day(day) - timedelta(microseconds=1))
