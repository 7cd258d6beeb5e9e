"""`manage.py import_csv`: units, people, touchpoints and more out of a spreadsheet."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspace.activity.commandline import HelpWithExamples
from workspace.activity.progress import ProgressLine
from workspace.errors import Refusal
from workspace.organisation.commands.imports import Outcome, import_file, import_kind, import_kinds, rehearse_file

EXAMPLE = """
KIND is one of: {kinds}. Import them in this order; docs/imports.md tells the columns.

What cannot be taken is written to FILE.rejected.csv, each row with its line, column, value and reason; everything else
goes in. The same file again changes nothing, and goes on where an interrupted import stopped. The exit status is 0
when everything was taken, 1 when a row or a cell was rejected or the file cannot be read.

examples:
  manage.py import_csv org org.csv
  manage.py import_csv touchpoints touchpoints.csv --dry-run    say what would happen, and change nothing
"""


class Command(BaseCommand):
    """Import a CSV file and print what became of its rows."""

    help = "Import a CSV file (UTF-8, commas, the first line names the columns)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add KIND, FILE and --dry-run."""
        parser.formatter_class = HelpWithExamples
        parser.description = (parser.description or "") + EXAMPLE.format(kinds=", ".join(import_kinds()))
        parser.add_argument("kind", metavar="KIND", help="what the rows are")
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to import")
        parser.add_argument("--dry-run", action="store_true", help="write nothing but FILE.rejected.csv")

    def handle(self, **options: Any) -> None:
        """Import, or rehearse, and tell."""
        path: Path = options["file"]
        started = time.monotonic()
        work = rehearse_file if options["dry_run"] else import_file
        try:
            with ProgressLine(sys.stderr, path.name) as show:
                outcome = work(options["kind"], path, watch=show)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        except KeyboardInterrupt:
            raise CommandError(
                f"Interrupted. What was imported stays; the workers go on with {path.name} within a minute. "
                "The same command again watches it to its end.",
                returncode=130,
            ) from None
        except Exception as error:  # a database that is gone, a disk that is full: the log has the details
            raise CommandError(
                f"The import of {path.name} stopped: {type(error).__name__}: {error}\n"
                "What was imported stays. The same command again goes on with what is missing."
            ) from error
        self._tell(options["kind"], path, outcome, time.monotonic() - started, dry_run=options["dry_run"])

    def _tell(self, code: str, path: Path, outcome: Outcome, seconds: float, *, dry_run: bool) -> None:
        tally = outcome.tally
        if outcome.unknown_columns:
            self.stderr.write(f"{path.name}: columns that nobody reads: {', '.join(outcome.unknown_columns)}")
        for problem in outcome.first_problems():
            column = f", column {problem['column']}" if problem["column"] else ""
            value = f", “{problem['value']}”" if problem["value"] else ""
            self.stderr.write(f"{path.name}, line {problem['line']}{column}{value}: {problem['reason']}")
        self.stdout.write(
            f"{path.name}: {tally.rows} rows = {tally.added} added + {tally.changed} changed"
            f" + {tally.unchanged} unchanged + {tally.rejected} rejected"
            f" ({seconds:.1f} s{', nothing was written' if dry_run else ''})"
        )
        kind = import_kind(code)
        for sentence in kind.told(tally) if kind else ():
            self.stdout.write(sentence)
        if tally.partly:
            self.stdout.write(f"{tally.partly} of the rows that were taken lack a cell that was rejected.")
        if not tally.went_well:
            raise CommandError(f"The rejected rows and cells, with their reasons: {outcome.rejected}")
