"""The ownership overview put together: what everybody sees alike is kept until something happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from journeys.limits import Limits
from journeys.queries.directory import Directory
from journeys.queries.inbox import FlagRow
from journeys.queries.overview.coverage import Figures, Past, figures, past
from journeys.queries.overview.crossings import Pairs, pairs_of_units
from journeys.queries.overview.gaps import gap_rows
from workspace import clock
from workspace.activity.queries.changes import change_mark
from workspace.kept import keep
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of the whole organisation, and the worst gaps as this viewer can act on them."""

    today: date
    limits: Limits
    now: Figures
    past: Past
    pairs: Pairs
    gaps: Sequence[FlagRow]


def overview(standing: Standing, known: Directory, limits: Limits) -> Overview:
    """Read the overview: at most 8 statements, the three dear ones only when something has happened since the last."""
    today, mark = clock.today(), change_mark()
    now = keep("overview.figures", mark, figures)
    return Overview(
        today=today,
        limits=limits,
        now=now,
        past=keep("overview.past", f"{mark} {today} {limits.coverage_drop_days}", lambda: past(today, limits)),
        pairs=keep("overview.pairs", mark, pairs_of_units),
        gaps=gap_rows(now.gaps, standing, known),
    )


def kept_figures() -> Figures:
    """The figures of coverage, alone: 2 statements, 1 where nothing has happened since."""
    return keep("overview.figures", change_mark(), figures)


def kept_pairs() -> Pairs:
    """The crossings by units and state, alone: 2 statements, 1 where nothing has happened since."""
    return keep("overview.pairs", change_mark(), pairs_of_units)
