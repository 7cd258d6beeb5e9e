"""An import that is killed loses nothing: whoever takes it over ends where an undisturbed one ends."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import installation as new_installation
from tests.workspace.processes import ROOT, manage

pytestmark = pytest.mark.xdist_group("killed imports")  # they share one import that nobody disturbed
ROWS = 3400
COLUMNS = (
    "external_id", "journey", "stage", "touchpoint", "channel", "business_unit", "owner_department", "emotion",
    "system", "persona",
)  # fmt: skip

KILLED = """
import os, signal
from django.db import connection
from workspace.organisation.commands.imports import import_file

class Killer:
    def __init__(self, last):
        self.left = last
    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

with connection.execute_wrapper(Killer({last})):
    import_file("touchpoints", Path({file!r}))
"""

RESUMED = """
from datetime import timedelta
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
with clock.at(clock.now() + timedelta(minutes=10)):
    answer = work_on_waiting()
"""

LEFT_ALONE = """
from workspace.activity.models import Job
Job.objects.filter(state="running").update(lease_until="2020-01-01T00:00Z")
"""

STATE = """
from workspace.activity.models import Event, EventSubject, Job
from workspace.organisation.models import ImportedRow
from workspace.organisation.commands.imports.running import imports_folder
from journeys.models import Crossing, Journey, Ownership, Stage, System, Touchpoint
job = Job.objects.get(kind="organisation.import", args__what="touchpoints")
result = dict(job.result)
rejected = (imports_folder() / result.pop("rejected_file")).read_text()
listed = lambda rows: sorted(map(list, rows), key=repr)
answer = {
    "state": job.state, "result": result, "rejected": rejected,
    "touchpoints": listed(Touchpoint.objects.values_list("external_id", "stage__name", "stage__position",
        "stage__journey__name", "stage__journey__persona__name", "system__name", "emotion", "unmatched_owner",
        "version")),
    "owners": listed(Ownership.objects.values_list("touchpoint__external_id", "department__code", "kind",
        "held_until")),
    "crossings": listed(Crossing.objects.values_list("source__external_id", "target__external_id", "active")),
    "remembered": listed(ImportedRow.objects.values_list("kind", "key", "cells")),
    "events": listed(Event.objects.values_list("kind", "data")),
    "subjects": EventSubject.objects.count(),
    "others": [Journey.objects.count(), Stage.objects.count(), System.objects.count()],
}
"""


@contextmanager
def installation(folder: Path) -> Iterator[dict[str, str]]:
    """An installation of its own, on the engine of the suite, with two departments; no doorbell leaves it."""
    with new_installation(folder) as env:
        env.pop("REDIS_URL", None)
        (folder / "org.csv").write_text(
            "business_unit,department_code,department\nRetail,SHOPS,Shops\nRetail,WEB,Web\n"
        )
        imported = manage("import_csv", "org", str(folder / "org.csv"), env=env)
        assert imported.returncode == 0, imported.stderr
        yield env


def run(env: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    """Run Python inside the installation."""
    before = "import json, django; from pathlib import Path; django.setup(); answer = None"
    program = f"{before}\n{code}\nprint(json.dumps(answer))"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=env | {"DJANGO_SETTINGS_MODULE": "workspace.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def ask(env: dict[str, str], code: str) -> Any:
    """Run Python inside the installation; what it leaves in `answer` comes back."""
    done = run(env, code)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which some rows are wrong, some named twice, and journeys reach over the thousands."""
    path = tmp_path_factory.mktemp("table") / "touchpoints.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for n in range(ROWS):
            owner = ("SHOPS", "Web", "", "Whoever")[n % 4]
            key = f"M{n if n % 500 else 7}"
            emotion = "9" if n % 300 == 7 else str(n % 5 - 2)
            cells = [key, f"Journey {n * 7 % 330}", f"Stage {n * 3 % 5}", f"Touchpoint {n}", "web", "Retail", owner]
            writer.writerow([*cells, emotion, f"System {n % 9}", f"Persona {n % 330 % 4}"])
    return path


@pytest.fixture(scope="module")
def undisturbed(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What there is after an import that nobody disturbed."""
    with installation(tmp_path_factory.mktemp("undisturbed")) as env:
        imported = manage("import_csv", "touchpoints", str(table), env=env)
        assert imported.returncode == 1, imported.stderr  # some rows are wrong
        state = ask(env, STATE)
    assert state["result"]["rows"] == ROWS
    assert state["result"]["rejected"] > 0
    return state


# The statements of a thousand rows, and between two of them: first and later chunks, before and after the commit.
@pytest.mark.parametrize("last", [12, 58, 104])
def test_a_killed_import_ends_like_an_undisturbed_one(table: Path, undisturbed: Any, tmp_path: Path, last: int) -> None:
    with installation(tmp_path) as env:
        killed = run(env, KILLED.format(last=last, file=str(table)))
        assert killed.returncode == -9, killed.stderr
        assert ask(env, RESUMED) == 1
        assert ask(env, STATE) == undisturbed


def test_the_same_command_again_goes_on_and_puts_the_rejects_beside_the_file(
    table: Path, undisturbed: Any, tmp_path: Path
) -> None:
    copy = tmp_path / table.name
    copy.write_bytes(table.read_bytes())
    with installation(tmp_path / "data") as env:
        assert run(env, KILLED.format(last=80, file=str(copy))).returncode == -9
        # As after a minute: the lease of the dead process has run out.
        ask(env, LEFT_ALONE)
        again = manage("import_csv", "touchpoints", str(copy), env=env)
        assert again.returncode == 1
        assert ask(env, STATE) == undisturbed
    told = undisturbed["result"]
    assert (
        f"{ROWS} rows = {told['added']} added + 0 changed + 0 unchanged + {told['rejected']} rejected" in again.stdout
    )
    assert (tmp_path / "touchpoints.csv.rejected.csv").read_text() == undisturbed["rejected"]
