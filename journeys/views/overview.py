"""The ownership overview, and the touchpoints and crossings behind its numbers."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.filters import CrossingFilter, TouchpointFilter
from journeys.models import Flag
from journeys.queries.directory import Directory, directory
from journeys.queries.limits import limits_now
from journeys.queries.overview.coverage import Figures, journeys_in, stages_of, trend
from journeys.queries.overview.crossings import Cell, Pairs, matrix_of
from journeys.queries.overview.lists import crossing_rows, live_touchpoints, shown_crossings, touchpoint_rows
from journeys.queries.overview.page import Overview, kept_pairs, overview
from journeys.queries.overview.ties import ties_of_all, ties_of_units
from journeys.views import overview_matrix as matrices
from journeys.views import overview_tables as tables
from journeys.views.pages import for_insiders
from workspace.answers import page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

PER_PAGE = 50
UNITS_IN_MATRIX = 20
PAIRS_SHOWN = 12
TIES_SHOWN = 10
BY = ("unit", "stage", "channel")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Where our gaps are. At most 12 statements, 9 where nothing has happened since somebody looked.

    `?by=` unit, stage or channel, sorted by `?sort=`, all of them with `?rows=all`; stages of the journeys that hold
    the words of `?journey=`; every unit in the matrix with `?matrix=all`.
    """
    person = viewer(request)
    for_insiders(person)
    known = directory()
    seen = overview(standing_of(person), known, limits_now())
    context = {
        "seen": seen,
        "here": request.get_full_path(),
        "whole": seen.now.whole,
        **_headline(seen),
        **_coverage(request, seen, known),
        **_crossings(request, seen, known),
        **_ties(seen, known),
    }
    return page_or_part(
        request,
        "journeys/overview.html",
        context,
        parts={
            "overview": "journeys/overview_body.html",
            "coverage": "journeys/overview_coverage.html",
            "crossings": "journeys/overview_crossings.html",
        },
    )


def _headline(seen: Overview) -> dict[str, Any]:
    now, days = seen.now, trend(seen.past.days, seen.now.whole, seen.today)
    change = now.whole.points_since(seen.past.whole)
    noted, asked = tables.days_noted(days)
    return {
        "percent": tables.percent(now.whole),
        "target": round(100 * seen.limits.coverage_target),
        "change": tables.points(change),
        "change_tone": tables.tone_of(change),
        "compared_on": seen.past.compared_on if change is not None else None,
        "severities": [
            (Flag.Severity(level).label, now.severities.get(level, 0), tables.address("flags", severity=level))
            for level in sorted(Flag.Severity.values, reverse=True)
        ],
        "unowned_url": tables.address("owned_touchpoints", owned="no"),
        "truths_url": tables.address("owned_touchpoints", truth="True", owned="no"),
        "trend": tables.trend_data(days, seen.limits.coverage_target),
        "trend_rows": tables.trend_rows(days),
        "noted": noted,
        "asked": asked,
    }


def _coverage(request: HttpRequest, seen: Overview, known: Directory) -> dict[str, Any]:
    by = request.GET.get("by", "")
    by = by if by in BY else BY[0]
    words = request.GET.get("journey", "").replace("\0", "").strip()[:200] if by == "stage" else ""
    sort = request.GET.get("sort", "")
    stages: Figures = stages_of(journeys_in(words)) if words else seen.now
    rows = {
        "unit": lambda: tables.unit_rows(seen.now, seen.past, known),
        "stage": lambda: tables.stage_rows(stages.stages, words),
        "channel": lambda: tables.channel_rows(seen.now, seen.past),
    }[by]()
    ordered = tables.in_order(rows, sort)
    shown = ordered if request.GET.get("rows") == "all" else ordered[: tables.ROWS_SHOWN]
    counts = {"unit": len(seen.now.units), "stage": seen.now.stage_names, "channel": len(seen.now.channels)}
    query = request.GET.copy()
    query["rows"] = "all"
    return {
        "by": by,
        "words": words,
        "tabs": tables.tabs_of(request, by, counts),
        "rows": shown,
        "rows_in_all": len(ordered),
        "all_rows_url": f"?{query.urlencode()}",
        "stage_names": stages.stage_names,
        "has_change": by != "stage" and seen.past.compared_on is not None,
    }


def _crossings(request: HttpRequest, seen: Overview, known: Directory) -> dict[str, Any]:
    every = request.GET.get("matrix") == "all"
    matrix = matrix_of(seen.pairs, at_most=None if every else UNITS_IN_MATRIX)
    between = any(source != target for source, target in seen.pairs)
    query = request.GET.copy()
    query["matrix"] = "all"
    return {
        "matrix": matrix,
        "matrix_rows": matrices.matrix_rows(matrix, known) if between else [],
        "matrix_units": [known.units[unit_id] for unit_id in matrix.columns],
        "pairs": matrices.pair_rows(seen.pairs, known, at_most=PAIRS_SHOWN),
        "pairs_left_out": max(0, len(seen.pairs) - PAIRS_SHOWN),
        "between": matrices.states(matrix.between, tie="external"),
        "whole_states": [one for one in matrices.states(matrix.whole) if one["n"]],
        "crossings_url": reverse("journeys:crossings"),
        "all_units_url": f"?{query.urlencode()}",
    }


def _ties(seen: Overview, known: Directory) -> dict[str, Any]:
    ties = ties_of_all(seen.pairs)
    is_flagged = "siloed-unit" not in seen.limits.off
    units = ties_of_units(seen.pairs, seen.limits)
    rows = [matrices.TiesRow(known.units[row.unit_id], row, is_flagged) for row in units]
    return {
        "ties": ties,
        "ties_index": matrices.ei_text(ties),
        "ties_ratio": matrices.ratio_text(ties),
        "ties_first": rows[:TIES_SHOWN],
        "ties_others": rows[TIES_SHOWN:],
        "internal_url": tables.address("crossings", tie="internal"),
        "external_url": tables.address("crossings", tie="external"),
    }


@require_safe
def touchpoints(request: HttpRequest) -> HttpResponse:
    """The live touchpoints behind a number of the overview, moments of truth and large volumes first. 7 statements."""
    person = viewer(request)
    for_insiders(person)
    standing, known = standing_of(person), directory()
    narrowed = TouchpointFilter(request.GET, queryset=live_touchpoints(), known=known)
    listed = Paginator(narrowed.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": touchpoint_rows(list(listed.object_list), standing, known),
        "filter": narrowed,
        "here": request.get_full_path(),
        "crumbs": _crumbs(),
    }
    return page_or_part(
        request,
        "journeys/owned_touchpoints.html",
        context,
        parts={"touchpoints": "journeys/owned_touchpoints_list.html"},
    )


@require_safe
def crossings(request: HttpRequest) -> HttpResponse:
    """The crossings behind a cell of the matrix. At most 8 statements."""
    person = viewer(request)
    for_insiders(person)
    standing, known = standing_of(person), directory()
    narrowed = CrossingFilter(request.GET, queryset=shown_crossings(), known=known)
    asked = narrowed.form.cleaned_data if narrowed.is_valid() else {}
    cell, state = _counted(kept_pairs(), asked), asked.get("state") or ""
    paginator = Paginator(narrowed.qs, PER_PAGE)
    paginator.count = getattr(cell, state) if state else cell.n
    listed = paginator.get_page(request.GET.get("page"))
    context = {
        "page": listed,
        "rows": crossing_rows(list(listed.object_list), standing, known),
        "filter": narrowed,
        "tabs": _tabs_by_state(request, cell, state),
        "here": request.get_full_path(),
        "crumbs": _crumbs(),
    }
    return page_or_part(
        request, "journeys/crossings.html", context, parts={"crossings": "journeys/crossings_list.html"}
    )


def _counted(pairs: Pairs, asked: dict[str, Any]) -> Cell:
    """How many crossings of each state the filter leaves, out of what is known of all pairs of units."""

    def fits(source: int, target: int) -> bool:
        ends = (str(source), str(target))
        return (
            asked.get("from") in ("", None, ends[0])
            and asked.get("to") in ("", None, ends[1])
            and (not asked.get("unit") or asked["unit"] in ends)
            and (not asked.get("tie") or (asked["tie"] == "internal") == (source == target))
        )

    found = Cell()
    for (source, target), cell in pairs.items():
        if fits(source, target):
            found += cell
    return found


def _tabs_by_state(request: HttpRequest, cell: Cell, chosen: str) -> list[dict[str, object]]:
    def tab(label: object, value: str, n: int) -> dict[str, object]:
        query = request.GET.copy()
        for key in ("state", "page"):
            query.pop(key, None)
        if value:
            query["state"] = value
        return {"label": label, "url": f"?{query.urlencode()}", "count": n, "current": chosen == value}

    every = tab(_("All"), "", cell.n)
    labels = matrices.state_words()
    return [every, *(tab(capfirst(label), state.value, getattr(cell, state.value)) for state, label in labels.items())]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Ownership"), reverse("journeys:overview"))]
