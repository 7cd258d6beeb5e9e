"""The touchpoints and crossings behind the numbers of the overview, with what the viewer can do about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from journeys.models import Claim, Handoff, Touchpoint
from journeys.queries.directory import Dept, Directory, Unit
from journeys.queries.inbox import place_of
from journeys.queries.offers import ClaimOffer, assignable, claim_offers
from journeys.queries.overview.crossings import judged_crossings
from journeys.rules.handoffs import sides_of
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class End:
    """A touchpoint with its unit and owner, and who may claim or assign it, if nobody owns it."""

    touchpoint: Touchpoint
    unit: Unit
    owner: Dept | None
    claims: Sequence[ClaimOffer] = ()
    may_assign: bool = False


@dataclass(frozen=True, slots=True)
class CrossingRow:
    """A crossing with both ends, its state, and what the viewer may do about its handoff."""

    id: int
    source: End
    target: End
    state: str
    handoff: Handoff | None
    may_propose: bool
    may_accept: bool
    may_report: bool
    may_decline: bool


def live_touchpoints() -> QuerySet[Any, Any]:
    """Live touchpoints with all that their rows show; the current owner as `owner_now`."""
    live: QuerySet[Any, Any] = Touchpoint.objects.live().with_owner().select_related("stage__journey")
    owned: QuerySet[Any, Any] = live.annotate(owner_now=F("current__department_id"))
    return owned.order_by("-moment_of_truth", F("volume").desc(nulls_last=True), "pk")


def touchpoint_rows(touchpoints: Sequence[Any], standing: Standing, known: Directory) -> list[End]:
    """The touchpoints as rows: 1 statement, none where everything is owned."""
    waiting = waiting_claims(touchpoint.pk for touchpoint in touchpoints if touchpoint.owner_now is None)
    return [_end(touchpoint, touchpoint.owner_now, waiting, standing, known) for touchpoint in touchpoints]


def shown_crossings() -> QuerySet[Any, Any]:
    """Crossings with their state and all that their rows show, journey by journey."""
    return (
        judged_crossings()
        .select_related("source__stage__journey", "target__stage__journey", "open_handoff")
        .order_by("journey__name", "journey_id", "source__stage__position", "source__step", "source_id", "target_id")
    )


def crossing_rows(crossings: Sequence[Any], standing: Standing, known: Directory) -> list[CrossingRow]:
    """The crossings as rows: 1 statement, none where every end is owned."""
    unowned = [c.source_id for c in crossings if c.from_department is None]
    waiting = waiting_claims([*unowned, *(c.target_id for c in crossings if c.to_department is None)])
    return [_crossing_row(crossing, waiting, standing, known) for crossing in crossings]


def _crossing_row(
    crossing: Any, waiting: Mapping[int, Sequence[int]], standing: Standing, known: Directory
) -> CrossingRow:
    source = _end(crossing.source, crossing.from_department, waiting, standing, known)
    target = _end(crossing.target, crossing.to_department, waiting, standing, known)
    handoff: Handoff | None = getattr(crossing, "open_handoff", None)
    sides: frozenset[str] = frozenset()
    if source.owner and target.owner and source.owner.id != target.owner.id:
        sides = sides_of(standing, from_department_id=source.owner.id, to_department_id=target.owner.id)
    is_proposed = handoff is not None and handoff.state == Handoff.State.PROPOSED
    return CrossingRow(
        id=crossing.pk,
        source=source,
        target=target,
        state=crossing.state,
        handoff=handoff,
        may_propose=handoff is None and bool(sides),
        may_accept=is_proposed and any(getattr(handoff, f"{side}_accepted_at") is None for side in sides),
        may_report=handoff is not None and not is_proposed and bool(sides),
        may_decline=is_proposed and bool(sides),
    )


def waiting_claims(touchpoints: Iterable[int]) -> Mapping[int, Sequence[int]]:
    """The departments whose claims wait, by touchpoint: at most 1 statement."""
    found: dict[int, list[int]] = defaultdict(list)
    ids = set(touchpoints)
    if ids:
        rows = Claim.objects.waiting().filter(touchpoint__in=ids).order_by("made_at", "pk")
        for touchpoint_id, department_id in rows.values_list("touchpoint_id", "department_id"):
            found[touchpoint_id].append(department_id)
    return found


def _end(
    touchpoint: Touchpoint,
    owner_id: int | None,
    waiting: Mapping[int, Sequence[int]],
    standing: Standing,
    known: Directory,
) -> End:
    unit, owner = known.units[touchpoint.business_unit_id], known.departments.get(owner_id or 0)
    if owner is not None:
        return End(touchpoint, unit, owner)
    place = place_of(touchpoint, owner_id, known)
    given = {department.id for department in assignable(standing, known, place)}
    offers = claim_offers(standing, known, place, waiting=waiting.get(touchpoint.pk, ()))
    claims = [o for o in offers if o.department.id not in given or standing.leads_department(o.department.id)]
    return End(touchpoint, unit, None, claims, bool(given))
