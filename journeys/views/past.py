"""Who owned what on a past day, how much of it was owned, and what changed between two days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from journeys.downloads import changes_file
from journeys.models import Ownership
from journeys.past_filters import WAYS, ChangeFilter, PastFilter
from journeys.queries.directory import Directory, directory
from journeys.queries.limits import limits_now
from journeys.queries.overview.coverage import Share
from journeys.queries.owner_changes import (
    Changes,
    Moves,
    change_rows,
    compared,
    counted,
    with_ends,
)
from journeys.queries.past import (
    Noted,
    first_day,
    names_of_journeys,
    noted_on,
    owned_on,
    past_cells,
    past_header,
    past_rows,
    wholes_on,
)
from journeys.views import overview_tables as tables
from journeys.views.overview_tables import CoverageRow
from journeys.views.pages import for_insiders
from workspace import clock
from workspace.answers import download, page_or_part
from workspace.csv_out import csv_chunks
from workspace.organisation.requests import viewer

PER_PAGE = 50
WEEKS_BACK = 4
DEPARTMENTS_SHOWN = 5
BY = ("unit", "journey", "channel")


def _asked(request: HttpRequest, **defaults: date) -> QueryDict:
    """What the address asks, with a day where it names none."""
    asked = request.GET.copy()
    for name, day in defaults.items():
        if name not in asked:
            asked[name] = day.isoformat()
    return asked


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Ownership"), reverse("journeys:overview"))]


def _problems(narrowed: PastFilter | ChangeFilter) -> list[str]:
    """What cannot be taken of the address, in words."""
    return [str(error) for errors in narrowed.form.errors.values() for error in errors]


def _with(request: HttpRequest, *, but: Sequence[str] = ("page",), **parameters: object) -> str:
    """The address of this page with these parameters in place of theirs."""
    query = request.GET.copy()
    for name in but:
        query.pop(name, None)
    for name, value in parameters.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


# --- A day -----------------------------------------------------------------------------------------------------------


@require_safe
def past(request: HttpRequest) -> HttpResponse:
    """Who owned what when the day `?on=` ended (yesterday, if it names none). At most 12 statements."""
    for_insiders(viewer(request))
    known, begins = directory(), first_day()
    asked = _asked(request, on=clock.today() - timedelta(days=1))
    narrowed = PastFilter(asked, queryset=Ownership.objects.none(), known=known)
    problems = _problems(narrowed)
    context: dict[str, Any] = {
        "filter": narrowed,
        "problems": problems,
        "begins": begins,
        "crumbs": _crumbs(),
        "changes_url": reverse("journeys:changes"),
    }
    if not problems:
        day: date = narrowed.form.cleaned_data["on"]
        context |= {"day": day, "is_today": day == clock.today(), "is_before": begins is None or day < begins}
        if not context["is_before"]:
            context |= _owned(request, asked, day, known) | _coverage(request, day, known)
    return page_or_part(
        request,
        "journeys/past.html",
        context,
        parts={"past": "journeys/past_body.html", "past-coverage": "journeys/past_coverage.html"},
        status=422 if problems else 200,
    )


def _owned(request: HttpRequest, asked: QueryDict, day: date, known: Directory) -> dict[str, Any]:
    rows: QuerySet[Ownership] = PastFilter(asked, queryset=owned_on(day), known=known).qs
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": listed,
        "rows": past_rows(listed.object_list, day, known),
        "export_url": f"{reverse('journeys:export_past')}?{asked.urlencode()}",
        "changes_url": tables.address("changes", **{"from": day.isoformat(), "to": clock.today().isoformat()}),
    }


def _coverage(request: HttpRequest, day: date, known: Directory) -> dict[str, Any]:
    noted = noted_on(day)
    by = request.GET.get("by", "")
    by = by if by in BY else BY[0]
    rows = tables.in_order(_coverage_rows(noted, by, day, known), "")
    shown = rows if request.GET.get("rows") == "all" else rows[: tables.ROWS_SHOWN]
    counts = {"unit": len(noted.units), "journey": len(noted.journeys), "channel": len(noted.channels)}
    labels = {"unit": _("Business unit"), "journey": _("Journey"), "channel": _("Channel")}
    return {
        "noted": noted,
        "percent": tables.percent(noted.whole),
        "target": round(100 * limits_now().coverage_target),
        "by": by,
        "coverage_tabs": [
            {
                "label": labels[key],
                "url": _with(request, but=("page", "rows"), by=key),
                "count": counts[key],
                "current": key == by,
            }
            for key in BY
        ],
        "coverage_rows": shown,
        "coverage_rows_in_all": len(rows),
        "all_rows_url": _with(request, rows="all"),
        "before_url": _with(request, on=noted.before) if noted.before else "",
        "after_url": _with(request, on=noted.after) if noted.after else "",
    }


def _coverage_rows(noted: Noted, by: str, day: date, known: Directory) -> list[CoverageRow]:
    """What was noted, each with the address of what was owned there on that day."""

    def row(name: str, share: Share, where: dict[str, str | int], **more: Any) -> CoverageRow:
        url = tables.address("past", on=day.isoformat(), **where) if where else ""
        return CoverageRow(name, share, None, url, "", **more)

    if by == "unit":
        return [row(known.units[pk].name, share, {"unit": pk}, unit_id=pk) for pk, share in noted.units.items()]
    if by == "journey":
        names = names_of_journeys(noted.journeys)
        return [row(names.get(pk, ""), share, {"journey_id": pk}) for pk, share in noted.journeys.items()]
    none = pgettext("channel", "None")
    return [
        row(channel or none, share, {"channel": channel} if channel else {}, channel=channel)
        for channel, share in noted.channels.items()
    ]


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Who owned what on the day, all of it that the filters leave, as a spreadsheet."""
    for_insiders(viewer(request))
    known = directory()
    asked = _asked(request, on=clock.today() - timedelta(days=1))
    narrowed = PastFilter(asked, queryset=Ownership.objects.none(), known=known)
    if _problems(narrowed):
        return past(request)
    day: date = narrowed.form.cleaned_data["on"]
    begins = first_day()
    nothing = begins is None or day < begins
    rows = Ownership.objects.none() if nothing else PastFilter(asked, queryset=owned_on(day), known=known).qs
    name = _("owners %(day)s.csv") % {"day": day.isoformat()}
    return download(name, "text/csv; charset=utf-8", csv_chunks(past_header(), past_cells(rows, day, known)))


# --- Between two days ------------------------------------------------------------------------------------------------


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What is owned otherwise when `?to=` (today) ended than when `?from=` (four weeks before) did. ≤ 10 statements."""
    for_insiders(viewer(request))
    known, begins = directory(), first_day()
    asked = _asked_days(request)
    narrowed = ChangeFilter(asked, queryset=Ownership.objects.none(), known=known)
    problems = _problems(narrowed)
    context: dict[str, Any] = {
        "filter": narrowed,
        "problems": problems,
        "begins": begins,
        "crumbs": _crumbs(),
        "is_narrowed": any(request.GET.get(name) for name in ("q", "unit", "department", "way", "touchpoint")),
    }
    if not problems:
        first, last = narrowed.form.cleaned_data["from"], narrowed.form.cleaned_data["to"]
        context |= {"first": first, "last": last, "is_before": begins is None or last < begins}
        if begins is not None and not context["is_before"]:
            context |= _changed(request, asked, compared(first, last, begins), known)
            wholes = wholes_on(first, last)
            context |= _compared(wholes.get(first), wholes.get(last))
    return page_or_part(
        request,
        "journeys/past_changes.html",
        context,
        parts={"changes": "journeys/past_changes_body.html"},
        status=422 if problems else 200,
    )


def _asked_days(request: HttpRequest) -> QueryDict:
    today = clock.today()
    return _asked(request, **{"from": today - timedelta(weeks=WEEKS_BACK), "to": today})


def _changed(request: HttpRequest, asked: QueryDict, changed: QuerySet[Any], known: Directory) -> dict[str, Any]:
    every = asked.copy()
    way = every.pop("way", [""])[-1]
    found = counted(ChangeFilter(every, queryset=changed, known=known).qs)
    shown = ChangeFilter(asked, queryset=with_ends(changed), known=known).qs
    paginator = Paginator(shown, PER_PAGE)
    paginator.count = found.kinds[way] if way in found.kinds else sum(found.kinds.values())
    page = paginator.get_page(request.GET.get("page"))
    departments = _departments(request, found, known)
    return {
        "page": page,
        "rows": change_rows(page.object_list, known),
        "export_url": f"{reverse('journeys:export_changes')}?{asked.urlencode()}",
        "tabs": _tabs(request, found, way),
        "departments_first": departments[:DEPARTMENTS_SHOWN],
        "departments_others": departments[DEPARTMENTS_SHOWN:],
    }


def _tabs(request: HttpRequest, found: Changes, way: str) -> list[dict[str, object]]:
    every = {
        "label": _("All"),
        "url": _with(request, but=("page", "way")),
        "count": sum(found.kinds.values()),
        "current": way not in found.kinds,
    }
    return [
        every,
        *(
            {"label": label, "url": _with(request, way=key), "count": found.kinds[key], "current": way == key}
            for key, label in WAYS
        ),
    ]


def _departments(request: HttpRequest, found: Changes, known: Directory) -> list[tuple[Any, Moves, str]]:
    """The departments with what they gained and lost, those with most changes first, and where it is listed."""

    def size(moves: Moves) -> int:
        return moves.gained + moves.taken_over + moves.lost + moves.handed_over

    rows = [
        (known.departments[pk], moves, _with(request, but=("page", "way"), department=pk))
        for pk, moves in found.departments.items()
    ]
    return sorted(rows, key=lambda row: (-size(row[1]), row[0].name.casefold()))


def _compared(then: Share | None, now: Share | None) -> dict[str, Any]:
    change = now.points_since(then) if now is not None else None
    return {
        "percent_then": tables.percent(then) if then else "",
        "percent_now": tables.percent(now) if now else "",
        "change": tables.points(change),
        "change_tone": tables.tone_of(change),
    }


@require_safe
def export_changes(request: HttpRequest) -> HttpResponseBase:
    """What is owned otherwise, all of it that the filters leave, as a spreadsheet."""
    for_insiders(viewer(request))
    known, begins = directory(), first_day()
    asked = _asked_days(request)
    narrowed = ChangeFilter(asked, queryset=Ownership.objects.none(), known=known)
    if _problems(narrowed):
        return changes(request)
    first, last = narrowed.form.cleaned_data["from"], narrowed.form.cleaned_data["to"]
    changed = ChangeFilter(asked, queryset=with_ends(compared(first, last, begins)), known=known).qs
    return changes_file(changed, (first, last), known)
