"""Where a journey crosses from one business unit to the next, and how the two owners stand to each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from journeys.models import Handoff, Journey
from journeys.queries.catalogue.crossing_owners import crossings_with_owners
from journeys.queries.history_then import handoffs_then


class State(TextChoices):
    """How the two ends of a crossing between units stand to each other, the worst first."""

    UNOWNED = "unowned", _("unowned end")
    BROKEN = "broken", _("handoff not kept")
    NONE = "none", _("no handoff agreed")
    PROPOSED = "proposed", _("handoff proposed")
    AGREED = "agreed", _("handoff agreed")


WORST_FIRST = {str(state): place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Between:
    """Crossings between a touchpoint and those of one other unit that stand alike; `ids` are these touchpoints."""

    onward: bool
    state: str
    unit_id: int
    unit: str
    ids: tuple[int, ...]
    name: str

    @property
    def targets(self) -> str:
        """Where its lines lead, for the script that draws them."""
        return " ".join(map(str, self.ids))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many crossings stand how, the worst first."""

    counts: tuple[tuple[str, int], ...]

    @property
    def worst(self) -> str:
        """The worst state of them."""
        return self.counts[0][0]

    @property
    def words(self) -> str:
        """How many stand how: "no handoff agreed", or "1 × unowned end, 2 × handoff agreed"."""
        if len(self.counts) == 1 and self.counts[0][1] == 1:
            return str(State(self.worst).label)
        return ", ".join(f"{n} × {State(state).label}" for state, n in self.counts)


@dataclass(frozen=True, slots=True)
class CardCrossings:
    """What lies between one touchpoint and other units, the worst first."""

    rows: tuple[Between, ...] = ()

    @property
    def tally(self) -> Tally:
        """How many stand how."""
        states: Counter[str] = Counter()
        for row in self.rows:
            states[row.state] += len(row.ids)
        return Tally(tuple(states.items()))


@dataclass(frozen=True, slots=True)
class MapCrossings:
    """All of a journey: by touchpoint, and how many stand how."""

    of: Mapping[int, CardCrossings]
    states: Mapping[str, int]


NO_CROSSINGS = MapCrossings({}, {})


def crossings_on_map(
    journey: Journey, names: Mapping[int, str], units: Mapping[int, str], moment: datetime | None
) -> MapCrossings:
    """The crossings between units, as they are (1 statement) or were at `moment` (at most 2).

    The unit is that of the owner. Where nobody owns an end, the unit in which it happens stands in.
    """
    groups: dict[int, dict[tuple[bool, str, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    states: Counter[str] = Counter()
    rows = list(_rows(journey, moment))
    then = handoffs_then([row[6] for row in rows if row[6] is not None], moment) if moment else {}
    for row in rows:
        source, target, from_unit, to_unit = row[:4]
        if source not in names or target not in names:
            continue
        state = _state(row[4:], then, moment)
        states[state] += 1
        groups[source][True, state, to_unit].append(target)
        groups[target][False, state, from_unit].append(source)
    return MapCrossings({pk: _sorted(found, names, units) for pk, found in groups.items()}, states)


def _rows(journey: Journey, moment: datetime | None) -> Any:
    return (
        crossings_with_owners(moment)
        .filter(journey=journey)
        .annotate(
            handoff=FilteredRelation("handoffs", condition=_open(moment)),
            from_unit=Coalesce(F("from_owner__department__unit_id"), F("source__business_unit_id")),
            to_unit=Coalesce(F("to_owner__department__unit_id"), F("target__business_unit_id")),
        )
        .exclude(from_unit=F("to_unit"))
        .order_by("source_id", "target_id")
        .values_list(
            "source_id", "target_id", "from_unit", "to_unit", "from_owner__department_id", "to_owner__department_id",
            "handoff__id", "handoff__from_accepted_at", "handoff__to_accepted_at", "handoff__broken_at",
        )
    )  # fmt: skip


def _open(moment: datetime | None) -> Q:
    if moment is None:
        return Q(handoffs__state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED])
    ends_later = Q(handoffs__ended_at__isnull=True) | Q(handoffs__ended_at__gt=moment)
    return Q(handoffs__proposed_at__lte=moment) & ends_later


def _state(stands: Sequence[Any], then: Mapping[int, str], moment: datetime | None) -> str:
    """How a crossing stands; `then` tells of handoffs as they stood at the moment, for their row is overwritten."""
    from_owner, to_owner, handoff, from_accepted, to_accepted, broken = stands

    def happened(when: datetime | None) -> bool:
        return when is not None and (moment is None or when <= moment)

    if from_owner is None or to_owner is None:
        return State.UNOWNED.value
    if handoff is None:
        return State.NONE.value
    if handoff in then:
        return then[handoff]
    if happened(broken):
        return State.BROKEN.value
    return State.AGREED.value if happened(from_accepted) and happened(to_accepted) else State.PROPOSED.value


def _sorted(
    found: Mapping[tuple[bool, str, int], list[int]], names: Mapping[int, str], units: Mapping[int, str]
) -> CardCrossings:
    rows = [
        Between(onward, state, unit, units.get(unit, ""), tuple(ids), names[ids[0]] if len(ids) == 1 else "")
        for (onward, state, unit), ids in found.items()
    ]
    return CardCrossings(tuple(sorted(rows, key=lambda row: (WORST_FIRST[row.state], not row.onward, row.unit))))
