"""Ownership calls as pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from journeys.models import Claim, OwnershipCall, Touchpoint
from journeys.queries.directory import Dept, Directory, Unit
from journeys.queries.inbox import place_of
from journeys.queries.offers import ClaimOffer, claim_offers
from journeys.rules.claims import may_give_up
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class OpenCall:
    """What a page says of an open call: why the owner wants to give it up, and until when somebody may take it."""

    id: int
    department_id: int
    reason: str
    ends_on: date


def open_calls(touchpoint_ids: Iterable[int]) -> Mapping[int, OpenCall]:
    """The open call of each of these touchpoints that has one, by touchpoint: 1 statement."""
    rows = OwnershipCall.objects.open().filter(touchpoint__in=touchpoint_ids).order_by()
    fields = ("touchpoint_id", "pk", "department_id", "reason", "ends_on")
    return {touchpoint_id: OpenCall(*call) for touchpoint_id, *call in rows.values_list(*fields)}


@dataclass(frozen=True, slots=True)
class CallRow:
    """An open call as the list shows it: who gives what up, and what the viewer may do about it."""

    call: OwnershipCall
    touchpoint: Touchpoint
    unit: Unit
    owner: Dept
    claims: Sequence[ClaimOffer]
    may_withdraw: bool


def listed_calls() -> QuerySet[OwnershipCall]:
    """Open calls for touchpoints that can be taken, with all that their rows show, those that end first first."""
    calls = OwnershipCall.objects.open().exclude(touchpoint__lifecycle=Touchpoint.Lifecycle.RETIRED)
    there = calls.filter(touchpoint__stage__journey__archived_at__isnull=True)
    return there.select_related("touchpoint__stage__journey", "made_by").order_by("ends_on", "pk")


def call_rows(calls: Sequence[OwnershipCall], standing: Standing, known: Directory) -> list[CallRow]:
    """The calls as rows: at most 1 statement."""
    waiting: dict[int, list[int]] = defaultdict(list)
    if calls:
        claims = Claim.objects.waiting().filter(touchpoint__in=[call.touchpoint_id for call in calls]).order_by()
        for touchpoint_id, department_id in claims.values_list("touchpoint_id", "department_id"):
            waiting[touchpoint_id].append(department_id)
    return [_call_row(call, waiting[call.touchpoint_id], standing, known) for call in calls]


def _call_row(call: OwnershipCall, waiting: Sequence[int], standing: Standing, known: Directory) -> CallRow:
    place = place_of(call.touchpoint, call.department_id, known, is_called=True)
    return CallRow(
        call,
        call.touchpoint,
        known.units[place.unit_id],
        known.departments[call.department_id],
        claim_offers(standing, known, place, waiting=waiting),
        may_withdraw=bool(may_give_up(standing, place)),
    )
