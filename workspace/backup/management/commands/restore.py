"""`manage.py restore`: an installation out of the file that `manage.py backup` wrote."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from workspace.activity.commandline import HelpWithExamples
from workspace.activity.progress import ProgressLine
from workspace.activity.registry import Step
from workspace.backup.problems import BackupError
from workspace.backup.restoring import check, held, in_words, restore

EXAMPLE = """
Stop web, worker and beat first. The whole file is checked before anything is touched, and the database is replaced in
one transaction: it is the old one or the new one, never half of each. A backup of an older version is migrated; one of
a newer version or of another engine is refused. An installation that holds something is replaced with --replace alone.

On PostgreSQL this needs pg_restore and psql on PATH. The exit status is 0 only when everything was restored.

examples:
  manage.py restore /backups/throughline-2026-03-31.tar.gz
  manage.py restore throughline.tar.gz --check      only read it to its end and check it
  manage.py restore throughline.tar.gz --replace    give up what this installation holds
"""


class Command(BaseCommand):
    """Restore a backup."""

    help = "Put a backup in the place of this installation." + EXAMPLE
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE, --check and --replace."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("file", metavar="FILE", type=Path, help="the file that manage.py backup wrote")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--check", action="store_true", help="change nothing, only check the file")
        either.add_argument("--replace", action="store_true", help="give up all that this installation holds")

    def handle(self, **options: Any) -> None:
        """Restore, or check, and say what was there and what is."""
        file: Path = options["file"].absolute()
        try:
            with ProgressLine(sys.stderr, file.name) as show:

                def watch(done: int, total: int, note: str) -> None:
                    show(Step(done, total, {}, note))

                if options["check"]:
                    manifest = check(file, watch)
                    takes_key = False
                else:
                    if options["replace"] and (there := held()):
                        self.stderr.write(f"Replacing {in_words(there)}.")
                    manifest, takes_key = restore(file, watch, replace=options["replace"])
        except BackupError as problem:
            raise CommandError(f"Nothing was changed. {problem}") from None
        except (OSError, DatabaseError) as error:
            raise CommandError(
                f"The restore stopped. {type(error).__name__}: {error}\nThe same command with --replace does it again."
            ) from error
        rows = sum(manifest.counts.values())
        made = f"made on {manifest.made_at}, {rows:,} rows"
        if options["check"]:
            self.stdout.write(f"{file.name} is whole: {made}. Nothing was changed.")
            return
        self.stdout.write(f"{file.name} was restored: {made}. Start Throughline again.")
        if not takes_key:
            self.stdout.write(
                "The secret key is this installation's own: if it is another one, everybody signs in again."
            )
