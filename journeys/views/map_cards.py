"""Cards of the map as HTML, made of pieces: each is rendered once for all that look alike, and kept with gaps for what
every touchpoint has of its own. So a map is as quick in a process that has just started as in any other."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from journeys.queries.journey_map import Card
from journeys.queries.map_crossings import Between, State
from journeys.queries.map_layout import Placed

KEPT = 2_000
"""Pieces of a look that are kept: some kilobytes each at most."""
OPENS, CLOSES = "\ue000", "\ue001"
GAP = re.compile(f"{OPENS}(\\w+){CLOSES}")

Address = tuple[str, str]
"""What stands before and after an id in an address: to reverse hundreds takes its time."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a card shows besides its facts. `edit` is None where it cannot be changed, `claim` where none is offered."""

    page: Address
    edit: Address | None
    claim: Address | None
    lanes: str
    is_alone: bool


Pattern = tuple[str, ...]
"""The text of a piece, and in turn the names of its gaps."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A template: `shows` is what all that look alike have in common, `own` what each of them fills in."""

    template: str
    shows: tuple[str, ...]
    own: tuple[str, ...] = ()


CARD = Piece(
    "journeys/map_card.html",
    ("is_live", "is_unowned", "is_elsewhere", "joined", "alternatives", "may_claim"),
    ("id", "stage", "step", "name", "owner", "marks", "folds"),
)
OWNER = Piece("journeys/map_owner.html", ("is_live", "department", "unit", "unit_id", "person"))
MARK = Piece("journeys/map_mark.html", ("what", "value"))
CROSSINGS = Piece("journeys/map_crossings.html", ("tally",), ("id", "rows"))
CROSSING = Piece("journeys/map_crossing.html", ("onward", "state", "unit", "n"), ("first", "name", "to"))
WORK = Piece("journeys/map_work.html", ("n",), ("id", "rows"))
STORY = Piece("journeys/map_story.html", (), ("url", "text"))


class Cards:
    """Makes cards of one look, in the language of the request."""

    def __init__(self, look: Look) -> None:
        self.look = look
        # a template that is being worked on shows at once
        self._kept = {} if settings.DEBUG else _kept_of(look, get_language())

    def html(self, cards: Iterable[Placed]) -> SafeString:
        """The cards of a cell, one after the other."""
        return _joined(self._card(placed.card, placed.joined) for placed in cards)

    def _card(self, card: Card, joined: bool) -> str:
        may_claim = card.may_claim and self.look.claim is not None
        looks = (card.is_live, card.is_unowned, card.is_elsewhere, joined, card.alternatives, may_claim)
        return self._fill(
            CARD,
            looks,
            id=card.id,
            stage=card.stage_id,
            step=card.step,
            name=card.name,
            owner=self._owner(card),
            marks=_joined(self._fill(MARK, mark) for mark in self._marks(card)),
            folds=self._work(card) + self._crossings(card),
        )

    def _owner(self, card: Card) -> SafeString:
        of_owner = (card.owner_unit, card.owner_unit_id) if card.department else (card.unit, card.unit_id)
        person = card.person if self.look.is_alone else ""
        return self._fill(OWNER, (card.is_live, card.department, *of_owner, person))

    def _marks(self, card: Card) -> Iterable[tuple[str, Hashable]]:
        if card.channel and self.look.lanes != "channel":
            yield "channel", card.channel
        if card.emotion is not None:
            yield "emotion", card.emotion
        if card.moment_of_truth:
            yield "truth", None
        if not card.is_live:
            yield "draft", None
        if card.flagged:
            yield "flags", card.flagged
        if card.claims:
            yield "claims", card.claims
        if card.called:
            yield "called", None

    def _work(self, card: Card) -> SafeString:
        if not card.stories:
            return SafeString()
        rows = _joined(self._fill(STORY, (), url=story.url, text=story.text) for story in card.stories)
        return self._fill(WORK, (len(card.stories),), id=card.id, rows=rows)

    def _crossings(self, card: Card) -> SafeString:
        between = card.between
        if not between.rows:
            return SafeString()
        rows = _joined(map(self._crossing, between.rows))
        return self._fill(CROSSINGS, (between.tally,), id=card.id, rows=rows)

    def _crossing(self, row: Between) -> SafeString:
        looks = (row.onward, State(row.state), row.unit, len(row.ids))
        return self._fill(CROSSING, looks, first=row.ids[0], name=row.name, to=row.targets)

    def _fill(self, piece: Piece, looks: tuple[Hashable, ...], **own: Any) -> SafeString:
        pattern = self._kept.get((piece, looks))
        if pattern is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            pattern = self._kept[piece, looks] = self._made(piece, looks)
        if len(pattern) == 1:
            return mark_safe(pattern[0])  # noqa: S308 - rendered by a template
        safe = {name: _safe(value) for name, value in own.items()}
        parts = list(pattern)
        parts[1::2] = [safe.get(name, "") for name in parts[1::2]]
        return mark_safe("".join(parts))  # noqa: S308 - rendered by a template, its gaps filled with escaped values

    def _made(self, piece: Piece, looks: tuple[Hashable, ...]) -> Pattern:
        gaps = {name: f"{OPENS}{name}{CLOSES}" for name in piece.own}
        context = dict(zip(piece.shows, looks, strict=True)) | gaps | {"look": self.look}
        return tuple(GAP.split(get_template(piece.template).render(context).strip("\n")))


@lru_cache(maxsize=64)
def _kept_of(_look: Look, _language: str | None) -> dict[tuple[Piece, tuple[Hashable, ...]], Pattern]:
    return {}


def _safe(value: str | int) -> str:
    """What Django's `conditional_escape` does, for the two kinds that come here, in a third of the time."""
    if isinstance(value, SafeString):
        return value
    return escape(value) if isinstance(value, str) else str(value)


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - each was rendered by a template


def forget() -> None:
    """Make every piece anew, as in a process that has just started."""
    _kept_of.cache_clear()
