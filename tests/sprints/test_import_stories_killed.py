"""An import of stories that is killed ends as an undisturbed one: same order, same numbers, same events."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_import_killed import RESUMED, ask, installation, run
from tests.workspace.processes import manage

pytestmark = pytest.mark.xdist_group("killed imports of stories")  # they share one import that nobody disturbed
ROWS = 2300

FOUNDED = """
from sprints import commands
from workspace.organisation import commands as organisation
ada = organisation.create_person("ada@example.com", name="Ada", role="administrator", actor=None)
for key in ("GROW", "CARE"):
    team = commands.create_team(key.title(), key=key, actor=ada)
    commands.plan_sprint(team, actor=ada)
"""

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
    import_file("stories", Path({file!r}))
"""

STATE = """
from workspace.activity.models import Event, EventSubject, Job
from workspace.organisation.models import ImportedRow
from workspace.organisation.commands.imports.running import imports_folder
from sprints.models import Assignment, Label, Story, StoryLabel
job = Job.objects.get(kind="organisation.import", args__what="stories")
result = dict(job.result)
rejected = (imports_folder() / result.pop("rejected_file")).read_text()
listed = lambda rows: sorted(map(list, rows), key=repr)
answer = {
    "state": job.state, "result": result, "rejected": rejected,
    "stories": [list(map(str, row)) for row in Story.objects.order_by("team", "rank").values_list("team__key",
        "number", "title", "rank", "points", "column__name", "sprint__number", "version")],
    "labels": listed(StoryLabel.objects.values_list("story__team__key", "story__number", "label__name")),
    "people": listed(Assignment.objects.values_list("story__team__key", "story__number", "person__email")),
    "remembered": listed(ImportedRow.objects.values_list("kind", "key", "cells")),
    "events": listed(Event.objects.values_list("kind", "scope", "data__added", "data__changed")),
    "others": [Label.objects.count(), EventSubject.objects.count()],
}
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of two teams in which some rows are wrong, some named twice, and some have no id."""
    path = tmp_path_factory.mktemp("table") / "stories.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("team", "title", "external_id", "points", "column", "sprint", "labels", "assignee_email"))
        for n in range(ROWS):
            key = "" if n % 5 == 0 else f"S{n if n % 500 else 7}"
            points = "many" if n % 300 == 7 else str(n % 9)
            who = "ada@example.com" if n % 4 else "nobody@example.com"
            cells = [("GROW", "Care")[n % 2], f"Story {n}", key, points, ("", "Doing", "Done")[n % 3]]
            writer.writerow([*cells, ("", "1")[n % 2], f"label {n % 40}", who if n % 3 else ""])
    return path


@pytest.fixture(scope="module")
def undisturbed(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What there is after an import that nobody disturbed."""
    with installation(tmp_path_factory.mktemp("undisturbed")) as env:
        ask(env, FOUNDED)
        imported = manage("import_csv", "stories", str(table), env=env)
        assert imported.returncode == 1, imported.stderr  # some rows are wrong
        state = ask(env, STATE)
    assert state["result"]["rows"] == ROWS
    assert state["result"]["added"] == len(state["stories"]) > 2000
    return state


# In the middle of the first thousand and of the second.
@pytest.mark.parametrize("last", [40, 85])
def test_a_killed_import_ends_like_an_undisturbed_one(table: Path, undisturbed: Any, tmp_path: Path, last: int) -> None:
    with installation(tmp_path) as env:
        ask(env, FOUNDED)
        killed = run(env, KILLED.format(last=last, file=str(table)))
        assert killed.returncode == -9, killed.stderr
        assert ask(env, RESUMED) == 1
        assert ask(env, STATE) == undisturbed
