"""The flags inbox: a page of flags with the words for each, who might own it, and what the viewer may do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet

from journeys.models import Claim, Flag, Touchpoint
from journeys.queries.directory import Directory
from journeys.queries.explanations import Explanation, explain, words_for
from journeys.queries.offers import ClaimOffer, assignable, claim_offers, may_answer
from journeys.queries.suggestions import Suggestion, Unowned, suggest_owners
from journeys.rules.claims import Claimant, Place, may_attest, may_decide_claim
from journeys.rules.handoffs import sides_of
from workspace.organisation.rules.standing import Standing

CLAIMABLE = frozenset({"no-owner", "unknown-owner", "boundary-gap", "inactive-owner", "closed-department", "contested"})
"""Rules whose flags go away when somebody else takes the touchpoint."""
DECIDABLE = frozenset({"contested", "claim-overdue"})


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag as the inbox shows it. Whatever is offered here, the command will let this viewer do."""

    flag: Flag
    words: Explanation
    unit: str
    other_unit: str
    department: str
    may_answer: bool
    claims: Sequence[ClaimOffer] = ()
    may_assign: bool = False
    may_attest: bool = False
    may_decide: bool = False
    may_agree: bool = False
    suggestions: Sequence[Suggestion] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet that they saw it."""
        return self.flag.state == Flag.State.OPEN

    @property
    def is_silent(self) -> bool:
        """Whether it is snoozed or waived."""
        return self.flag.state in (Flag.State.SNOOZED, Flag.State.WAIVED)


def severity_counts(flags: QuerySet[Flag]) -> dict[int, int]:
    """Flags by severity: 1 statement."""
    counted = dict(flags.order_by().values_list("severity").annotate(n=Count("pk")))
    return {level: counted.get(level, 0) for level in sorted(Flag.Severity.values, reverse=True)}


def with_subjects(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """The flags with all that their rows show, in one statement; the current owner as `owner_now` and `person_now`."""
    owner = Q(touchpoint__ownerships__held_until__isnull=True, touchpoint__ownerships__kind="accountable")
    return (
        flags.select_related("asked", "journey", "touchpoint__stage__journey", "crossing__source", "crossing__target")
        .annotate(current=FilteredRelation("touchpoint__ownerships", condition=owner))
        .annotate(owner_now=F("current__department_id"), person_now=F("current__person_id"))
    )


def flag_rows(flags: Sequence[Flag], standing: Standing, known: Directory) -> list[FlagRow]:
    """Rows for these flags, which were read by `with_subjects`: at most 3 statements, whatever their number."""
    words = words_for(flags, known)
    touchpoints = {flag.touchpoint_id for flag in flags if flag.touchpoint_id is not None}
    waiting = _waiting(touchpoints)
    suggestions = suggest_owners(_looking_for_owner(flags), known)
    return [_row(flag, explain(flag, words), standing, known, waiting, suggestions) for flag in flags]


def _looking_for_owner(flags: Sequence[Flag]) -> list[Unowned]:
    found: dict[int, Unowned] = {}
    for flag in flags:
        touchpoint = flag.touchpoint
        if touchpoint is not None and _current(flag)[0] is None and flag.rule in CLAIMABLE:
            found[touchpoint.pk] = Unowned(touchpoint.pk, touchpoint.stage_id, touchpoint.business_unit_id)
    return list(found.values())


def _waiting(touchpoints: set[int]) -> Mapping[int, list[Claimant]]:
    """Whose claims wait, by touchpoint: 1 statement."""
    found: dict[int, list[Claimant]] = defaultdict(list)
    if touchpoints:
        rows = Claim.objects.waiting().filter(touchpoint__in=touchpoints).order_by("made_at", "pk")
        for touchpoint_id, *claimant in rows.values_list("touchpoint_id", "department_id", "claimed_by_id"):
            found[touchpoint_id].append(Claimant(*claimant))
    return found


def _current(flag: Any) -> tuple[int | None, int | None]:
    """Who owns the flag's touchpoint now: department and person."""
    return flag.owner_now, flag.person_now


def place_of(touchpoint: Touchpoint, owner_id: int | None, known: Directory) -> Place:
    """What decides about ownership of a touchpoint that was read with its stage and journey."""
    owner = known.departments.get(owner_id or 0)
    unit = known.units[touchpoint.business_unit_id]
    is_over = touchpoint.lifecycle == Touchpoint.Lifecycle.RETIRED or touchpoint.stage.journey.archived_at is not None
    return Place(
        unit_id=unit.id,
        unit_name=unit.name,
        owner_id=owner.id if owner else None,
        owner_name=owner.name if owner else "",
        owner_unit_id=owner.unit.id if owner else None,
        retired=is_over,
    )


def _row(
    flag: Flag,
    words: Explanation,
    standing: Standing,
    known: Directory,
    waiting: Mapping[int, list[Claimant]],
    suggestions: Mapping[int, list[Suggestion]],
) -> FlagRow:
    row = FlagRow(
        flag,
        words,
        unit=_name(known.units, flag.unit_id),
        other_unit=_name(known.units, flag.other_unit_id if flag.other_unit_id != flag.unit_id else None),
        department=_name(known.departments, flag.department_id),
        may_answer=may_answer(standing, flag),
    )
    if flag.touchpoint is None or flag.state == Flag.State.RESOLVED:
        return row
    owner_id, person_id = _current(flag)
    place = place_of(flag.touchpoint, owner_id, known)
    claimants = waiting.get(flag.touchpoint.pk, [])
    return FlagRow(
        flag,
        words,
        unit=row.unit,
        other_unit=row.other_unit,
        department=row.department,
        may_answer=row.may_answer,
        **_offers(flag, place, claimants, person_id, standing, known),
        suggestions=suggestions.get(flag.touchpoint.pk, []) if flag.rule in CLAIMABLE else [],
    )


def _offers(
    flag: Flag, place: Place, claimants: list[Claimant], person_id: int | None, standing: Standing, known: Directory
) -> dict[str, Any]:
    """What the viewer may do about the flag's touchpoint, by the name of the row's field."""
    assign = assignable(standing, known, place) if flag.rule in CLAIMABLE else []
    given = {department.id for department in assign}
    waiting = [claimant.department_id for claimant in claimants]
    claims = claim_offers(standing, known, place, waiting=waiting) if flag.rule in CLAIMABLE else []
    return {
        "may_assign": bool(assign),
        # Who may assign a department at once need not be offered to claim for it, unless they lead it.
        "claims": [o for o in claims if o.department.id not in given or standing.leads_department(o.department.id)],
        "may_attest": flag.rule == "unattested" and bool(may_attest(standing, place, person_id=person_id)),
        "may_decide": flag.rule in DECIDABLE
        and any(bool(may_decide_claim(standing, place, claimant=c, waiting=claimants)) for c in claimants),
        "may_agree": flag.rule == "unaccepted-handoff" and _speaks(flag, standing),
    }


def _speaks(flag: Flag, standing: Standing) -> bool:
    sides = sides_of(
        standing,
        from_department_id=flag.evidence.get("from_department") or 0,
        to_department_id=flag.evidence.get("to_department") or 0,
    )
    return bool(sides)


def _name(things: Mapping[int, Any], thing_id: int | None) -> str:
    thing = things.get(thing_id or 0)
    return str(thing.name) if thing is not None else ""
