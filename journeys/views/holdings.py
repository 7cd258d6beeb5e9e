"""Everything that a department owns, a person answers for, or a unit has, where a page shows only the first of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.models import Ownership, Touchpoint
from journeys.queries.holdings.held import answered_by, owned_by
from journeys.views.pages import for_insiders
from workspace.acting import found
from workspace.answers import page_or_part
from workspace.errors import Unknown
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.requests import viewer

PER_PAGE = 50


@require_safe
def touchpoints(request: HttpRequest) -> HttpResponse:
    """Touchpoints by `?department=`, `?person=` and `?unit=`, the retired ones left out, 50 at a time. 6 statements."""
    for_insiders(viewer(request))
    narrowed: QuerySet[Ownership] = Ownership.objects.none()
    title, unit = "", _number(request, "unit")
    if department_id := _number(request, "department"):
        department = found(Department.objects.all(), department_id)
        narrowed, title = owned_by(department), _("Touchpoints of %(name)s") % {"name": department.name}
        if unit:
            narrowed = narrowed.filter(touchpoint__business_unit=unit)
    elif person_id := _number(request, "person"):
        person = found(Person.objects.all(), person_id)
        narrowed, title = answered_by(person), _("Touchpoints that %(name)s answers for") % {"name": person.name}
    shown = Touchpoint.objects.filter(pk__in=narrowed.order_by().values("touchpoint"))
    if not title and unit:
        place = found(BusinessUnit.objects.all(), unit)
        shown, title = (
            Touchpoint.objects.live().filter(business_unit=place),
            _("Touchpoints in %(name)s") % {"name": place.name},
        )
    if not title:
        raise Unknown(
            _("This list is of a department, a person or a unit."), next_step=_("Start from the organisation.")
        )
    rows = shown.select_related("stage__journey", "business_unit").order_by("name", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page_or_part(
        request,
        "journeys/holdings.html",
        {"page": page, "title": title},
        parts={"touchpoints": "journeys/holdings_list.html"},
    )


def _number(request: HttpRequest, name: str) -> int:
    """The id that a parameter holds; 0 for none, or one that cannot be."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < len(str(2**63)) else 0
