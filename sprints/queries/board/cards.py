"""The stories of a board: the few facts of each that every visit needs, and all that a card shows, where it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BooleanField, CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast

from sprints.models import Assignment, Story, StoryLabel, StoryTouchpoint
from sprints.queries.board.facts import read, told
from workspace import db


class CardRow(NamedTuple):
    """What decides where a card lies, how the columns count it, and which kept card is still right."""

    id: int
    revision: int
    created_at: datetime
    column_id: int
    in_column_since: datetime
    points: Decimal | None
    unplanned_reason: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class CardData:
    """All that a card shows, but what its lists name: assignees, labels and touchpoints are ids."""

    id: int
    number: int
    title: str
    kind: str
    points: Decimal | None
    due_on: date | None
    publish_on: date | None
    blocked_reason: str
    unplanned_reason: str
    comments: int
    attachments: int
    items: int
    ticked: int
    waiting_approvals: int
    version: int
    assignees: Sequence[int] = ()
    labels: Sequence[int] = ()
    touchpoints: Sequence[int] = ()


def card_rows(stories: QuerySet[Story], *, narrowed: QuerySet[Story] | None = None) -> list[CardRow]:
    """The cards of these stories in the order of their team: 1 statement. `narrowed`: what the filters let show."""
    is_shown: Any = (
        Value(True, BooleanField()) if narrowed is None else Exists(narrowed.order_by().filter(pk=OuterRef("pk")))
    )
    rows = stories.order_by("rank").annotate(is_shown=is_shown)
    return [CardRow(*row) for row in rows.values_list(*CardRow._fields)]


_FIELDS = ("id", "number", "title", "kind", "due_on", "publish_on", "blocked_reason", "unplanned_reason", "version")


def cards_data(ids: Collection[int]) -> dict[int, CardData]:
    """All that the cards of these stories show: 1 statement, none for no stories."""
    if not ids:
        return {}
    wanted = db.one_of("bigint", ids)
    found = read(
        [
            told(
                "card",
                Story.objects.filter(pk__in=wanted),
                **{name: F(name) for name in _FIELDS},
                points=Cast("points", CharField()),
                comments=F("comment_count"),
                attachments=F("attachment_count"),
                items=F("item_count"),
                ticked=F("ticked_count"),
                waiting_approvals=F("waiting_approvals"),
            ),
            *_links(ids),
        ]
    )
    links = _by_story(found)
    return {row["id"]: _card(row, links) for row in found["card"]}


def _card(row: dict[str, Any], links: Mapping[str, Mapping[int, list[int]]]) -> CardData:
    linked = {name: tuple(by_story.get(row["id"], ())) for name, by_story in links.items()}
    points = None if row["points"] is None else Decimal(row["points"])
    days = {name: day(row[name]) for name in ("due_on", "publish_on")}
    return CardData(**{**row, **days, **linked, "points": points})


def links_of(ids: Collection[int], what: str) -> Mapping[int, Sequence[int]]:
    """Of each story, the ids of its `assignees`, `labels` or `touchpoints`, the oldest link first: 1 statement."""
    if not ids:
        return {}
    return _by_story(read([part for name, part in _linked(ids).items() if name == what]))[what]


def day(text: str | None) -> date | None:
    """A day as JSON told it."""
    return date.fromisoformat(text[:10]) if text else None


def _linked(ids: Collection[int]) -> dict[str, QuerySet[Any, Any]]:
    def part(word: str, model: Any, field: str) -> QuerySet[Any, Any]:
        links = model.objects.filter(story__in=db.one_of("bigint", ids))
        return told(word, links, link=F("id"), story=F("story_id"), id=F(f"{field}_id"))

    return {
        "assignees": part("assignees", Assignment, "person"),
        "labels": part("labels", StoryLabel, "label"),
        "touchpoints": part("touchpoints", StoryTouchpoint, "touchpoint"),
    }


def _links(ids: Collection[int]) -> list[QuerySet[Any, Any]]:
    return list(_linked(ids).values())


def _by_story(found: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[int, list[int]]]:
    links: dict[str, dict[int, list[int]]] = {}
    for word in ("assignees", "labels", "touchpoints"):
        by_story: dict[int, list[int]] = defaultdict(list)
        for row in sorted(found.get(word, ()), key=lambda row: int(row["link"])):
            by_story[row["story"]].append(row["id"])
        links[word] = by_story
    return links
