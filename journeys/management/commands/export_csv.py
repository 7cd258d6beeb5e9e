"""`manage.py export_csv`: whole journeys into a file that `import_csv` takes again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet

from journeys.models import Journey
from journeys.queries.export import COLUMNS, exported_rows
from journeys.queries.lasting_ids import by_lasting_id, named_so, own_mark
from workspace import db
from workspace.activity.commandline import HelpWithExamples
from workspace.csv_out import csv_chunks, lasting_cell

EXAMPLE = """
KIND is journeys: a row for each journey that is open, each of its stages and touchpoints. docs/imports.md tells the
columns, and what is not among them. The file shows one moment, whatever others do meanwhile. It is complete, or it is
not there.

examples:
  manage.py export_csv journeys journeys.csv
  manage.py export_csv journeys everything.csv --archived     with those that are archived, which come in as open ones
  manage.py export_csv journeys moving.csv --journey 12       the journey of the page /journeys/12/
  manage.py export_csv journeys moving.csv --journey MOVE     the journey with this lasting id, archived or not
"""


class Command(BaseCommand):
    """Write a CSV file and say how many rows it has."""

    help = "Export whole journeys to a CSV file (UTF-8, commas, the first line names the columns)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add KIND, FILE, --journey and --archived."""
        parser.formatter_class = HelpWithExamples
        parser.description = (parser.description or "") + EXAMPLE
        parser.add_argument("kind", metavar="KIND", choices=["journeys"], help="what the rows are: journeys")
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; one that is there is replaced")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--journey", metavar="ID", help="this journey alone: its number, or its lasting id")
        which.add_argument("--archived", action="store_true", help="archived journeys too; they come in as open ones")

    def handle(self, **options: Any) -> None:
        """Write the file beside its place, then put it there."""
        path: Path = options["file"]
        journeys, left_out = _asked(options["journey"], with_archived=options["archived"])
        rows = 0

        def counted() -> Iterator[list[str | int]]:
            nonlocal rows
            for row in exported_rows(journeys):
                rows += 1
                yield row

        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            with beside.open("xb") as file, db.one_moment():
                file.writelines(csv_chunks(COLUMNS, counted(), lasting_cell))
            beside.replace(path)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written: {error.strerror}. Name a file in a folder that you may write to."
            ) from None
        finally:
            beside.unlink(missing_ok=True)
        self.stdout.write(f"{path.name}: {rows} rows")
        if left_out:
            says = "1 archived journey is" if left_out == 1 else f"{left_out} archived journeys are"
            self.stdout.write(f"{says} not in it; --archived adds them, as open ones.")


def _asked(name: str | None, *, with_archived: bool) -> tuple[QuerySet[Journey], int]:
    """The journeys to write, and how many archived ones are left out."""
    if name is not None:
        return _named(name), 0
    if with_archived:
        return Journey.objects.all(), 0
    return Journey.objects.open(), Journey.objects.exclude(pk__in=Journey.objects.open().order_by()).count()


def _named(name: str) -> QuerySet[Journey]:
    mark = own_mark()
    found = by_lasting_id(mark, [name], list(Journey.objects.filter(named_so(mark, [name]))))
    known = (
        Q(pk=found[name].pk) if name in found else Q(pk=int(name)) if name.isdecimal() and len(name) < 19 else Q(pk=0)
    )
    journeys = Journey.objects.filter(known)
    if not journeys.exists():
        raise CommandError(f"There is no journey {name}. Its number stands in the address of its page: /journeys/12/.")
    return journeys
