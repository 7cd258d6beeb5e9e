"""The first page after the sign-in: what needs me?"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.queries.directory import directory
from journeys.queries.home import PARTS, Home, Window, home_of
from journeys.queries.home.parts import ASKED, ATTESTATIONS, CALLS, DECISIONS, HANDOFFS
from workspace.answers import page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer
from workspace.pages.views.start import guest_start

PER_PAGE = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs the viewer, the worst of each part; `?show=PART` is the whole of one. At most 12 statements.

    Executives who lead departments as well can take 14, right after something has happened in the house.
    """
    person = viewer(request)
    if person.is_guest:
        return guest_start(request)
    shown = request.GET.get("show", "")
    shown = shown if shown in PARTS else ""
    number = request.GET.get("page", "")
    first = PER_PAGE * (max(int(number), 1) - 1) if shown and number.isdecimal() and len(number) < 6 else 0
    page = home_of(standing_of(person), directory(), only=shown, window=Window(first, first + PER_PAGE))
    context = {
        "page": page,
        "numbers": page.numbers,
        "counts": page.numbers.parts,
        "shown": shown,
        "title": _title(shown),
        "crumbs": [(_("Home"), reverse("home"))],
        "pages": _pages(page, shown).get_page(number) if shown else None,
        "here": request.get_full_path(),
    }
    return page_or_part(request, "pages/home.html", context, parts={"home": "pages/home_parts.html"})


def _pages(page: Home, shown: str) -> Paginator[int]:
    return Paginator(range(page.numbers.parts[shown]), PER_PAGE)


def _title(shown: str) -> str:
    titles = {
        DECISIONS: _("Claims to decide"),
        ATTESTATIONS: _("Still ours?"),
        HANDOFFS: _("Handoffs to accept"),
        CALLS: _("Calls for another owner"),
        ASKED: _("What you asked for"),
    }
    return titles.get(shown, _("Home"))
