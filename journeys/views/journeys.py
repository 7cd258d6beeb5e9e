"""A journey as a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.models import Journey
from journeys.queries.journey_page import FLAGGED, UNOWNED, journey_page
from journeys.queries.limits import limits_now
from journeys.rules.settings import plain
from journeys.views.pages import crumbs_to
from workspace.acting import found
from workspace.answers import page_or_part
from workspace.organisation.requests import viewer


def _target() -> float:
    """The coverage that the organisation wants, in percent."""
    return plain(100 * limits_now().coverage_target)


@require_safe
def journey_list(request: HttpRequest, pk: int) -> HttpResponse:
    """A journey as a list; `?show=unowned` or `?show=flagged` leaves the rest out. At most 8 statements."""
    person = viewer(request)
    visible = Journey.objects.visible_to(person).select_related("persona", "accountable")
    offered = {UNOWNED} if person.is_guest else {UNOWNED, FLAGGED}
    show = request.GET.get("show", "")
    show = show if show in offered else ""
    page = journey_page(found(visible, pk), show=show, for_guest=person.is_guest)
    views = [
        {"label": _("All touchpoints"), "url": "?", "count": page.total, "current": not show},
        {"label": _("Unowned"), "url": f"?show={UNOWNED}", "count": page.unowned, "current": show == UNOWNED},
    ]
    if FLAGGED in offered:
        flagged = {"label": _("With flags"), "url": f"?show={FLAGGED}", "count": page.flagged}
        views.append(flagged | {"current": show == FLAGGED})
    context = {"page": page, "journey": page.journey, "views": views, "show": show}
    context |= {"target": _target(), "crumbs": crumbs_to(page.journey)}
    return page_or_part(request, "journeys/journey_list.html", context, parts={})
