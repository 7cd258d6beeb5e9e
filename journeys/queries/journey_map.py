"""A journey as a map: stages from left to right, touchpoints in lanes, and what lies between business units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from journeys.models import Claim, Flag, Journey, OwnershipCall, Stage, Touchpoint
from journeys.queries.catalogue.crossing_owners import accountable
from journeys.queries.history_then import answered_then, ends_of_ownership
from journeys.queries.journey_page import Flags, flags_of
from journeys.queries.map_crossings import NO_CROSSINGS, CardCrossings, MapCrossings, crossings_on_map
from journeys.registry import work_on
from workspace.activity.registry import Named
from workspace.organisation.models import Department, Person
from workspace.organisation.rules.standing import Standing

NOTHING_BETWEEN = CardCrossings()


@dataclass(frozen=True, slots=True)
class Flagged:
    """How many flags, and the severity of the worst of them."""

    n: int
    worst: int | None

    @property
    def words(self) -> str:
        """Both in words."""
        words = ngettext("%(n)s flag, %(severity)s", "%(n)s flags, the worst %(severity)s", self.n)
        return words % {"n": self.n, "severity": Flag.Severity(self.worst or Flag.Severity.LOW).label}


@dataclass(frozen=True, slots=True)
class Card:
    """A touchpoint on the map. `unit` is the business unit in which it happens, `owner_unit` that of its owner.

    `alternatives` counts the touchpoints of its step, itself among them; `claims` are those that wait, `called` says
    that its owner wants to give it up, and `claimable` that the viewer speaks for a department that could claim it. A
    guest learns no unit.
    """

    id: int
    name: str
    stage_id: int
    step: int
    channel: str
    visibility: str
    emotion: int | None
    moment_of_truth: bool
    lifecycle: str
    unit_id: int
    unit: str
    owner_unit_id: int
    owner_unit: str
    department: str
    person: str
    claims: int = 0
    called: bool = False
    claimable: bool = False
    alternatives: int = 1
    flagged: Flagged | None = None
    stories: tuple[Named, ...] = ()
    between: CardCrossings = NOTHING_BETWEEN

    @property
    def is_live(self) -> bool:
        """Whether customers meet it today."""
        return self.lifecycle == Touchpoint.Lifecycle.LIVE

    @property
    def is_unowned(self) -> bool:
        """Whether customers meet it and nobody answers for it."""
        return self.is_live and not self.department

    @property
    def may_claim(self) -> bool:
        """Whether the viewer is asked to claim it: nobody answers for it, or its owner calls for another."""
        return self.claimable and (self.is_unowned or self.called)

    @property
    def is_elsewhere(self) -> bool:
        """Whether its owner sits in another unit than the one in which it happens."""
        return bool(self.owner_unit_id) and self.owner_unit_id != self.unit_id


@dataclass(frozen=True, slots=True)
class JourneyMap:
    """What there is to be drawn: `cards` in the order of the journey, `flags` by what they are about."""

    journey: Journey
    stages: Sequence[Stage]
    cards: Sequence[Card]
    flags: Flags
    between: Mapping[str, int]
    retired: int

    @property
    def live(self) -> int:
        """Touchpoints that customers meet today."""
        return sum(card.is_live for card in self.cards)

    @property
    def unowned(self) -> int:
        """Live touchpoints without an owner."""
        return sum(card.is_unowned for card in self.cards)

    @property
    def owned(self) -> int:
        """Live touchpoints with one."""
        return self.live - self.unowned

    @property
    def drafts(self) -> int:
        """Touchpoints that customers do not meet yet."""
        return len(self.cards) - self.live


def journey_map(
    journey: Journey, *, viewer: Person, moment: datetime | None = None, standing: Standing | None = None
) -> JourneyMap:
    """Read the map of a journey: 5 statements. `standing` is that of a viewer who may claim here.

    With a `moment` the owners and handoffs are those of then, on today's structure, without flags, claims and stories,
    which are of today (at most 7 statements). A guest sees the touchpoints and who answers for them, and nothing else
    of the house: no units, flags, claims, stories, and nothing of what lies between units (2 statements, or 5).
    """
    stages = list(journey.stages.present().order_by("position", "pk"))
    known = [_card(row, for_guest=viewer.is_guest) for row in _rows(journey, viewer, moment, standing)]
    if moment is not None:
        known = _answered_then(known, moment)
    cards = [card for card in known if card.lifecycle != Touchpoint.Lifecycle.RETIRED]
    flags: Flags = {}
    work: Mapping[int, Sequence[Named]] = {}
    between = NO_CROSSINGS
    if not viewer.is_guest:
        between = crossings_on_map(journey, {card.id: card.name for card in cards}, _units(cards), moment)
        if moment is None:
            flags = flags_of(journey)
            work = work_on([card.id for card in cards], viewer).stories
    dressed = _dressed(cards, flags, work, between)
    return JourneyMap(journey, stages, dressed, flags, between.states, retired=len(known) - len(cards))


def _rows(journey: Journey, viewer: Person, moment: datetime | None, standing: Standing | None) -> Any:
    """The touchpoints in their order, with their owners now or at `moment`: 1 statement."""
    more: list[Any] = [] if viewer.is_guest or moment else [_waiting_claims(), Exists(_open_calls())]
    if more and standing is not None:
        more.append(Exists(_could_claim(standing)))
    return (
        Touchpoint.objects.filter(stage__journey=journey, stage__removed_at__isnull=True)
        .annotate(current=FilteredRelation("ownerships", condition=accountable("ownerships", moment)))
        .order_by("stage__position", "stage_id", "step", "pk")
        .values_list(
            "pk", "name", "stage_id", "step", "channel", "visibility", "emotion", "moment_of_truth", "lifecycle",
            "business_unit_id", "business_unit__name", "current__department__unit_id",
            "current__department__unit__name", "current__department__name", "current__person__name", *more,
        )
    )  # fmt: skip


def _waiting_claims() -> Any:
    waiting = Claim.objects.waiting().filter(touchpoint=OuterRef("pk")).order_by().values("touchpoint")
    return Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0)


def _open_calls() -> Any:
    return OwnershipCall.objects.open().filter(touchpoint=OuterRef("pk"))


def _could_claim(standing: Standing) -> Any:
    """Open departments that somebody speaks for and that could claim: not the owner, and none whose claim waits."""
    spoken_for = Q(pk__in=standing.leads) | Q(unit__in=standing.heads)
    owner = Coalesce(OuterRef("current__department_id"), 0)
    waiting = Claim.objects.waiting().filter(touchpoint=OuterRef(OuterRef("pk")), department=OuterRef("pk"))
    departments = Department.objects.filter(spoken_for, ~Q(pk=owner), ~Exists(waiting), archived_at__isnull=True)
    return departments.order_by()


def _card(row: Sequence[Any], *, for_guest: bool) -> Card:
    places = (0, "", 0, "") if for_guest else (row[9], row[10], row[11] or 0, row[12] or "")
    values: list[Any] = [*row[:9], *places, row[13] or "", row[14] or "", *row[15:]]
    return Card(*values)


def _answered_then(cards: Sequence[Card], moment: datetime) -> list[Card]:
    """The cards with who answered then, where somebody else was named since: 1 statement, and at most 2."""
    owned = ends_of_ownership([card.id for card in cards], moment)
    former = answered_then(owned, moment)
    return [replace(card, person=former.get(card.id, card.person)) for card in cards]


def _units(cards: Sequence[Card]) -> Mapping[int, str]:
    return {card.unit_id: card.unit for card in cards} | {card.owner_unit_id: card.owner_unit for card in cards}


def _dressed(
    cards: Sequence[Card], flags: Flags, work: Mapping[int, Sequence[Named]], between: MapCrossings
) -> list[Card]:
    steps = Counter((card.stage_id, card.step) for card in cards)
    dressed = []
    for card in cards:
        n, worst = flags.get(("touchpoint", card.id), (0, None))
        dressed.append(
            replace(
                card,
                alternatives=steps[card.stage_id, card.step],
                flagged=Flagged(n, worst) if n else None,
                stories=tuple(work.get(card.id, ())),
                between=between.of.get(card.id, NOTHING_BETWEEN),
            )
        )
    return dressed
