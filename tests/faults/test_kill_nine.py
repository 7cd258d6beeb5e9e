"""`kill -9` of worker, beat and web in the middle of 1,000 claims, an import and a scan: nothing is lost or doubled."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.faults.installation import SignedIn, ask, installation, wait_for
from tests.workspace.processes import ROOT, House, manage, up

pytestmark = pytest.mark.xdist_group("up")

CLAIMS, IMPORTED, LEADS = 1000, 6000, 4
PASSWORD = "known to every reader of this test"

FOUND = f"""
from workspace.organisation.commands import add_lead, create_department, create_person, create_unit
unit = create_unit("Retail", actor=None)
create_unit("Service", actor=None)
for n in range({LEADS}):
    department = create_department(f"Shops {{n}}", unit=unit, code=f"R{{n}}", actor=None)
    email = f"lead{{n}}@example.com"
    lead = create_person(email, name=f"Lead {{n}}", department=department, password="{PASSWORD}", actor=None)
    add_lead(department, person=lead, actor=None)
answer = list(type(department).objects.order_by("code").values_list("id", flat=True))
"""

TOUCHPOINTS = """
from journeys.models import Touchpoint
answer = list(Touchpoint.objects.filter(external_id__startswith="claimed").order_by("id").values_list("id", flat=True))
"""

ASK_FOR_A_SCAN = """
from journeys.commands import request_scan
answer = request_scan(actor=None).pk
"""

IMPORT_HAS_BEGUN = """
from journeys.models import Touchpoint
answer = Touchpoint.objects.filter(external_id__startswith="imported").exists()
"""

IS_QUIET = """
from workspace.activity.models import Delivery, Event, Job
answer = not (
    Job.objects.unfinished().exists()
    or Event.objects.filter(seq=None).exists()
    or Delivery.objects.filter(state="pending").exists()
)
"""

STANDING = """
from django.db.models import Count, Max, Min
from journeys.models import Claim, Flag, Ownership, Touchpoint
from workspace.activity.models import Delivery, Event, Job
events = Event.objects.aggregate(first=Min("seq"), last=Max("seq"), n=Count("seq"))
answer = {
    "claimed": list(Ownership.objects.current().accountable().filter(claim__isnull=False)
        .values_list("touchpoint_id", flat=True)),
    "claims": Claim.objects.filter(state="accepted").count(),
    "claim_events": Event.objects.filter(kind="claim.made").count(),
    "claim_events_by_claim": Event.objects.filter(kind="claim.made").values("subject_id").distinct().count(),
    "owners_per_touchpoint": max([0, *Ownership.objects.current().accountable().values("touchpoint")
        .annotate(n=Count("pk")).values_list("n", flat=True)]),
    "gap_free": events["last"] == events["n"] and events["first"] == 1,
    "failed": list(Job.objects.filter(state="failed").values_list("kind", "error"))
        + list(Delivery.objects.filter(state="failed").values_list("consumer", "error")),
    "imported": Touchpoint.objects.filter(external_id__startswith="imported").count(),
    "added_events": sum(e.data["added"] for e in Event.objects.filter(kind="touchpoints.imported")),
    # Whole units are judged by the full scan alone.
    "flags": sorted(Flag.objects.unresolved().exclude(subject_kind="unit").values_list("rule", "subject_id")),
}
"""


def write_touchpoints(file: Path, prefix: str, count: int, units: tuple[str, ...]) -> None:
    """A file of unowned touchpoints, ten to a journey, in these units by turns."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(
            ["external_id", "journey", "stage", "touchpoint", "channel", "business_unit", "owner_department", "emotion"]
        )
        for n in range(count):
            journey, stage = f"{prefix} {n // 10}", f"Stage {n % 10 // 3}"
            rows.writerow([f"{prefix}-{n}", journey, stage, f"Meeting {n}", "shop", units[n % len(units)], "", "-1"])


def claim_until_answered(person: SignedIn, path: str, data: dict[str, str]) -> int:
    """Post the claim again until somebody answers, as a person would whose page did not load."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return person.post(path, data)
        except (OSError, HTTPException):
            assert time.monotonic() < deadline, f"nobody answers {path}"


@dataclass
class Killer:
    """`kill -9` for the worker, the web or the beat, in turn, after every so many claims."""

    house: House
    every: int = 100
    seen: int = 0
    killed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> None:
        """Count a claim; kill when it is time."""
        with self.lock:
            self.seen += 1
            if self.seen % self.every == 0:
                part = ("worker", "web", "beat")[len(self.killed) % 3]
                os.kill(self.house.running()[part], signal.SIGKILL)
                self.killed.append(part)


def claim_all(house: House, departments: list[int], touchpoints: Iterable[int], killer: Killer) -> set[int]:
    """Claim every touchpoint by one of the leads; those whose claim was acknowledged."""
    leads = [SignedIn(house.port, f"lead{n}@example.com", PASSWORD) for n in range(LEADS)]

    def claim(numbered: tuple[int, int]) -> int | None:
        number, touchpoint = numbered
        data = {"department": str(departments[number % LEADS]), "next": "/healthz"}
        status = claim_until_answered(leads[number % LEADS], f"/touchpoints/{touchpoint}/claim/", data)
        killer.count()
        return touchpoint if status == 200 else None

    with ThreadPoolExecutor(LEADS) as people:
        return {touchpoint for touchpoint in people.map(claim, enumerate(touchpoints)) if touchpoint is not None}


def test_nothing_is_lost_or_doubled(tmp_path):
    claimed_file, imported_file = tmp_path / "claimed.csv", tmp_path / "imported.csv"
    write_touchpoints(claimed_file, "claimed", CLAIMS, ("Retail",))
    write_touchpoints(imported_file, "imported", IMPORTED, ("Retail", "Service"))

    with installation(tmp_path) as env:
        departments = ask(env, FOUND)
        loaded = manage("import_csv", "touchpoints", str(claimed_file), env=env)
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        touchpoints = ask(env, TOUCHPOINTS)
        assert len(touchpoints) == CLAIMS

        with up(env) as house:
            ask(env, ASK_FOR_A_SCAN)
            importing = subprocess.Popen(
                [sys.executable, "manage.py", "import_csv", "touchpoints", str(imported_file)],
                cwd=ROOT,
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            wait_for(env, IMPORT_HAS_BEGUN, within=60, what="the first imported rows")
            importing.kill()
            importing.wait()
            killer = Killer(house)
            acknowledged = claim_all(house, departments, touchpoints, killer)
            assert set(killer.killed) == {"worker", "web", "beat"}
            ask(env, ASK_FOR_A_SCAN)
            wait_for(env, IS_QUIET, within=150, what="all work done by itself")

        after = ask(env, STANDING)
        assert after["failed"] == []
        assert acknowledged <= set(after["claimed"])
        assert after["claims"] == after["claim_events"] == after["claim_events_by_claim"] == len(after["claimed"])
        assert after["owners_per_touchpoint"] == 1
        assert after["gap_free"]
        assert after["imported"] == IMPORTED
        assert after["added_events"] == CLAIMS + IMPORTED

        quiet = manage("scan_ownership", "--full", "--json", env=env)
        assert quiet.returncode == 0, quiet.stderr
        assert ask(env, STANDING)["flags"] == after["flags"]
