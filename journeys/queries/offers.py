"""What a person may do with a touchpoint or a flag, from facts that were read already: no statement per row.

A page offers nothing that the command would then refuse; so everything here asks the rules that the commands ask.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from journeys.models import Claim, Flag
from journeys.queries.directory import Dept, Directory
from journeys.rules.claims import (
    Claimant,
    Place,
    can_own,
    is_owned_at_once,
    may_assign,
    may_claim,
    may_transfer,
    who_decides,
)
from journeys.rules.flags import may_handle_flag
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """A department that the viewer may claim for, and what will happen: owned at once, or decided by somebody.

    `due_on` is the day by which it is decided.
    """

    department: Dept
    at_once: bool
    decided_by: str
    due_on: date


def claimants_of(touchpoint_id: int) -> list[Claimant]:
    """Whose claims wait on a touchpoint, in the order in which they were made: 1 statement."""
    waiting = Claim.objects.waiting().filter(touchpoint=touchpoint_id).order_by("made_at", "pk")
    return [Claimant(*row) for row in waiting.values_list("department_id", "claimed_by_id")]


def claim_offers(
    standing: Standing, known: Directory, place: Place, *, waiting: Collection[int] = ()
) -> list[ClaimOffer]:
    """Claims that the viewer may make; `waiting` are departments whose claim waits already."""
    offers = []
    for department in known.spoken_for_by(standing):
        candidate = department.candidate
        if department.id in waiting or not can_own(candidate, place) or not may_claim(standing, candidate):
            continue
        at_once = is_owned_at_once(candidate, place)
        contested = bool(waiting) and not at_once
        decider = "" if at_once else who_decides(place, contested=contested)
        offers.append(ClaimOffer(department, at_once, decider, known.claims_due_on))
    return offers


def assignable(standing: Standing, known: Directory, place: Place) -> list[Dept]:
    """Departments to which the viewer may assign an unowned touchpoint."""
    if place.owner_id is not None or place.retired or not (standing.is_executive or standing.heads):
        return []
    return [d for d in known.open_departments() if may_assign(standing, d.candidate, place)]


def transferable(standing: Standing, known: Directory, place: Place) -> list[Dept]:
    """Departments to which the viewer may hand an owned touchpoint over."""
    if place.owner_id is None or place.retired or not (standing.is_executive or standing.heads or standing.leads):
        return []
    return [
        d
        for d in known.open_departments()
        if may_transfer(standing, d.candidate, place) and can_own(d.candidate, place)
    ]


def may_answer(standing: Standing, flag: Flag) -> bool:
    """Whether the viewer may acknowledge or silence a flag."""
    units = frozenset(unit for unit in (flag.unit_id, flag.other_unit_id) if unit is not None)
    decision = may_handle_flag(standing, asked_id=flag.asked_id, department_id=flag.department_id, unit_ids=units)
    return bool(decision) and flag.state != Flag.State.RESOLVED
