"""`manage.py load_demo`: Larkmoor, a made-up company with six months behind it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from workspace.activity.commandline import HelpWithExamples
from workspace.activity.progress import ProgressLine
from workspace.demo.loading import load, sign_ins
from workspace.errors import RuleBroken

EXAMPLE = """
Its last six months are played up to today, whenever that is. A second run keeps everything as it is; a database that
holds another organisation is refused. The password is known to everybody: never open the demo to the internet.

examples:
  manage.py load_demo                     into the database of this installation
  DATA_DIR=var/look manage.py load_demo   into another one, after DATA_DIR=var/look manage.py migrate
"""


class Command(BaseCommand):
    """Load, and print the sign-ins."""

    help = "Load the demo organisation, and print who can sign in." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Keep the lines of the examples."""
        parser.formatter_class = HelpWithExamples

    def handle(self, **options: Any) -> None:
        """Load with progress on the terminal; the sign-ins go to standard output."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("The database waits for migrations: run manage.py migrate first."))
        try:
            with ProgressLine(sys.stderr, _("demo")) as show:
                loaded = load(watch=show)
        except RuleBroken as refusal:
            raise CommandError(str(refusal)) from refusal
        if not loaded:
            self.stderr.write(_("The demo organisation is loaded already; nothing was changed."))
        self.stdout.write(sign_ins())
