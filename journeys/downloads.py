"""What leaves as a file, from pages and for programs alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import Flag, Journey
from journeys.past_filters import WAYS
from journeys.queries.directory import Directory
from journeys.queries.export import COLUMNS, exported_rows
from journeys.queries.flag_export import flag_cells, flag_header
from journeys.queries.owner_changes import change_cells, change_header
from workspace import clock, db
from workspace.answers import Download, download
from workspace.csv_out import csv_chunks, lasting_cell
from workspace.errors import Unknown

CSV = "text/csv; charset=utf-8"


def journey_file(journey: Journey) -> Download:
    """The whole journey as CSV, which an import takes back: 10 statements."""
    with db.one_moment():  # not while they are sent: whoever reads slowly would hold the transaction
        rows = list(exported_rows(Journey.objects.filter(pk=journey.pk)))
    return download(f"{journey.name[:80]}.csv", CSV, csv_chunks(COLUMNS, rows, lasting_cell))


def flags_file(flags: QuerySet[Flag], known: Directory) -> Download:
    """These flags as a spreadsheet, in their order."""
    address = f"{settings.BASE_URL.origin}{reverse('journeys:flags')}"
    rows = flag_cells(flags, known, address=address)
    return download(_("flags %(day)s.csv") % {"day": clock.today().isoformat()}, CSV, csv_chunks(flag_header(), rows))


def changes_file(changed: QuerySet[Any], days: tuple[date, date], known: Directory) -> Download:
    """These changes of owners as a spreadsheet, in their order."""
    ways = {way: str(label) for way, label in WAYS}
    first, last = (day.isoformat() for day in days)
    name = _("changes of owners %(first)s to %(last)s.csv") % {"first": first, "last": last}
    return download(name, CSV, csv_chunks(change_header(), change_cells(changed, days, ways, known)))


def rejected_file(path: Path, name: str) -> Download:
    """The rejected rows of the file of this name. Raises Unknown where there are none, or they are kept no more."""
    if not path.exists():
        raise Unknown(_("There are no rejected rows of %(file)s.") % {"file": name})
    return download(f"{name}.rejected.csv", CSV, _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            yield piece
