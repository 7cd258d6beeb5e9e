"""`manage.py roles`: who may do what, out of the rules that decide it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from workspace.activity.commandline import HelpWithExamples
from workspace.organisation.rules.rights import areas, table

PAGE = Path(settings.BASE_DIR) / "docs" / "roles.md"
BEGIN, END = "<!-- rights: made by manage.py roles --write -->", "<!-- end of rights -->"
EXAMPLE = """
examples:
  manage.py roles
  manage.py roles --write
"""


class Command(BaseCommand):
    """Show the rights of every kind of person, or write them into `docs/roles.md`."""

    help = "Show who may do what; with --write, put it into docs/roles.md." + EXAMPLE
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("--write", action="store_true", help="write docs/roles.md")

    def handle(self, **options: Any) -> None:
        """Print or write."""
        if options["write"]:
            PAGE.write_text(with_rights(PAGE.read_text()))
            self.stdout.write(f"Wrote {PAGE.relative_to(settings.BASE_DIR)}.")
        else:
            self.stdout.write(rights())


def rights() -> str:
    """Every area with its table, in English, as Markdown."""
    with translation.override("en"):
        return "\n\n".join(f"### {area.title}\n\n{table(area)}" for area in areas())


def with_rights(page: str) -> str:
    """The page with the rights as they are now."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{rights()}\n\n{END}{after}"
