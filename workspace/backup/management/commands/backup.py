"""`manage.py backup`: database, uploads and secret key in one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from workspace.activity.commandline import HelpWithExamples
from workspace.activity.progress import ProgressLine
from workspace.activity.registry import Step
from workspace.backup.making import back_up
from workspace.backup.problems import BackupError

EXAMPLE = """
It may be made while everything runs: it holds the database as it stands at one moment, and the uploads of that moment.
FILE gets its name only when it is whole. It is as secret as the data itself, and readable by its owner alone.

On PostgreSQL this needs pg_dump on PATH. The exit status is 0 only when the backup is there.

examples:
  manage.py backup /backups/throughline-2026-03-31.tar.gz
  docker compose run --rm web python manage.py backup /data/throughline.tar.gz
"""


class Command(BaseCommand):
    """Back this installation up."""

    help = "Write database, uploads and secret key into one file." + EXAMPLE
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write; it must not be there yet")

    def handle(self, **options: Any) -> None:
        """Write it, and say what is in it."""
        file: Path = options["file"].absolute()
        try:
            with ProgressLine(sys.stderr, file.name) as show:
                manifest = back_up(file, lambda done, total, note: show(Step(done, total, {}, note)))
        except BackupError as problem:
            raise CommandError(f"No backup was made. {problem}") from None
        except (OSError, DatabaseError) as error:
            raise CommandError(f"No backup was made. {type(error).__name__}: {error}") from error
        except KeyboardInterrupt:
            raise CommandError("Interrupted. No backup was made.", returncode=130) from None
        rows, files = sum(manifest.counts.values()), sum(name.startswith("uploads/") for name in manifest.parts)
        self.stdout.write(f"{file}: {rows:,} rows and {files:,} uploaded files, {file.stat().st_size:,} bytes.")
