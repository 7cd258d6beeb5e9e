"""Claims that somebody has to decide, and how one's own claims stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, IntegerField, Min, OuterRef, Q, QuerySet, Value, When

from journeys.models import Claim, OwnershipCall, Touchpoint
from journeys.queries.directory import Dept, Directory
from journeys.queries.home.parts import LATELY_DAYS, Window
from journeys.queries.inbox import place_of
from journeys.rules.claims import can_own, who_decides
from workspace import clock
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Asking:
    """A claim that waits, by its department; `can_win` is false where it could only be denied."""

    claim: Claim
    department: Dept
    can_win: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A touchpoint whose claims the viewer decides: all that wait on it."""

    touchpoint: Touchpoint
    unit: str
    owner: str
    claims: Sequence[Asking]

    @property
    def is_contested(self) -> bool:
        """Whether several departments ask for it."""
        return len(self.claims) > 1

    @property
    def due_on(self) -> date:
        """The day on which the first of them is to be decided."""
        return min(asking.claim.due_on for asking in self.claims)

    @property
    def denied_on(self) -> date:
        """The day on which the first of them is denied by itself."""
        return min(asking.claim.denied_on for asking in self.claims)


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """A claim of the viewer or their department; `decider` while it waits."""

    claim: Claim
    department: Dept
    decider: str

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.claim.state == Claim.State.WAITING


def _with_owner() -> QuerySet[Any, Any]:
    owner = Q(touchpoint__ownerships__held_until__isnull=True, touchpoint__ownerships__kind="accountable")
    called = OwnershipCall.objects.open().filter(touchpoint=OuterRef("touchpoint"))
    rivals = Claim.objects.waiting().filter(touchpoint=OuterRef("touchpoint")).exclude(pk=OuterRef("pk"))
    return (
        Claim.objects.order_by()
        .annotate(current=FilteredRelation("touchpoint__ownerships", condition=owner))
        .annotate(owner_now=F("current__department_id"), is_contested=Exists(rivals), is_called=Exists(called))
    )


def decidable(standing: Standing) -> QuerySet[Any, Any]:
    """Waiting claims that are this person's to decide: what `may_decide_claim` allows, said as a condition.

    Executives may decide every claim of others; theirs to decide are the contested ones, and those that nobody
    decided in time.
    """
    own_claims = Claim.objects.waiting().filter(
        Q(claimed_by__in=standing.acts_as) | Q(department__in=standing.own_departments),
        touchpoint=OuterRef("touchpoint"),
    )
    theirs = Q(is_contested=False) & (
        Q(is_called=False, owner_now__in=standing.leads)
        | (Q(owner_now__isnull=True) | Q(is_called=True)) & Q(touchpoint__business_unit__in=standing.heads)
    )
    if standing.is_executive:
        theirs |= Q(is_contested=True) | Q(due_on__lt=clock.today())
    return _with_owner().filter(~Exists(own_claims), theirs, state=Claim.State.WAITING)


def own_claims(standing: Standing) -> QuerySet[Any, Any]:
    """Claims that the person made, or that were made for their departments: those that wait, and news about others."""
    lately = clock.now() - timedelta(days=LATELY_DAYS)
    # Owned at once, nobody decided about it: that is no news to whoever pressed the button.
    decided = Q(decided_at__gte=lately) & (
        Q(state=Claim.State.ACCEPTED, decided_by__isnull=False)
        | Q(state__in=[Claim.State.DENIED, Claim.State.SUPERSEDED])
    )
    return Claim.objects.filter(
        Q(claimed_by=standing.person_id) | Q(department__in=standing.leads),
        Q(state=Claim.State.WAITING) | decided,
    )


def claims_of_home(
    standing: Standing, deciding: Window, own: Window, known: Directory
) -> tuple[list[Decision], list[OwnClaim]]:
    """The decisions and the own claims within these windows: 1 statement for both."""
    touchpoints = (
        decidable(standing)
        .values("touchpoint")
        .annotate(first=Min("due_on"))
        .order_by("first", "touchpoint")
        .values("touchpoint")
    )
    waiting_first = Case(When(state=Claim.State.WAITING, then=Value(0)), default=Value(1), output_field=IntegerField())
    mine = own_claims(standing).order_by(waiting_first, "-made_at", "-pk").values("pk")
    rows = list(
        _with_owner()
        .filter(
            Q(state=Claim.State.WAITING, touchpoint__in=touchpoints[deciding.rows]) | Q(pk__in=mine[own.rows]),
        )
        .select_related("touchpoint__stage__journey", "claimed_by", "decided_by")
        .order_by(waiting_first, "due_on", "-decided_at", "pk")
    )
    decisions = _decisions(rows, standing, known)
    mine_ids = {
        row.pk for row in rows if row.claimed_by_id == standing.person_id or row.department_id in standing.leads
    }
    own_rows = [_own(row, known) for row in rows if row.pk in mine_ids]
    return decisions[: deciding.last - deciding.first], own_rows[: own.last - own.first]


def _decisions(rows: Sequence[Any], standing: Standing, known: Directory) -> list[Decision]:
    """What is not the viewer's own: by the rule, a person decides no claim of a touchpoint on which theirs waits."""
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        if row.state == Claim.State.WAITING:
            grouped.setdefault(row.touchpoint_id, []).append(row)
    return [_decision(claims, known) for claims in grouped.values() if not any(_is_own(c, standing) for c in claims)]


def _is_own(claim: Any, standing: Standing) -> bool:
    return claim.claimed_by_id in standing.acts_as or standing.belongs_to(claim.department_id)


def _decision(claims: Sequence[Any], known: Directory) -> Decision:
    touchpoint = claims[0].touchpoint
    place = place_of(touchpoint, claims[0].owner_now, known, is_called=claims[0].is_called)
    asking = [(claim, known.departments[claim.department_id]) for claim in claims]
    return Decision(
        touchpoint,
        place.unit_name,
        place.owner_name,
        [Asking(claim, department, bool(can_own(department.candidate, place))) for claim, department in asking],
    )


def _own(claim: Any, known: Directory) -> OwnClaim:
    place = place_of(claim.touchpoint, claim.owner_now, known, is_called=claim.is_called)
    return OwnClaim(claim, known.departments[claim.department_id], who_decides(place, contested=claim.is_contested))
