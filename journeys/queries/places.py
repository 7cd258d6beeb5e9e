"""A touchpoint with all that decides about its ownership."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from journeys.models import Claim, Handoff, Ownership, OwnershipCall, Touchpoint
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
    call: OwnershipCall | None


def hold(touchpoint_id: int, *, lock: bool = True) -> Held:
    """The touchpoint with its place, 1 statement; locked until the transaction ends, 1 more. Raises Unknown.

    The lock comes first: what a statement reads beside the row that it waits for is older than the wait.
    """
    if lock:
        db.lock_row(Touchpoint, touchpoint_id)
    return _held(_with_place().filter(pk=touchpoint_id).first(), touchpoint_id)


def _with_place() -> QuerySet[Any, Any]:
    """Touchpoints with all that decides about their ownership."""
    open_handoffs = Handoff.objects.filter(
        Q(crossing__source=OuterRef("pk")) | Q(crossing__target=OuterRef("pk")),
        state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED],
    )
    rows: QuerySet[Any, Any] = (
        Touchpoint.objects.with_owner()
        .annotate(open_call=FilteredRelation("calls", condition=Q(calls__state=OwnershipCall.State.OPEN)))
        .select_related("stage__journey", "business_unit", "current__department", "open_call__made_by")
        .annotate(
            has_waiting_claims=Exists(Claim.objects.waiting().filter(touchpoint=OuterRef("pk"))),
            has_open_handoffs=Exists(open_handoffs),
        )
        .order_by()
    )
    return rows


def places_of(touchpoint_ids: Collection[int]) -> dict[int, Place]:
    """What decides about the ownership of each of these touchpoints, not locked: 1 statement."""
    return {row.pk: _held(row, row.pk).place for row in _with_place().filter(pk__in=touchpoint_ids)}


def hold_for(touchpoint_id: int, department: Department) -> tuple[Held, Candidate]:
    """The touchpoint, locked, and a department that might become its owner, read by 1 statement. Raises Unknown."""
    db.lock_row(Touchpoint, touchpoint_id)
    asking = Department.objects.filter(pk=department.pk).order_by()
    row: Any = (
        _with_place()
        .annotate(
            asking_name=Subquery(asking.values("name")),
            asking_unit=Subquery(asking.values("unit_id")),
            asking_archived_at=Subquery(asking.values("archived_at")),
        )
        .filter(pk=touchpoint_id)
        .first()
    )
    held = _held(row, touchpoint_id)
    return held, Candidate(department.pk, row.asking_name, row.asking_unit, row.asking_archived_at is not None)


def _held(touchpoint: Any, touchpoint_id: int) -> Held:
    if touchpoint is None:
        raise Unknown(_("There is no touchpoint %(id)s.") % {"id": touchpoint_id})
    current: Ownership | None = getattr(touchpoint, "current", None)
    owner = current.department if current else None
    call: OwnershipCall | None = getattr(touchpoint, "open_call", None)
    retired = touchpoint.lifecycle == Touchpoint.Lifecycle.RETIRED or touchpoint.stage.journey.archived_at is not None
    place = Place(
        unit_id=touchpoint.business_unit_id,
        unit_name=touchpoint.business_unit.name,
        owner_id=owner.pk if owner else None,
        owner_name=owner.name if owner else "",
        owner_unit_id=owner.unit_id if owner else None,
        retired=retired,
        is_called=call is not None,
    )
    return Held(
        touchpoint,
        place,
        current.pk if current else None,
        current.person_id if current else None,
        touchpoint.has_waiting_claims,
        touchpoint.has_open_handoffs,
        call,
    )


def candidate(department: Department) -> Candidate:
    """The department as a candidate, read afresh: 1 statement."""
    row = Department.objects.values_list("id", "name", "unit_id", "archived_at").get(pk=department.pk)
    return Candidate(row[0], row[1], row[2], row[3] is not None)


def end_of_day(day: date) -> datetime:
    """The first moment after `day` where the installation is, in UTC: what is reckoned from it keeps its length."""
    midnight = datetime.combine(day + timedelta(days=1), time.min)
    return timezone.make_aware(midnight, timezone.get_default_timezone()).astimezone(UTC)


def last_moment_of(day: date) -> datetime:
    """The last moment of `day` where the installation is, also where its last hour comes twice."""
    return end_of_day(day) - timedelta(microseconds=1)


def owners_on(day: date) -> OwnershipQuerySet:
    """Who was accountable for what when `day` ended: one query, one row per touchpoint that was owned."""
    return Ownership.objects.accountable().at(last_moment_of(day))
