"""A journey as a file to keep, to change in a spreadsheet, or to take to another installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from journeys.models import Journey
from journeys.queries.export import COLUMNS, exported_rows
from journeys.views.pages import for_insiders
from workspace import db
from workspace.acting import found
from workspace.answers import Download, download
from workspace.csv_out import csv_chunks, lasting_cell
from workspace.organisation.requests import viewer


@require_safe
def export_journey(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole journey as CSV, which `manage.py import_csv journeys` and the page for imports take. 10 statements."""
    person = viewer(request)
    for_insiders(person)
    return sent(found(Journey.objects.visible_to(person), pk))


def sent(journey: Journey) -> Download:
    """The whole journey as a file."""
    with db.one_moment():  # not while they are sent: whoever reads slowly would hold the transaction
        rows = list(exported_rows(Journey.objects.filter(pk=journey.pk)))
    return download(f"{journey.name[:80]}.csv", "text/csv; charset=utf-8", csv_chunks(COLUMNS, rows, lasting_cell))
