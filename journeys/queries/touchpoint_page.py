"""One touchpoint as its page shows it: owners now and before, claims, neighbours, flags, and what one may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.utils.formats import number_format

from journeys.models import Claim, Flag, Handoff, Ownership, Touchpoint
from journeys.queries.attesting import mark_of
from journeys.queries.calls import OpenCall
from journeys.queries.catalogue.crossing_owners import crossings_with_owners
from journeys.queries.directory import Dept, Directory
from journeys.queries.inbox import FlagRow, flag_rows, place_of, with_subjects
from journeys.queries.offers import ClaimOffer, assignable, claim_offers, transferable
from journeys.queries.suggestions import Suggestion, Unowned, suggest_owners
from journeys.rules.claims import (
    Claimant,
    Place,
    is_outside,
    may_approve_outside,
    may_attest,
    may_claim,
    may_decide_claim,
    may_give_up,
    may_release,
    who_decides,
)
from journeys.rules.handoffs import sides_of
from workspace.organisation.rules.standing import Standing

FLAGS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim with what the viewer may do about it."""

    claim: Claim
    department: Dept
    may_decide: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One crossing of the touchpoint: the other end with its owner, the open handoff, and what the viewer may do."""

    id: int
    other: Touchpoint
    unit: str
    owner: Dept | None
    is_between_units: bool
    needs_handoff: bool
    handoff: Handoff | None
    may_propose: bool
    may_accept: bool
    may_decline: bool
    may_report: bool


@dataclass(frozen=True, slots=True)
class TouchpointPage:
    """All that the page shows, and all that the viewer may do on it."""

    touchpoint: Touchpoint
    place: Place
    current: Ownership | None
    helping: Sequence[Ownership]
    past: Sequence[Ownership]
    waiting: Sequence[ClaimRow]
    decided: Sequence[Claim]
    decider: str
    before: Sequence[Side]
    after: Sequence[Side]
    flags: Sequence[FlagRow]
    has_more_flags: bool
    suggestions: Sequence[Suggestion]
    claims: Sequence[ClaimOffer]
    may_assign: bool
    may_transfer: bool
    may_give_up: bool
    may_release: bool
    may_attest: bool
    may_approve: bool
    call: OpenCall | None
    may_call: bool

    @property
    def volume(self) -> str:
        """Contacts a year, grouped."""
        return number_format(self.touchpoint.volume or 0, force_grouping=True)

    @property
    def mark(self) -> str:
        """The answer to “still ours?” that the viewer sees, as it is sent."""
        return str(mark_of(self.current)) if self.current is not None else ""

    @property
    def is_contested(self) -> bool:
        """Whether two or more claims wait."""
        return len(self.waiting) > 1


def touchpoint_page(touchpoint: Touchpoint, standing: Standing, known: Directory) -> TouchpointPage:
    """Read the page of a touchpoint that was read with stage, journey, unit and system: at most 7 statements."""
    ownerships = list(
        touchpoint.ownerships.select_related("department__unit", "person", "approved_by", "outside_approved_by")
        .annotate(open_call=FilteredRelation("touchpoint__calls", condition=Q(touchpoint__calls__state="open")))
        .annotate(call_id=F("open_call__pk"), call_reason=F("open_call__reason"), call_ends_on=F("open_call__ends_on"))
    )
    is_current = [row for row in ownerships if row.held_until is None]
    current = next((row for row in is_current if row.kind == Ownership.Kind.ACCOUNTABLE), None)
    call = _call(current)
    place = place_of(touchpoint, current.department_id if current else None, known, is_called=call is not None)
    claims = list(touchpoint.claims.select_related("department", "claimed_by", "decided_by"))
    waiting = [claim for claim in claims if claim.state == Claim.State.WAITING]
    claimants = [Claimant(claim.department_id, claim.claimed_by_id) for claim in waiting]
    crossings = _crossings(touchpoint)
    sides = [_side(crossing, touchpoint, standing, known) for crossing in crossings]
    listed = _flags(touchpoint, [crossing.pk for crossing in crossings])
    rows = flag_rows(listed[:FLAGS_SHOWN], standing, known)
    assign = assignable(standing, known, place)
    given = {department.id for department in assign}
    offers = claim_offers(standing, known, place, waiting=[claimant.department_id for claimant in claimants])
    is_released = current is not None and bool(may_release(standing, place, own_units=_own_units(standing, known)))
    return TouchpointPage(
        touchpoint=touchpoint,
        place=place,
        current=current,
        helping=[row for row in is_current if row is not current],
        past=[row for row in ownerships if row.held_until is not None],
        waiting=[_claim_row(claim, claimants, place, standing, known) for claim in waiting],
        decided=[claim for claim in claims if claim.state != Claim.State.WAITING],
        decider=who_decides(place, contested=len(waiting) > 1),
        before=[side for side, crossing in zip(sides, crossings, strict=True) if crossing.target_id == touchpoint.pk],
        after=[side for side, crossing in zip(sides, crossings, strict=True) if crossing.source_id == touchpoint.pk],
        flags=rows,
        has_more_flags=len(listed) > FLAGS_SHOWN,
        suggestions=_suggestions(touchpoint, place, rows, known),
        claims=[o for o in offers if o.department.id not in given or standing.leads_department(o.department.id)],
        may_assign=bool(assign),
        may_transfer=bool(transferable(standing, known, place)),
        may_give_up=current is not None and bool(may_give_up(standing, place)),
        may_release=is_released,
        may_attest=current is not None and bool(may_attest(standing, place, person_id=current.person_id)),
        may_approve=current is not None
        and not current.outside_approved
        and is_outside(place)
        and bool(may_approve_outside(standing, place)),
        call=call,
        may_call=is_released and call is None and not waiting and not place.retired,
    )


def _call(current: Any) -> OpenCall | None:
    """The owner's open call for another, which was read with its ownership."""
    if current is None or current.call_id is None:
        return None
    return OpenCall(current.call_id, current.department_id, current.call_reason, current.call_ends_on)


def _own_units(standing: Standing, known: Directory) -> frozenset[int]:
    return frozenset(d.unit.id for d in known.open_departments() if standing.belongs_to(d.id))


def _crossings(touchpoint: Touchpoint) -> list[Any]:
    """Active crossings at the touchpoint with both owners' departments and the open handoff: 1 statement."""
    is_open = Q(handoffs__state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED])
    crossings = (
        crossings_with_owners()
        .filter(Q(source=touchpoint) | Q(target=touchpoint))
        .annotate(
            open_handoff=FilteredRelation("handoffs", condition=is_open),
            from_department=F("from_owner__department_id"),
            to_department=F("to_owner__department_id"),
        )
        .select_related("source__stage", "target__stage", "open_handoff__proposed_by", "open_handoff__broken_by")
        .order_by("source__stage__position", "source__step", "target__step", "source_id", "target_id")
    )
    return list(crossings)


def _side(crossing: Any, touchpoint: Touchpoint, standing: Standing, known: Directory) -> Side:
    other: Touchpoint = crossing.source if crossing.target_id == touchpoint.pk else crossing.target
    source, target = (known.departments.get(d or 0) for d in (crossing.from_department, crossing.to_department))
    handoff: Handoff | None = getattr(crossing, "open_handoff", None)
    both = source is not None and target is not None and source.id != target.id
    sides: frozenset[str] = frozenset()
    if source is not None and target is not None and both:
        sides = sides_of(standing, from_department_id=source.id, to_department_id=target.id)
    is_proposed = handoff is not None and handoff.state == Handoff.State.PROPOSED
    unit = known.units.get(other.business_unit_id)
    return Side(
        id=crossing.pk,
        other=other,
        unit=unit.name if unit else "",
        owner=source if other is crossing.source else target,
        is_between_units=other.business_unit_id != touchpoint.business_unit_id,
        needs_handoff=source is not None and target is not None and source.unit.id != target.unit.id,
        handoff=handoff,
        may_propose=both and handoff is None and bool(sides),
        may_accept=is_proposed and any(getattr(handoff, f"{side}_accepted_at") is None for side in sides),
        may_decline=is_proposed and bool(sides),
        may_report=handoff is not None and not is_proposed and bool(sides),
    )


def _flags(touchpoint: Touchpoint, crossings: Sequence[int]) -> list[Flag]:
    """Unresolved flags of the touchpoint and its crossings, worst first, one more than is shown: 1 statement."""
    concerned = Q(touchpoint=touchpoint) | Q(rule__in=["boundary-gap", "unaccepted-handoff"], crossing__in=crossings)
    flags = with_subjects(Flag.objects.unresolved().filter(concerned)).order_by("-severity", "due_on", "pk")
    return list(flags[: FLAGS_SHOWN + 1])


def _suggestions(
    touchpoint: Touchpoint, place: Place, rows: Sequence[FlagRow], known: Directory
) -> Sequence[Suggestion]:
    """Who might own it, if nobody does; found with its flags already, or with 1 statement where it has none."""
    if place.owner_id is not None or place.retired:
        return []
    for row in rows:
        if row.flag.touchpoint_id == touchpoint.pk and row.suggestions:
            return row.suggestions
    if rows:
        return []
    alone = Unowned(touchpoint.pk, touchpoint.stage_id, touchpoint.business_unit_id)
    return suggest_owners([alone], known)[touchpoint.pk]


def _claim_row(
    claim: Claim, waiting: Sequence[Claimant], place: Place, standing: Standing, known: Directory
) -> ClaimRow:
    department = known.departments[claim.department_id]
    claimant = Claimant(department.id, claim.claimed_by_id)
    decides = may_decide_claim(standing, place, claimant=claimant, waiting=waiting)
    is_claimant = standing.active and claim.claimed_by_id == standing.person_id
    return ClaimRow(
        claim,
        department,
        may_decide=bool(decides) and not department.archived and not place.retired,
        may_withdraw=is_claimant or bool(may_claim(standing, department.candidate)),
    )
