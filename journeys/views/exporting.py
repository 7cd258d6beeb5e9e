"""A journey as a file to keep, to change in a spreadsheet, or to take to another installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from journeys.downloads import journey_file
from journeys.models import Journey
from journeys.views.pages import for_insiders
from workspace.acting import found
from workspace.organisation.requests import viewer


@require_safe
def export_journey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole journey as CSV, which `manage.py import_csv journeys` and the page for imports take. 10 statements."""
    person = viewer(request)
    for_insiders(person)
    return journey_file(found(Journey.objects.visible_to(person), pk))
