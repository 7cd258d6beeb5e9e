"""The flags inbox: a page of flags with the words for each, who might own it, and what the viewer may do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from journeys.models import Claim, Flag, OwnershipCall, Touchpoint
from journeys.queries.directory import Dept, Directory
from journeys.queries.explanations import explain
from journeys.queries.offers import ClaimOffer, assignable, claim_offers, may_answer
from journeys.queries.suggestions import Suggestion, Unowned, suggest_owners
from journeys.queries.words import Explanation, words_for
from journeys.registry import NO_WORK, OpenWork, work_on
from journeys.rules.attesting import mark_at
from journeys.rules.claims import Claimant, Place, is_outside, may_approve_outside, may_attest, may_decide_claim
from journeys.rules.flags import asks_for_owner, is_disputed
from journeys.rules.handoffs import sides_of
from workspace.activity.registry import Named
from workspace.organisation.models import Person
from workspace.organisation.rules.standing import Standing

DECIDABLE = frozenset({"contested", "claim-overdue"})
UNOWNED = frozenset({"no-owner", "unknown-owner"})
"""Rules that say that a touchpoint has no owner."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A department that might own it, why, and whether the viewer may assign it to them."""

    department: Dept
    reason: str
    may_assign: bool


@dataclass(frozen=True, slots=True)
class Bulk:
    """What the viewer may do with some of these flags at once; `claim_for` where only one department can claim.

    `in_all` flags match and can be answered, of which one press takes `at_most`.
    """

    at_most: int
    in_all: int
    answer: bool
    claim: bool
    assign: bool
    claim_for: Dept | None


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
    ownership: int | None = None
    mark: str = ""
    may_approve: bool = False
    may_decide: bool = False
    may_agree: bool = False
    suggestions: Sequence[Suggestion] = field(default=())
    assignable: Collection[int] = ()
    stories: Sequence[Named] = ()
    teams: Sequence[int] = ()

    @property
    def only_team(self) -> int | None:
        """The team into which a story goes at one press."""
        return self.teams[0] if len(self.teams) == 1 else None

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet that they saw it."""
        return self.flag.state == Flag.State.OPEN

    @property
    def suggested(self) -> list[Suggested]:
        """The suggestions, each with whether the viewer may follow it by one press."""
        return [Suggested(s.department, s.reason, s.department.id in self.assignable) for s in self.suggestions]

    @property
    def is_silent(self) -> bool:
        """Whether it is snoozed or waived."""
        return self.flag.state in (Flag.State.SNOOZED, Flag.State.WAIVED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many flags there are, and how many of them can still be answered: all that are not closed."""

    n: int = 0
    answerable: int = 0


def severity_counts(flags: QuerySet[Flag]) -> dict[int, Counts]:
    """Flags by severity, the worst first: 1 statement."""
    answerable = Count("pk", filter=~Q(state=Flag.State.RESOLVED))
    rows = flags.order_by().values_list("severity").annotate(n=Count("pk"), answerable=answerable)
    found = {severity: Counts(n, left) for severity, n, left in rows}
    return {level: found.get(level, Counts()) for level in sorted(Flag.Severity.values, reverse=True)}


def concerning(standing: Standing) -> Q:
    """The condition that a flag asks this person, a department that they lead, or a unit that they head."""
    return (
        Q(asked=standing.person_id)
        | Q(department__in=standing.leads)
        | Q(unit__in=standing.heads)
        | Q(other_unit__in=standing.heads)
    )


def in_order(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """Worst first, then by due date: the order of every list of flags."""
    return flags.order_by("-severity", "due_on", "id")


def with_subjects(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """The flags with all that their rows show, in one statement.

    The current owner is there as `owner_now` and `person_now`, its ownership as `ownership_now` with the times of the
    answers about it, and whether it calls for another as `is_called`.
    """
    called = OwnershipCall.objects.open().filter(touchpoint=OuterRef("touchpoint"))
    owner = Q(touchpoint__ownerships__held_until__isnull=True, touchpoint__ownerships__kind="accountable")
    return (
        flags.select_related("asked", "journey", "touchpoint__stage__journey", "crossing__source", "crossing__target")
        .annotate(current=FilteredRelation("touchpoint__ownerships", condition=owner))
        .annotate(owner_now=F("current__department_id"), person_now=F("current__person_id"))
        .annotate(ownership_now=F("current__pk"), held_from=F("current__held_from"))
        .annotate(attested_at=F("current__attested_at"), disputed_at=F("current__disputed_at"))
        .annotate(is_called=Exists(called))
    )


def work_at(flags: Sequence[Flag], person: Person) -> OpenWork:
    """The open stories on what these flags are about, and the teams of the viewer: at most 1 statement."""
    return work_on({touchpoint.pk for flag in flags for touchpoint in flag.touchpoints}, person)


def flag_rows(
    flags: Sequence[Flag],
    standing: Standing,
    known: Directory,
    *,
    with_suggestions: bool = True,
    work: OpenWork = NO_WORK,
) -> list[FlagRow]:
    """Rows for these flags, which were read by `with_subjects`: at most 3 statements, whatever their number.

    One less without suggestions. `work` (see `work_at`) shows the stories, and where another can be made.
    """
    words = words_for(flags, known)
    touchpoints = {flag.touchpoint_id for flag in flags if flag.touchpoint_id is not None}
    waiting = _waiting(touchpoints)
    suggestions = suggest_owners(looking_for_owner(flags), known) if with_suggestions else {}
    # Of hundreds of departments, the same may take every unowned touchpoint of a unit: they are looked for once.
    takers = cache(lambda place: frozenset(department.id for department in assignable(standing, known, place)))
    rows = [_row(flag, explain(flag, words), standing, known, waiting, suggestions, takers) for flag in flags]
    return [_with_work(row, work) for row in rows]


def _with_work(row: FlagRow, work: OpenWork) -> FlagRow:
    touchpoints = [] if row.flag.state == Flag.State.RESOLVED else row.flag.touchpoints
    if not touchpoints:
        return row
    stories = {story.url: story for touchpoint in touchpoints for story in work.stories.get(touchpoint.pk, ())}
    return replace(row, stories=list(stories.values()), teams=work.teams)


def bulk_of(rows: Sequence[FlagRow], standing: Standing, known: Directory, *, at_most: int, in_all: int) -> Bulk | None:
    """What can be done with several of these rows at once; None where nothing can."""
    answer = any(row.may_answer for row in rows)
    claim = any(row.claims for row in rows)
    assign = any(row.may_assign for row in rows)
    if not (answer or claim or assign):
        return None
    speaks_for = known.spoken_for_by(standing)
    return Bulk(at_most, in_all, answer, claim, assign, speaks_for[0] if len(speaks_for) == 1 else None)


def looking_for_owner(flags: Sequence[Flag]) -> list[Unowned]:
    """The touchpoints of these flags, which were read by `with_subjects`, for which an owner is to be found."""
    found: dict[int, Unowned] = {}
    for flag in flags:
        touchpoint = flag.touchpoint
        is_free = _current(flag)[0] is None or is_disputed(flag.rule, flag.evidence)
        if touchpoint is not None and is_free and asks_for_owner(flag.rule, flag.evidence):
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


def _looked_at(flag: Any) -> dict[str, Any]:
    """The ownership that an answer is about, and the last answer that the viewer sees."""
    if flag.ownership_now is None:
        return {}
    mark = mark_at(flag.held_from, flag.attested_at, flag.disputed_at)
    return {"ownership": flag.ownership_now, "mark": str(mark)}


def _is_called(flag: Any) -> bool:
    return bool(flag.is_called)


def place_of(touchpoint: Touchpoint, owner_id: int | None, known: Directory, *, is_called: bool = False) -> Place:
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
        is_called=is_called,
    )


def _row(
    flag: Flag,
    words: Explanation,
    standing: Standing,
    known: Directory,
    waiting: Mapping[int, list[Claimant]],
    suggestions: Mapping[int, list[Suggestion]],
    takers: Callable[[Place], Collection[int]],
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
    place = place_of(flag.touchpoint, owner_id, known, is_called=_is_called(flag))
    claimants = waiting.get(flag.touchpoint.pk, [])
    near = suggestions.get(flag.touchpoint.pk, []) if asks_for_owner(flag.rule, flag.evidence) else []
    return FlagRow(
        flag,
        words,
        unit=row.unit,
        other_unit=row.other_unit,
        department=row.department,
        may_answer=row.may_answer,
        **_looked_at(flag),
        **_offers(flag, place, claimants, person_id, standing, known, takers),
        suggestions=[one for one in near if one.department.id != owner_id],
    )


def _offers(
    flag: Flag,
    place: Place,
    claimants: list[Claimant],
    person_id: int | None,
    standing: Standing,
    known: Directory,
    takers: Callable[[Place], Collection[int]],
) -> dict[str, Any]:
    """What the viewer may do about the flag's touchpoint, by the name of the row's field."""
    is_claimable = asks_for_owner(flag.rule, flag.evidence)
    given = takers(place) if is_claimable else ()
    waiting = [claimant.department_id for claimant in claimants]
    claims = claim_offers(standing, known, place, waiting=waiting) if is_claimable else []
    return {
        "may_assign": bool(given),
        "assignable": given,
        # Who may assign a department at once need not be offered to claim for it, unless they lead it.
        "claims": [o for o in claims if o.department.id not in given or standing.leads_department(o.department.id)],
        "may_attest": flag.rule == "unattested" and bool(may_attest(standing, place, person_id=person_id)),
        "may_approve": flag.rule == "outside-unit" and is_outside(place) and bool(may_approve_outside(standing, place)),
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
