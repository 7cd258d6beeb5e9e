"""The numbers of the overview as rows to be shown: with names, words and the addresses of what they count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from journeys.filters import NO_CHANNEL
from journeys.queries.directory import Directory
from journeys.queries.overview.coverage import Figures, Past, Point, Share, StageShare

ROWS_SHOWN = 12
MINUS = "\N{MINUS SIGN}"


def address(name: str, **parameters: str | int) -> str:
    """The address of a list of this app with these parameters."""
    return f"{_list(name, get_script_prefix())}?{urlencode(parameters)}"


@lru_cache
def _list(name: str, _prefix: str) -> str:
    return reverse(f"journeys:{name}")


def percent(share: Share | None) -> str:
    """A share as "88.5 %", rounded down; a dash where nothing is live."""
    thousandths = share.thousandths if share else None
    if thousandths is None:
        return "–"
    return f"{number_format(thousandths / 10, 0 if thousandths % 10 == 0 else 1)} %"


def points(change: float | None) -> str:
    """A change as "+1.5 points"; "" where it is not known."""
    if change is None:
        return ""
    if not change:
        return _("unchanged")
    places = 0 if change == int(change) else 1
    number = f"{'+' if change > 0 else MINUS}{number_format(abs(change), places)}"
    return (_("%(number)s point") if abs(change) == 1 else _("%(number)s points")) % {"number": number}


def tone_of(change: float | None) -> str:
    """Whether a change is good news."""
    return "" if not change else "good" if change > 0 else "bad"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A unit, channel or stage with its share, and where its touchpoints are listed."""

    name: str
    share: Share
    change: float | None
    url: str
    unowned_url: str
    unit_id: int = 0
    channel: str = ""
    journeys: int = 0

    @property
    def change_text(self) -> str:
        """The change in words."""
        return points(self.change)

    @property
    def change_tone(self) -> str:
        """Whether it is good news."""
        return tone_of(self.change)


def unit_rows(now: Figures, past: Past, known: Directory) -> list[CoverageRow]:
    """Coverage by business unit."""
    return [
        _row(known.units[unit_id].name, share, past.units.get(unit_id), unit_id=unit_id, where={"unit": unit_id})
        for unit_id, share in now.units.items()
    ]


def channel_rows(now: Figures, past: Past) -> list[CoverageRow]:
    """Coverage by channel, as it is written."""
    return [
        _row(
            channel or pgettext("channel", "None"),
            share,
            past.channels.get(channel),
            channel=channel,
            where={"channel": channel or NO_CHANNEL},
        )
        for channel, share in now.channels.items()
    ]


def stage_rows(stages: Iterable[StageShare], words: str) -> list[CoverageRow]:
    """Coverage by the name of the stage, in the journeys that were asked for."""
    narrowed = {"journey": words} if words else {}
    return [
        _row(stage.name, stage.share, None, journeys=stage.journeys, where={"stage": stage.name, **narrowed})
        for stage in stages
    ]


def _row(name: str, share: Share, then: Share | None, *, where: dict[str, str | int], **more: Any) -> CoverageRow:
    url, unowned_url = address("owned_touchpoints", **where), address("owned_touchpoints", **where, owned="no")
    return CoverageRow(name, share, share.points_since(then), url, unowned_url, **more)


SORTS = {
    "name": lambda row: row.name.casefold(),
    "share": lambda row: row.share.thousandths or 0,
    "unowned": lambda row: row.share.unowned,
    "live": lambda row: row.share.live,
    "journeys": lambda row: row.journeys,
    "change": lambda row: (row.change is not None, row.change or 0),
}


def in_order(rows: Iterable[CoverageRow], sort: str) -> list[CoverageRow]:
    """The rows by `sort` (a key of `SORTS`, with "-" the other way round); otherwise the most unowned first."""
    named = sorted(rows, key=lambda row: (row.share.thousandths or 0, -row.share.live, row.name.casefold()))
    key = SORTS.get(sort.removeprefix("-"))
    if key is None:
        return sorted(named, key=lambda row: -row.share.unowned)
    return sorted(named, key=key, reverse=sort.startswith("-"))


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A day of the trend, or several in a row on which nothing was noted."""

    first: date
    last: date
    share: Share | None

    @property
    def percent(self) -> str:
        """The share."""
        return percent(self.share)


def trend_rows(trend: Sequence[Point]) -> list[TrendRow]:
    """The trend as a table, newest day first; days without a note in a row are one row."""
    rows: list[TrendRow] = []
    for point in reversed(trend):
        if point.share is None and rows and rows[-1].share is None:
            rows[-1] = TrendRow(point.day, rows[-1].last, None)
        else:
            rows.append(TrendRow(point.day, point.day, point.share))
    return rows


def trend_data(trend: Sequence[Point], target: float) -> dict[str, object]:
    """What the chart draws: labels, shares in percent (null where nothing was noted), and its words."""
    return {
        "days": [date_format(point.day, "j M") for point in trend],
        "shares": [
            None if point.share is None or point.share.thousandths is None else point.share.thousandths / 10
            for point in trend
        ],
        "counts": [None if point.share is None else [point.share.owned, point.share.live] for point in trend],
        "target": round(100 * target, 1),
        "words": {"share": _("Owned"), "target": _("Target"), "of": _("of")},
    }


def tabs_of(request: HttpRequest, by: str, counts: dict[str, int]) -> list[dict[str, object]]:
    """Coverage by unit, stage or channel, as views of the same part."""
    labels = {"unit": _("Business unit"), "stage": _("Stage"), "channel": _("Channel")}
    return [
        {"label": label, "url": f"{request.path}?by={key}", "count": counts[key], "current": key == by}
        for key, label in labels.items()
    ]


def days_noted(trend: Sequence[Point]) -> tuple[int, int]:
    """On how many days of the trend something is known, and of how many."""
    return sum(point.share is not None for point in trend), len(trend)
