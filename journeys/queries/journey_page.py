"""One journey as its page shows it: stages, steps, owners, flags, and where customers cross between units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, Max, Min, Q, When

from journeys.models import Flag, Handoff, Journey, Stage, Touchpoint
from journeys.queries.catalogue.crossing_owners import crossings_with_owners

UNOWNED, FLAGGED = "unowned", "flagged"


@dataclass(frozen=True, slots=True)
class Card:
    """A touchpoint of the journey; `flags` ask for something now, `worst` is the severity of the worst of them.

    `unit` is "" for guests.
    """

    touchpoint: Touchpoint
    department: str
    unit_id: int
    unit: str
    person: str
    flags: int
    worst: int | None

    @property
    def is_live(self) -> bool:
        """Whether customers meet it today."""
        return self.touchpoint.lifecycle == Touchpoint.Lifecycle.LIVE


@dataclass(frozen=True, slots=True)
class Seam:
    """Where customers cross from one unit into another, from a stage to the next or inside one.

    Of `n` crossings, `gaps` have one unowned end, `nobody` two; the owners of `needed` sit in different units, and of
    these `agreed` have an accepted handoff, `proposed` one that waits and `broken` one that is not kept.

    The ends are named where `n` is 1.
    """

    from_unit: str
    from_unit_id: int
    to_unit: str
    to_unit_id: int
    n: int
    gaps: int
    nobody: int
    needed: int
    agreed: int
    proposed: int
    broken: int
    source: Touchpoint | None
    target: Touchpoint | None

    @property
    def missing(self) -> int:
        """Crossings whose owners have not even proposed a handoff."""
        return self.needed - self.agreed - self.proposed - self.broken


@dataclass(frozen=True, slots=True)
class Band:
    """A stage: its touchpoints by step, and the seams inside it and to the next one."""

    stage: Stage
    steps: Sequence[tuple[int, Sequence[Card]]]
    live: int
    owned: int
    flags: int
    inside: Sequence[Seam]
    onward: Sequence[Seam]

    @property
    def unowned(self) -> int:
        """Live touchpoints without an owner."""
        return self.live - self.owned


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """The journey, band by band. The numbers count everything, whatever is shown."""

    journey: Journey
    bands: Sequence[Band]
    total: int
    live: int
    owned: int
    flagged: int
    drafts: int
    retired: int

    @property
    def unowned(self) -> int:
        """Live touchpoints without an owner."""
        return self.live - self.owned


def journey_page(journey: Journey, *, show: str = "", for_guest: bool = False) -> JourneyPage:
    """Read the page of a journey, 4 statements. `show` "unowned" or "flagged" leaves the other touchpoints out.

    A guest sees the touchpoints and who answers for them, and nothing else of the house: no flags, no business units
    and nothing of what lies between them (2 statements).
    """
    stages = list(journey.stages.present().order_by("position", "pk"))
    flags = {} if for_guest else flags_of(journey)
    cards = [_card(touchpoint, flags, for_guest=for_guest) for touchpoint in _touchpoints(journey)]
    present = [card for card in cards if card.touchpoint.lifecycle != Touchpoint.Lifecycle.RETIRED]
    by_stage: dict[int, list[Card]] = defaultdict(list)
    for card in present:
        by_stage[card.touchpoint.stage_id].append(card)
    ends = {card.touchpoint.pk: card.touchpoint for card in present}
    seams = {} if for_guest else _seams(journey, ends, _unit_names(present))
    bands = [_band(stage, by_stage[stage.pk], seams.get(stage.pk, ([], [])), flags, show) for stage in stages]
    live = [card for card in present if card.is_live]
    return JourneyPage(
        journey=journey,
        bands=bands,
        total=len(present),
        live=len(live),
        owned=sum(bool(card.department) for card in live),
        flagged=sum(bool(card.flags) for card in present),
        drafts=len(present) - len(live),
        retired=len(cards) - len(present),
    )


def _touchpoints(journey: Journey) -> Any:
    """The journey's touchpoints in order, each with the names around its owner: 1 statement."""
    return (
        Touchpoint.objects.with_owner()
        .filter(stage__journey=journey)
        .select_related("business_unit")
        .annotate(
            owner_name=F("current__department__name"),
            owner_unit_id=F("current__department__unit_id"),
            owner_unit=F("current__department__unit__name"),
            owner_person=F("current__person__name"),
        )
        .order_by("stage__position", "stage_id", "step", "pk")
    )


Flags = Mapping[tuple[str, int], tuple[int, int]]


def flags_of(journey: Journey) -> Flags:
    """Flags that ask for something now, by touchpoint or stage: how many, and how bad: 1 statement."""
    rows = (
        Flag.objects.speaking()
        .filter(journey=journey)
        .order_by()
        .values_list("touchpoint_id", Case(When(subject_kind="stage", then=F("subject_id"))))
        .annotate(n=Count("pk"), worst=Max("severity"))
    )
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for touchpoint_id, stage_id, n, worst in rows:
        if touchpoint_id or stage_id:
            found["touchpoint" if touchpoint_id else "stage", touchpoint_id or stage_id] = (n, worst)
    return found


def _card(touchpoint: Any, flags: Flags, *, for_guest: bool) -> Card:
    n, worst = flags.get(("touchpoint", touchpoint.pk), (0, None))
    return Card(
        touchpoint,
        department=touchpoint.owner_name or "",
        unit_id=0 if for_guest else touchpoint.owner_unit_id or touchpoint.business_unit_id,
        unit="" if for_guest else touchpoint.owner_unit or touchpoint.business_unit.name,
        person=touchpoint.owner_person or "",
        flags=n,
        worst=worst,
    )


def _band(stage: Stage, cards: Sequence[Card], seams: tuple[list[Seam], list[Seam]], flags: Flags, show: str) -> Band:
    live = [card for card in cards if card.is_live]
    shown = [card for card in cards if _is_shown(card, show)]
    steps = [(step, list(group)) for step, group in groupby(shown, key=lambda card: card.touchpoint.step)]
    return Band(
        stage,
        steps,
        live=len(live),
        owned=sum(bool(card.department) for card in live),
        flags=flags.get(("stage", stage.pk), (0, 0))[0],
        inside=seams[0],
        onward=seams[1],
    )


def _is_shown(card: Card, show: str) -> bool:
    if show == UNOWNED:
        return card.is_live and not card.department
    return bool(card.flags) if show == FLAGGED else True


def _unit_names(cards: Sequence[Card]) -> Mapping[int, str]:
    return {card.touchpoint.business_unit_id: card.touchpoint.business_unit.name for card in cards}


def _seams(
    journey: Journey, touchpoints: Mapping[int, Touchpoint], units: Mapping[int, str]
) -> Mapping[int, tuple[list[Seam], list[Seam]]]:
    """Crossings between units, counted per pair of stages and units: (inside, onward) by stage: 1 statement."""
    is_open = Q(handoffs__state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED])
    from_owner, to_owner = Q(from_owner__isnull=False), Q(to_owner__isnull=False)
    abroad = from_owner & to_owner & ~Q(from_owner__department__unit=F("to_owner__department__unit"))
    waits = abroad & Q(handoff__state=Handoff.State.PROPOSED)
    rows = (
        crossings_with_owners()
        .filter(journey=journey)
        .exclude(source__business_unit=F("target__business_unit"))
        .annotate(handoff=FilteredRelation("handoffs", condition=is_open))
        .order_by()
        .values("source__stage_id", "target__stage_id", "source__business_unit_id", "target__business_unit_id")
        .annotate(
            n=Count("pk"),
            gaps=Count("pk", filter=(from_owner & ~to_owner) | (~from_owner & to_owner)),
            nobody=Count("pk", filter=~from_owner & ~to_owner),
            needed=Count("pk", filter=abroad),
            agreed=Count("pk", filter=abroad & Q(handoff__state=Handoff.State.ACCEPTED)),
            proposed=Count("pk", filter=waits & Q(handoff__broken_at__isnull=True)),
            broken=Count("pk", filter=waits & Q(handoff__broken_at__isnull=False)),
            first_source=Min("source_id"),
            first_target=Min("target_id"),
        )
    )
    found: dict[int, tuple[list[Seam], list[Seam]]] = defaultdict(lambda: ([], []))
    for row in sorted(rows, key=lambda row: (-row["gaps"] - row["nobody"], -row["n"], row["first_source"])):
        alone = row["n"] == 1
        seam = Seam(
            from_unit=units.get(row["source__business_unit_id"], ""),
            from_unit_id=row["source__business_unit_id"],
            to_unit=units.get(row["target__business_unit_id"], ""),
            to_unit_id=row["target__business_unit_id"],
            **{name: row[name] for name in ("n", "gaps", "nobody", "needed", "agreed", "proposed", "broken")},
            source=touchpoints.get(row["first_source"]) if alone else None,
            target=touchpoints.get(row["first_target"]) if alone else None,
        )
        is_inside = row["source__stage_id"] == row["target__stage_id"]
        found[row["source__stage_id"]][0 if is_inside else 1].append(seam)
    return found
