"""Cards as HTML. One is the same for all who may do the same with it, so each is made once and then kept."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from threading import Lock

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from sprints.models import Story
from sprints.queries.board import BoardFacts, CardData, CardRow, cards_data
from sprints.views.moving import ref_of
from sprints.views.unchanged import build
from workspace import clock
from workspace.kept import A_DAY

AGING, OLD = 4, 8
"""Days in a column where work goes on, after which a card says so, and says so loudly."""
LABELS_SHOWN, PEOPLE_SHOWN = 3, 3

KIND_ICONS = {
    Story.Kind.STORY: "book-open",
    Story.Kind.TASK: "square-check",
    Story.Kind.EXPERIMENT: "flask-conical",
    Story.Kind.FIX: "wrench",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its id, what it is known again by, and its HTML."""

    id: int
    token: str
    html: SafeString


def cards_of(rows: Sequence[CardRow], facts: BoardFacts, *, key: str, team_id: int, works: bool) -> dict[int, Card]:
    """The cards of these rows by id, out of the cache; those that are new with 1 statement for all of them."""
    tokens = tokens_of(rows, facts, key=key, works=works)
    names = {f"card.{row.id}.{tokens[row.id]}": row.id for row in rows}
    kept = _kept(names)
    html = {names[name]: text for name, text in kept.items()}
    missing = [row for row in rows if row.id not in html]
    made = _made(missing, facts, key=key, team_id=team_id, works=works, tokens=tokens)
    _keep({f"card.{pk}.{tokens[pk]}": text for pk, text in made.items()})
    html |= made
    # They were rendered by a template, here or when they were kept.
    return {row.id: Card(row.id, tokens[row.id], mark_safe(html[row.id])) for row in rows if row.id in html}  # noqa: S308


def tokens_of(rows: Iterable[CardRow], facts: BoardFacts, *, key: str, works: bool) -> dict[int, str]:
    """What each card is known again by: it changes with whatever its card shows."""
    today = timezone.localdate(clock.now())
    done = {column.id for column in facts.columns if column.is_done}
    common = f"{key}.{works:d}.{today}.{get_language()}.{facts.card_mark}.{build()}"
    # The moment when it was created tells a story from the one that had its id before a database was put back.
    return {
        row.id: _short(
            f"{row.created_at.timestamp()}.{row.revision}.{_age(row, facts, today)}.{row.column_id in done:d}.{common}"
        )
        for row in rows
    }


def _short(text: str) -> str:
    data = text.encode()
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"


def _age(row: CardRow, facts: BoardFacts, today: date) -> int:
    """Whole days in a column where work goes on; 0 where nobody waits for it."""
    column = next((one for one in facts.columns if one.id == row.column_id), None)
    if column is None or column.is_done or column.is_todo:
        return 0
    return max(0, (today - timezone.localdate(row.in_column_since)).days)


def _kept(names: Collection[str]) -> dict[str, str]:
    """What this process has in memory, and of the rest what another one has left in the cache of all."""
    kept = _memory.those(names)
    missing = [name for name in names if name not in kept]
    if not missing or settings.REDIS_URL is None:
        return kept
    try:
        found: dict[str, str] = cache.get_many(missing)
    except Exception:  # each cache has its own
        logger.warning("The cache does not answer; cards are made anew by each process.", exc_info=True)
        return kept
    _memory.add(found)
    return kept | found


def _keep(made: dict[str, str]) -> None:
    _memory.add(made)
    if not made or settings.REDIS_URL is None:
        return
    try:
        cache.set_many(made, A_DAY)
    except Exception:
        logger.warning("The cache does not answer; cards could not be kept for other processes.", exc_info=True)


class _Memory:
    """Cards by name, as many as a process can well hold; the oldest go first. An embedded cache would hold a board."""

    def __init__(self, at_most: int) -> None:
        self._cards: dict[str, str] = {}
        self._at_most = at_most
        self._lock = Lock()

    def those(self, names: Iterable[str]) -> dict[str, str]:
        """The cards of these names that are there."""
        cards = self._cards
        return {name: card for name in names if (card := cards.get(name)) is not None}

    def add(self, cards: Mapping[str, str]) -> None:
        """Hold these too."""
        with self._lock:
            held = {**self._cards, **cards}
            surplus = len(held) - self._at_most
            self._cards = dict(islice(held.items(), surplus, None)) if surplus > 0 else held


_memory = _Memory(at_most=10_000)


def _made(
    rows: Sequence[CardRow],
    facts: BoardFacts,
    *,
    key: str,
    team_id: int,
    works: bool,
    tokens: Mapping[int, str],
) -> dict[int, str]:
    if not rows:
        return {}
    template = get_template("sprints/card.html")
    today = timezone.localdate(clock.now())
    done = {column.id for column in facts.columns if column.is_done}
    data = cards_data([row.id for row in rows])
    return {
        row.id: template.render(
            _context(data[row.id], facts, key=key)
            | {
                "ref": ref_of(row.id, team_id) if works else "",
                "works": works,
                "token": tokens[row.id],
                "done": row.column_id in done,
                "age": _age(row, facts, today),
                "aging": AGING,
                "old": OLD,
            }
        )
        for row in rows
        if row.id in data
    }


def _context(card: CardData, facts: BoardFacts, *, key: str) -> dict[str, object]:
    people = [facts.people[pk] for pk in card.assignees if pk in facts.people]
    labels = [facts.labels[pk] for pk in card.labels if pk in facts.labels]
    touched = [facts.touchpoints[pk] for pk in card.touchpoints if pk in facts.touchpoints]
    return {
        "card": card,
        "code": f"{key}-{card.number}",
        "kind_icon": KIND_ICONS.get(Story.Kind(card.kind), "book-open"),
        "kind": Story.Kind(card.kind).label,
        "points": points_text(card.points),
        "people": people[:PEOPLE_SHOWN],
        "more_people": len(people) - PEOPLE_SHOWN,
        "departments": ", ".join(dict.fromkeys(person.department for person in people if person.department)),
        "labels": labels[:LABELS_SHOWN],
        "more_labels": [label.name for label in labels[LABELS_SHOWN:]],
        "touchpoints": ", ".join(touched),
        "touched": len(touched),
    }


def points_text(points: Decimal | None) -> str:
    """Points as people write them: "3", "0.5", "" without an estimate."""
    return "" if points is None else f"{points.normalize():f}"
