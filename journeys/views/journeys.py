"""The list of journeys, and a journey."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.forms import JourneySearch
from journeys.models import Journey
from journeys.queries.journey_page import FLAGGED, UNOWNED, journey_page
from journeys.queries.lists import journey_rows, journeys_named
from journeys.views.acting import found
from journeys.views.pages import crumbs_to
from workspace.answers import page_or_part
from workspace.organisation.requests import viewer

PER_PAGE = 50


@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """Journeys by name, found while typing, with their numbers. 6 statements."""
    form = JourneySearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    visible = Journey.objects.visible_to(viewer(request)).open()
    wanted = journeys_named(visible, words).select_related("persona", "accountable").order_by("name", "pk")
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": journey_rows(list(page.object_list)), "form": form, "words": words}
    return page_or_part(request, "journeys/journeys.html", context, parts={"journeys": "journeys/journeys_list.html"})


@require_safe
def journey(request: HttpRequest, pk: int) -> HttpResponse:
    """A journey, stage by stage; `?show=unowned` or `?show=flagged` leaves the rest out. 7 statements."""
    visible = Journey.objects.visible_to(viewer(request)).select_related("persona", "accountable")
    show = request.GET.get("show", "")
    page = journey_page(found(visible, pk), show=show)
    views = [
        {"label": _("All touchpoints"), "url": "?", "count": page.total, "current": show not in {UNOWNED, FLAGGED}},
        {"label": _("Unowned"), "url": f"?show={UNOWNED}", "count": page.unowned, "current": show == UNOWNED},
        {"label": _("With flags"), "url": f"?show={FLAGGED}", "count": page.flagged, "current": show == FLAGGED},
    ]
    context = {"page": page, "journey": page.journey, "views": views, "show": show, "crumbs": crumbs_to()}
    return page_or_part(request, "journeys/journey.html", context, parts={})
