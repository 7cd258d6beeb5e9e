"""`manage.py coverage`: how much is owned, today or on a past day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journeys.models import Journey
from journeys.queries.coverage import Coverage, Scope, coverage_now, coverage_on
from workspace import clock
from workspace.activity.commandline import HelpWithExamples
from workspace.organisation.models import BusinessUnit

EXAMPLE = """
Today is counted now; a past day is read from the snapshot that the full scan of that day took.

examples:
  manage.py coverage                       coverage of the organisation, its units and channels, now
  manage.py coverage --on 2026-03-31 --json
"""


class Command(BaseCommand):
    """Print owned and live touchpoints of the organisation, each business unit, channel and journey."""

    help = "Print the share of live touchpoints that a department owns." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --on and --json."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("--on", metavar="DATE", help="a day such as 2026-03-31 (default: now)")
        parser.add_argument("--json", action="store_true", help="print JSON, journeys included")

    def handle(self, **options: Any) -> None:
        """Read and print."""
        day = _day(options["on"])
        rows = list(coverage_now()) if day is None else coverage_on(day)
        if not rows:
            raise CommandError(f"No coverage was noted on {day}. Snapshots are taken by the full scan of each day.")
        names = _names()
        if options["json"]:
            told = [
                {
                    "scope": row.scope,
                    "id": row.scope_id,
                    "name": _name(row, names),
                    "live": row.live,
                    "owned": row.owned,
                }
                for row in rows
            ]
            on = (day or clock.today()).isoformat()
            self.stdout.write(json.dumps({"on": on, "coverage": told}, indent=2, ensure_ascii=False))
            return
        for row in rows:
            if row.scope != Scope.JOURNEY:
                share = "–" if row.share is None else f"{100 * row.share:.1f} %"
                self.stdout.write(
                    f"{row.scope:<9}{_name(row, names)[:60]:<62}{row.owned:>8,} of {row.live:>8,}{share:>9}"
                )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--on {text!r} is no day. Write it as 2026-03-31.") from None
    if day > clock.today():
        raise CommandError(f"--on {text!r} lies in the future.")
    return None if day == clock.today() else day


def _names() -> dict[tuple[str, int], str]:
    units = {(str(Scope.UNIT), pk): name for pk, name in BusinessUnit.objects.values_list("pk", "name")}
    return units | {(str(Scope.JOURNEY), pk): name for pk, name in Journey.objects.values_list("pk", "name")}


def _name(row: Coverage, names: dict[tuple[str, int], str]) -> str:
    match row.scope:
        case Scope.ALL:
            return "the whole organisation"
        case Scope.CHANNEL:
            return row.channel or "(no channel)"
    return names.get((row.scope, row.scope_id), f"#{row.scope_id}")
