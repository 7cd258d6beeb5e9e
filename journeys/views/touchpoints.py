"""The page of a touchpoint, and its history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from journeys.models import Touchpoint
from journeys.queries.directory import directory
from journeys.queries.guest_pages import touchpoint_for_guest
from journeys.queries.touchpoint_history import touchpoint_history
from journeys.queries.touchpoint_page import touchpoint_page
from journeys.views.pages import crumbs_to, for_insiders, last_id
from workspace.acting import found
from workspace.answers import page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer


@require_safe
def touchpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Who owns it, who asks for it, its neighbours and flags. At most 12 statements; the history comes after it."""
    person = viewer(request)
    if person.is_guest:
        return _for_guest(request, pk)
    visible = Touchpoint.objects.visible_to(person).select_related(
        "stage__journey", "business_unit", "system__technology_owner"
    )
    page = touchpoint_page(found(visible, pk), standing_of(person), directory())
    context = {
        "page": page,
        "touchpoint": page.touchpoint,
        "here": request.path,
        "crumbs": crumbs_to(page.touchpoint.stage.journey),
    }
    return page_or_part(
        request, "journeys/touchpoint.html", context, parts={"touchpoint": "journeys/touchpoint_body.html"}
    )


def _for_guest(request: HttpRequest, pk: int) -> HttpResponse:
    """What customers meet and who answers for it. At most 5 statements."""
    visible = Touchpoint.objects.visible_to(viewer(request)).select_related("stage__journey")
    page = touchpoint_for_guest(found(visible, pk))
    context = {"page": page, "touchpoint": page.touchpoint, "crumbs": crumbs_to(page.touchpoint.stage.journey)}
    return page_or_part(request, "journeys/touchpoint_guest.html", context, parts={})


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to it, newest first, 50 at a time. Who decided what and why is for people of the house."""
    person = viewer(request)
    for_insiders(person)
    visible = Touchpoint.objects.visible_to(person).select_related("stage__journey")
    about = found(visible, pk)
    entries, before = touchpoint_history(about, before=last_id(request))
    context = {
        "touchpoint": about,
        "entries": entries,
        "before": before,
        "crumbs": [*crumbs_to(about.stage.journey), (about.name, about.get_absolute_url())],
    }
    return page_or_part(
        request,
        "journeys/touchpoint_history.html",
        context,
        parts={"touchpoint-history": "journeys/touchpoint_history_list.html"},
    )
