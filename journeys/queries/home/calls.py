"""Calls for another owner: what is offered to one's departments, and what one wants to give up oneself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from journeys.models import Claim, Ownership, OwnershipCall, Touchpoint
from journeys.queries.directory import Dept, Directory
from journeys.queries.home.parts import LATELY_DAYS, Window
from journeys.queries.inbox import place_of
from journeys.queries.offers import ClaimOffer, claim_offers, transferable
from journeys.rules.calls import may_call
from journeys.rules.claims import may_give_up
from workspace import clock
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call with what the viewer may do: take the touchpoint at once, take the call back, or see to it that ended."""

    call: OwnershipCall
    unit: str
    owner: Dept
    is_offered: bool
    claims: Sequence[ClaimOffer]
    may_withdraw: bool
    may_call_again: bool
    may_transfer: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody may still take the touchpoint at once."""
        return self.call.state == OwnershipCall.State.OPEN


def _there() -> QuerySet[OwnershipCall]:
    """The last call on each touchpoint that can be owned."""
    later = OwnershipCall.objects.filter(touchpoint=OuterRef("touchpoint"), pk__gt=OuterRef("pk"))
    return OwnershipCall.objects.filter(~Exists(later), touchpoint__stage__journey__archived_at__isnull=True).exclude(
        touchpoint__lifecycle=Touchpoint.Lifecycle.RETIRED
    )


def _offered(standing: Standing, known: Directory) -> Q:
    """Open calls that a department which the person leads could answer at once, and has not asked to already."""
    taken = Q(pk__in=())
    for department in known.open_departments():
        if standing.leads_department(department.id):
            taken |= Q(touchpoint__business_unit=department.unit.id) & ~Q(department=department.id)
    return taken & Q(state=OwnershipCall.State.OPEN)


def _unanswered() -> Q:
    """Calls that ended unanswered lately, while their department still owns the touchpoint."""
    lately = clock.now() - timedelta(days=LATELY_DAYS)
    owns = Ownership.objects.current().accountable()
    still = owns.filter(touchpoint=OuterRef("touchpoint"), department=OuterRef("department"))
    return Q(Exists(still), state=OwnershipCall.State.UNANSWERED, ended_at__gte=lately)


def calls_that_concern(standing: Standing, known: Directory) -> QuerySet[OwnershipCall]:
    """Calls offered to the person's departments; their own, open or unanswered; and those that ask them as a head."""
    own = Q(made_by=standing.person_id) | Q(department__in=standing.leads)
    headed = Q(touchpoint__business_unit__in=standing.heads)
    is_open = Q(state=OwnershipCall.State.OPEN)
    concerned = _offered(standing, known) | (own & is_open) | ((own | headed) & _unanswered())
    return _there().filter(concerned).order_by()


def calls_of_home(standing: Standing, window: Window, known: Directory) -> list[CallRow]:
    """What is offered first, then what nobody answered, then one's own calls that are open: 1 statement."""
    first = Case(
        When(_offered(standing, known), then=Value(0)),
        When(state=OwnershipCall.State.UNANSWERED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    waiting = Claim.objects.waiting().filter(touchpoint=OuterRef("touchpoint"))
    rows: QuerySet[Any, Any] = (
        calls_that_concern(standing, known)
        .annotate(place_in_list=first, has_claims=Exists(waiting))
        .select_related("touchpoint__stage__journey", "made_by")
        .order_by("place_in_list", "ends_on", "pk")
    )
    own_units = frozenset(d.unit.id for d in known.open_departments() if standing.belongs_to(d.id))
    return [_row(call, standing, own_units, known) for call in rows[window.rows]]


def _row(call: Any, standing: Standing, own_units: Collection[int], known: Directory) -> CallRow:
    is_open = call.state == OwnershipCall.State.OPEN
    place = place_of(call.touchpoint, call.department_id, known, is_called=is_open)
    offers = claim_offers(standing, known, place) if call.place_in_list == 0 else []
    led = [o for o in offers if o.at_once and standing.leads_department(o.department.id)]
    return CallRow(
        call,
        place.unit_name,
        known.departments[call.department_id],
        is_offered=bool(led),
        claims=led,
        may_withdraw=is_open and bool(may_give_up(standing, place)),
        may_call_again=not is_open and not call.has_claims and bool(may_call(standing, place, own_units=own_units)),
        may_transfer=not is_open and bool(transferable(standing, known, place)),
    )
