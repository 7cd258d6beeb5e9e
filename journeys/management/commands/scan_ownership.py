"""`manage.py scan_ownership`: what lies unowned, now."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journeys.commands import request_scan
from journeys.models import Scan
from journeys.queries.catalogue import rules
from journeys.queries.limits import limits_now
from journeys.queries.names import title_of
from journeys.queries.scans import changed_since, last_event_id, last_scan, open_by_rule
from workspace.activity.commandline import HelpWithExamples
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import wait_for, work_on
from workspace.activity.models import Job
from workspace.activity.progress import ProgressLine

EXAMPLE = """
What the rules measure against is set at /settings/rules/. A rule that is switched off raises nothing, and its flags are
closed; --json lists these rules under "off".

Without --full it catches up with the changes that were not looked at yet (and does a full scan if there never was one).

examples:
  manage.py scan_ownership                catch up, and print a table of the rules
  manage.py scan_ownership --full --json  judge every rule over everything, print JSON for a script
"""


class Command(BaseCommand):
    """Scan, and print what each rule has opened, resolved and reopened."""

    help = "Flag what breaks a rule of ownership, and close the flags of what no longer does." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --full and --json."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("--full", action="store_true", help="judge every rule over everything")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        """Scan and print."""
        started = time.monotonic()
        if options["full"] or last_scan() is None:
            scan = self._full_scan()
            results, subjects = scan.results, scan.subjects
        else:
            before = last_event_id()
            deliver_events()
            results, subjects = changed_since(before)
        self._print(results, subjects, time.monotonic() - started, as_json=options["json"])

    def _full_scan(self) -> Scan:
        deliver_events()
        job = request_scan(actor=None)
        with ProgressLine(sys.stderr, "scan") as show:
            worked = work_on(job.pk, watch=show) or wait_for(job.pk, watch=show)
        if worked.state != Job.State.DONE:
            raise CommandError(f"The scan failed: {worked.error}")
        return Scan.objects.get(pk=worked.result["scan"])

    def _print(self, results: dict[str, dict[str, int]], subjects: int, seconds: float, *, as_json: bool) -> None:
        codes = [rule.code for rule in rules()]
        still_open = open_by_rule(codes)
        rows = {
            code: {"open": still_open[code]}
            | {change: results.get(code, {}).get(change, 0) for change in ("opened", "resolved", "reopened")}
            for code in codes
        }
        off = limits_now().off
        if as_json:
            told = {"rules": rows, "off": sorted(off & rows.keys()), "subjects": subjects, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(f"{'rule':<22}{'open':>9}{'opened':>9}{'resolved':>10}{'reopened':>10}  ")
        for code, row in rows.items():
            counts = f"{row['open']:>9,}{row['opened']:>9,}{row['resolved']:>10,}{row['reopened']:>10,}"
            self.stdout.write(f"{code:<22}{counts}  {title_of(code)}{' (off)' if code in off else ''}")
        total = sum(row["open"] for row in rows.values())
        self.stdout.write(f"{total:,} open flags over {subjects:,} live touchpoints, in {seconds:.1f} s.")
