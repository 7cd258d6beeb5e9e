"""The list of journeys, and finding journeys and touchpoints while typing."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from journeys.forms import JourneySearch
from journeys.models import Journey
from journeys.queries.finding import MOST, touchpoints_found
from journeys.queries.limits import limits_now
from journeys.queries.lists import journey_rows, journeys_named
from journeys.rules.settings import plain
from journeys.rules.structure import may_build, may_import
from workspace.answers import page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

PER_PAGE = 50
LONGEST = 200
"""Letters that a search takes; what is written behind them is not looked for."""


@require_safe
def journeys(request: HttpRequest) -> HttpResponse:
    """Journeys by name with their numbers; with words, those that hold them, and touchpoints. At most 9 statements."""
    form = JourneySearch({"q": request.GET.get("q", "").replace("\0", " ")[:LONGEST]})
    words = form.cleaned_data["q"] if form.is_valid() else ""
    person = viewer(request)
    visible = Journey.objects.visible_to(person).open()
    wanted = journeys_named(visible, words).select_related("persona", "accountable").order_by("name", "pk")
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    with_flags = not person.is_guest
    rows = journey_rows(list(page.object_list), with_flags=with_flags)
    met = touchpoints_found(words, person) if page.number == 1 else []
    standing = standing_of(person)
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "words": words,
        "touchpoints": met[:MOST],
        "has_more": len(met) > MOST,
        "with_flags": with_flags,
        "with_units": not person.is_guest,
        "may_add": not person.is_guest and bool(may_build(standing)),
        "may_import": not person.is_guest and bool(may_import(standing)),
        "target": plain(100 * limits_now().coverage_target),
    }
    return page_or_part(request, "journeys/journeys.html", context, parts={"journeys": "journeys/journeys_list.html"})
