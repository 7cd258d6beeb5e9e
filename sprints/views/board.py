"""The board of a team: the page, and what a page that is open asks for when something has changed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sprints.filters import BOARD_FILTERS, StoryFilter, views_page
from sprints.models import Story
from sprints.queries.board import (
    BoardFacts,
    BoardTeam,
    CardRow,
    Lane,
    Numbers,
    board_facts,
    board_team,
    card_rows,
    lanes_of,
    numbers_of,
)
from sprints.queries.board.cards import links_of
from sprints.queries.board.layout import LANES, LINKS, MAIN
from sprints.rules.stories import fits_interrupt_budget
from sprints.views.cards import Card, cards_of, points_text, tokens_of
from sprints.views.teams import tabs_of
from sprints.views.unchanged import build, etag_of, not_modified, with_etag
from workspace import clock
from workspace.answers import page_or_part
from workspace.errors import Unknown
from workspace.organisation.models import Person
from workspace.organisation.requests import viewer
from workspace.organisation.rules.saved_views import only_filters

AT_ONCE = 200
"""So many cards are fetched by one request of an open page."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board as it was asked for: its team, what stands around the cards, and how far the viewer narrowed it."""

    person: Person
    team: BoardTeam
    facts: BoardFacts
    etag: str

    @property
    def key(self) -> str:
        """The key of the team."""
        return self.team.team.key

    @property
    def works(self) -> bool:
        """Whether the viewer changes the stories that are shown."""
        return self.team.works and self.facts.sprint is not None and not self.facts.sprint.is_closed


def open_board(request: HttpRequest, key: str) -> Board:
    """What is needed to say whether the page has changed: 2 statements beside session and person.

    Raises Unknown for a team that the viewer does not see, and for a sprint that it does not have.
    """
    person = viewer(request)
    team = board_team(person, key)
    number = request.GET.get("sprint", "")
    is_number = number.isdecimal() and len(number) < 10
    asked = Q(number=int(number)) if is_number else Q(pk=team.active_id)
    facts = board_facts(team.team, person, asked, page=views_page(team.team.pk))
    if number and (facts.sprint is None or not is_number):
        raise Unknown(
            _("%(team)s has no sprint %(number)s.") % {"team": team.team.name, "number": number[:20]},
            next_step=_("Choose one from the list of its sprints."),
        )
    return Board(person, team, facts, etag_of(request, person, team.mark, team.standing, facts.mark))


@dataclass(frozen=True, slots=True)
class Filled:
    """The cards of a board, as the filters let show."""

    filter: StoryFilter
    rows: Sequence[CardRow]
    numbers: Numbers
    lanes: Sequence[Lane]
    by: str


def fill(request: HttpRequest, board: Board) -> Filled:
    """Read which cards lie where: 1 statement, and 1 more where the board has lanes."""
    facts = board.facts
    stories = Story.objects.present().filter(team=board.team.team, sprint=facts.sprint.id if facts.sprint else None)
    narrowed = StoryFilter(request.GET, queryset=stories, facts=facts, viewer_id=board.person.pk)
    rows = card_rows(stories, narrowed=narrowed.qs if narrowed.is_active else None) if facts.sprint else []
    by = request.GET.get("lanes", "")
    by = by if by in LANES else ""
    links = links_of([row.id for row in rows if row.is_shown], LINKS[by]) if by else {}
    return Filled(
        narrowed,
        rows,
        numbers_of(rows, facts, timezone.localdate(clock.now())),
        lanes_of(rows, facts, by=by, links=links),
        by,
    )


@require_safe
def board(request: HttpRequest, key: str) -> HttpResponse:
    """The board of the active sprint, or of `?sprint=N`: 7 statements whatever its size, 4 where nothing changed."""
    opened = open_board(request, key)
    same = not_modified(request, opened.etag)
    if same is not None:
        return same
    filled = fill(request, opened)
    shown = [row for row in filled.rows if row.is_shown]
    cards = cards_of(shown, opened.facts, key=opened.key, team_id=opened.team.team.pk, works=opened.works)
    context = _context(request, opened, filled) | {"lanes": _with_cards(filled.lanes, cards)}
    return with_etag(
        page_or_part(request, "sprints/board.html", context, parts={"board": "sprints/board_body.html"}), opened.etag
    )


@require_safe
def state(request: HttpRequest, key: str) -> HttpResponse:
    """Which cards lie where, and what stands above them, for a page that is open and fetches what is new to it."""
    opened = open_board(request, key)
    same = not_modified(request, opened.etag)
    if same is not None:
        return same
    filled = fill(request, opened)
    tokens = tokens_of(filled.rows, opened.facts, key=opened.key, works=opened.works)
    context = _context(request, opened, filled)
    body = {
        "layout": context["layout"],
        "sprint": render_to_string("sprints/board_sprint.html", context),
        "heads": {
            str(one.column.id): render_to_string("sprints/column_numbers.html", {"one": one, **context})
            for one in filled.numbers.columns
        },
        "lanes": [
            {
                "key": lane.key,
                "title": lane.title,
                "cells": {str(cell.column.id): [[row.id, tokens[row.id]] for row in cell.rows] for cell in lane.cells},
            }
            for lane in filled.lanes
        ],
    }
    return with_etag(JsonResponse(body), opened.etag)


@require_safe
def cards(request: HttpRequest, key: str) -> HttpResponse:
    """The cards `?ids=1,2,3` of the board, at most 200, for a page that is open."""
    opened = open_board(request, key)
    asked = [int(ref) for ref in request.GET.get("ids", "").split(",") if ref.isdecimal() and len(ref) < 19]
    stories = Story.objects.present().filter(
        team=opened.team.team, sprint=opened.facts.sprint.id if opened.facts.sprint else None, pk__in=asked[:AT_ONCE]
    )
    made = cards_of(card_rows(stories), opened.facts, key=opened.key, team_id=opened.team.team.pk, works=opened.works)
    return with_etag(HttpResponse("".join(card.html for card in made.values())), "")


def _with_cards(lanes: Sequence[Lane], cards: Mapping[int, Card]) -> list[dict[str, Any]]:
    return [
        {
            "key": lane.key,
            "title": lane.title,
            "count": lane.count,
            "cells": [
                {"column": cell.column, "cards": "".join(cards[row.id].html for row in cell.rows if row.id in cards)}
                for cell in lane.cells
            ],
        }
        for lane in lanes
    ]


def _context(request: HttpRequest, opened: Board, filled: Filled) -> dict[str, Any]:
    facts, numbers = opened.facts, filled.numbers
    sprint = facts.sprint
    committed = sprint.committed if sprint and sprint.committed is not None else None
    total = committed if committed else numbers.points
    return {
        "team": opened.team.team,
        "layout": _layout(opened),
        "works": opened.works,
        "runs": opened.team.runs,
        "facts": facts,
        "sprint": sprint,
        "filter": filled.filter,
        "is_narrowed": filled.filter.is_active,
        "numbers": numbers,
        "by": filled.by,
        "has_lanes": bool(filled.by) or any(lane.key != MAIN for lane in filled.lanes),
        "done_points": points_text(numbers.done),
        "committed": points_text(total),
        "is_committed": committed is not None,
        "done_percent": min(100, round(numbers.done * 100 / total)) if total else 0,
        "interrupts": points_text(numbers.interrupts),
        "is_over_budget": bool(
            sprint and not fits_interrupt_budget(numbers.interrupts, budget=sprint.interrupt_points)
        ),
        "lane_choices": _lane_choices(request, filled.by),
        "tabs": tabs_of(opened.team.team, "board", opened.person),
        "views": _views(request, opened),
        "here": request.get_full_path(),
        "board_url": reverse("sprints:board", args=[opened.key]),
        "kept": {name: request.GET[name] for name in ("sprint", "lanes") if request.GET.get(name)},
    }


def _layout(opened: Board) -> str:
    """What the frame of the board is made of: an open page whose frame is another fetches all of it."""
    sprint = opened.facts.sprint
    made_of = (opened.facts.columns, sprint.id if sprint else None, opened.works, build())
    return f"{zlib.crc32(repr(made_of).encode()):08x}"


def _lane_choices(request: HttpRequest, by: str) -> list[dict[str, Any]]:
    def choice(value: str, label: object) -> dict[str, Any]:
        query = request.GET.copy()
        query.pop("lanes", None)
        if value:
            query["lanes"] = value
        return {"label": label, "url": f"{request.path}?{query.urlencode()}", "current": value == by}

    return [choice("", _("No lanes")), *(choice(value, label) for value, label in LANES.items())]


def _views(request: HttpRequest, opened: Board) -> dict[str, Any]:
    """The saved views of this person and of the team; the one in force that is theirs to change; what is unsaved."""
    now = only_filters(dict(request.GET.lists()), BOARD_FILTERS)
    sprint = {"sprint": request.GET["sprint"]} if request.GET.get("sprint") else {}

    def url(query: str) -> str:
        return f"{request.path}?" + "&".join(filter(None, (query, urlencode(sprint))))

    listed = [
        {
            "id": view.id,
            "label": view.name,
            "url": url(view.query),
            "current": view.query == now,
            "is_shared": view.is_shared,
            "is_theirs": view.owner_id == opened.person.pk or (view.is_shared and opened.team.runs),
        }
        for view in opened.facts.views
    ]
    current = [view for view in listed if view["current"]]
    own = next((view for view in current if view["is_theirs"]), None)
    return {"listed": listed, "own": own, "unsaved": "" if current else now}
