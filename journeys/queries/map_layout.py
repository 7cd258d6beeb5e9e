"""How a journey's map is laid out: its columns, lanes and cells, and the curve of emotion above them. Pure."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import TypeVar

from django.utils.translation import gettext as _

from journeys.models import Stage, Touchpoint
from journeys.queries.journey_map import Card, JourneyMap

K = TypeVar("K", bound=Hashable)

UNIT, CHANNEL, VISIBILITY = "unit", "channel", "visibility"
LANES = (UNIT, CHANNEL, VISIBILITY)

LOWEST, HIGHEST = -2, 2
NAMED = 3
"""Touchpoints up to which a point of the curve names them."""
MARGIN = 20
"""How much of the curve's height stays free above and below, in percent: there stand the values."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stage, and what its head says."""

    stage: Stage
    live: int
    unowned: int
    flags: int

    @property
    def owned(self) -> int:
        """Live touchpoints with an owner."""
        return self.live - self.unowned


@dataclass(frozen=True, slots=True)
class Placed:
    """A card in its cell. `joined` says that the one before it is an alternative to it: same step, same cell."""

    card: Card
    joined: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """What of a lane happens in a stage, by step."""

    stage: Stage
    cards: Sequence[Placed]


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the map. `key` is the id of the unit, the channel as it is written, or the visibility."""

    key: str
    name: str
    unit_id: int | None
    cells: Sequence[Cell]
    n: int
    unowned: int


@dataclass(frozen=True, slots=True)
class Point:
    """A value on the curve, in percent from the left and from above."""

    x: float
    y: float
    value: float
    name: str

    @property
    def text(self) -> str:
        """The value with its sign."""
        return signed(self.value)

    @property
    def is_low(self) -> bool:
        """Whether customers suffer here."""
        return self.value <= -1

    @property
    def label_y(self) -> float:
        """Where its value stands: above the point, below it where it is low."""
        return self.y + 17 if self.value < 0 else self.y - 10


@dataclass(frozen=True, slots=True)
class Curve:
    """The emotion along the journey: a path in a square of 100 × 100, and the values on it."""

    path: str
    area: str
    points: Sequence[Point]
    zero: float


def signed(value: float) -> str:
    """A number as people write emotion: "+1.5", "0", "−2"."""
    rounded = round(value, 1)
    if not rounded:
        return "0"
    return f"{rounded:+g}".replace("-", "\N{MINUS SIGN}")


def columns_of(page: JourneyMap, stages: Sequence[Stage]) -> list[Column]:
    """The heads of these stages."""
    by_stage = _by(page.cards, lambda card: card.stage_id)
    return [_column(stage, by_stage.get(stage.pk, []), page) for stage in stages]


def _column(stage: Stage, cards: Sequence[Card], page: JourneyMap) -> Column:
    return Column(
        stage,
        live=sum(card.is_live for card in cards),
        unowned=sum(card.is_unowned for card in cards),
        flags=page.flags.get(("stage", stage.pk), (0, 0))[0],
    )


def lanes_of(cards: Sequence[Card], stages: Sequence[Stage], kind: str) -> list[Lane]:
    """The lanes in which there is something, by name; channels with the most touchpoints first."""
    found = _by(cards, lambda card: _key(card, kind))
    here = {stage.pk for stage in stages}
    lanes = []
    for key, rows in sorted(found.items(), key=lambda item: _rank(item[0], item[1], kind)):
        by_stage = _by(rows, lambda card: card.stage_id)
        shown = [card for card in rows if card.stage_id in here]
        lanes.append(
            Lane(
                key,
                _name(key, rows[0], kind),
                rows[0].unit_id if kind == UNIT else None,
                [Cell(stage, _placed(by_stage.get(stage.pk, []))) for stage in stages],
                n=len(shown),
                unowned=sum(card.is_unowned for card in shown),
            )
        )
    return lanes


def _key(card: Card, kind: str) -> str:
    return {UNIT: str(card.unit_id), CHANNEL: card.channel, VISIBILITY: card.visibility}[kind]


def _rank(key: str, rows: Sequence[Card], kind: str) -> tuple[int, str]:
    if kind == VISIBILITY:
        return list(Touchpoint.Visibility).index(Touchpoint.Visibility(key)), ""
    if kind == CHANNEL:
        return -len(rows) if key else 1, key
    return 0, rows[0].unit


def _name(key: str, card: Card, kind: str) -> str:
    if kind == VISIBILITY:
        return str(Touchpoint.Visibility(key).label).capitalize()
    return card.unit if kind == UNIT else key


def _placed(cards: Sequence[Card]) -> list[Placed]:
    joined = [False, *(one.step == two.step for one, two in pairwise(cards))]
    return [Placed(card, is_joined) for card, is_joined in zip(cards, joined, strict=False)]


def _by(cards: Iterable[Card], key: Callable[[Card], K]) -> dict[K, list[Card]]:
    found: dict[K, list[Card]] = defaultdict(list)
    for card in cards:
        found[key(card)].append(card)
    return found


def curve_of(cards: Sequence[Card], stages: Sequence[Stage], *, most: int) -> Curve | None:
    """The mean emotion of each step, drawn as a smooth line; None where nothing was recorded.

    Stages are equally wide, and so are the steps inside one. Where there are more than `most` values to be read,
    neighbouring steps of a stage are taken together.
    """
    wide = 100 / max(len(stages), 1)
    by_stage = _by((card for card in cards if card.is_live), lambda card: card.stage_id)
    steps = [list(_by(by_stage.get(stage.pk, []), lambda card: card.step).values()) for stage in stages]
    at_most = sys.maxsize if sum(map(len, steps)) <= most else max(1, most // len(stages))
    points = []
    for place, alike in enumerate(steps):
        together = _together(alike, at_most)
        for at, group in enumerate(together):
            felt = [card.emotion for card in group if card.emotion is not None]
            if felt:
                points.append(_point(wide * (place + (at + 0.5) / len(together)), fmean(felt), _who(group)))
    if not points:
        return None
    path = _smooth(points)
    zero = _height(0)
    return Curve(path, f"{path}L{points[-1].x:g} {zero:g}L{points[0].x:g} {zero:g}Z", points, zero)


def _together(steps: Sequence[Sequence[Card]], at_most: int) -> list[list[Card]]:
    """The steps in at most so many groups of neighbours."""
    n = min(len(steps), at_most)
    cuts = [len(steps) * place // n for place in range(n + 1)] if n else []
    return [[card for step in steps[start:end] for card in step] for start, end in pairwise(cuts)]


def _who(cards: Sequence[Card]) -> str:
    if len(cards) <= NAMED:
        return ", ".join(card.name for card in cards)
    return _("%(n)d touchpoints from %(first)s to %(last)s") % {
        "n": len(cards),
        "first": cards[0].name,
        "last": cards[-1].name,
    }


def _point(x: float, value: float, name: str) -> Point:
    return Point(round(x, 2), round(_height(value), 2), value, name)


def _height(value: float) -> float:
    return MARGIN + (HIGHEST - value) / (HIGHEST - LOWEST) * (100 - 2 * MARGIN)


def _smooth(points: Sequence[Point]) -> str:
    """A path through the points that leaves and reaches each of them level, so that it shows no value but theirs."""
    path = f"M{points[0].x:g} {points[0].y:g}"
    for one, two in pairwise(points):
        half = (one.x + two.x) / 2
        path += f"C{half:.2f} {one.y:g} {half:.2f} {two.y:g} {two.x:g} {two.y:g}"
    return path
