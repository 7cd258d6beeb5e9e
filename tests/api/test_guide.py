"""The guide in docs/api: its commands and its program do what it says, against a server that runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from sprints import commands
from sprints.models import Story
from tests.cast import deliver
from tests.sprints.squad import Squad
from workspace.organisation.commands import make_token

GUIDE = settings.BASE_DIR / "docs/api/guide.md"
pytestmark = pytest.mark.django_db(transaction=True)


def blocks(language: str) -> list[str]:
    """What stands in the guide in blocks of this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(), flags=re.DOTALL | re.MULTILINE)


class Stranger:
    """Somebody who does what the guide says, in a folder of their own."""

    def __init__(self, folder: Path, server: str, token: str) -> None:
        self.folder = folder
        self.env = {"PATH": os.environ["PATH"], "THROUGHLINE": server, "TOKEN": token, "TEAM": "GROW"}
        (folder / "sync.py").write_text("\n".join(blocks("python")))

    def run(self, *command: str, text: str = "") -> str:
        """What the command prints; fails with what it complains about."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, input=text, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def sync(self) -> str:
        """Run the program, after the worker has put what happened into its order."""
        deliver()
        return self.run(sys.executable, "sync.py")

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks of the tracker."""
        tasks: dict[str, Any] = json.loads((self.folder / "tracker.json").read_text())["tasks"]
        return tasks

    def write(self, tasks: dict[str, Any]) -> None:
        """Change the tracker by hand."""
        path = self.folder / "tracker.json"
        state = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(state | {"tasks": tasks}))


@pytest.fixture
def stranger(squad: Squad, tmp_path: Path, live_server: LiveServer) -> Stranger:
    """With a token of Mia's that is limited to her team."""
    mia = squad.team.memberships.get(person__name="Mia Member").person
    token = make_token(mia, name="Sync", scope="write", limits={"team": [squad.team.pk]}, actor=mia)
    return Stranger(tmp_path, live_server.url, token.secret)


@pytest.mark.curl
def test_the_commands_work(squad: Squad, stranger: Stranger) -> None:
    lines = [line[2:] for block in blocks("console") for line in block.splitlines()]
    assert len(lines) >= 8
    told = stranger.run("bash", "-euo", "pipefail", text="\n".join(lines))
    assert '"name":"Mia Member"' in told
    assert "412\n" in told
    assert '"type":"/api/v1/problems/stale/"' in told
    assert Story.objects.get(title__startswith="Ask").title == "Ask six customers"


def test_the_program_keeps_both_sides_the_same(squad: Squad, stranger: Stranger) -> None:
    stranger.write({"T-1": {"title": "Call the printer"}})
    assert stranger.sync() == ""
    ours = Story.objects.get(title="Call the printer")
    tasks = stranger.tasks
    assert tasks["T-1"]["story"] == ours.pk
    assert {task["title"] for task in tasks.values()} == {story.title for story in Story.objects.all()}

    liam = squad.team.memberships.get(person__name="Liam Lead").person
    commands.change_story(squad.quiz, title="Quiz of the year", points=2, actor=liam)
    tasks["T-1"]["title"] = "Call two printers"
    stranger.write(tasks)
    commands.change_story(ours, points=1, actor=liam)
    assert stranger.sync() == ""
    ours.refresh_from_db()
    assert (ours.title, ours.points) == ("Call two printers", Decimal(1))
    assert stranger.tasks[f"story-{squad.quiz.pk}"]["title"] == "Quiz of the year"

    tasks = stranger.tasks
    tasks["T-1"]["title"] = "Call three printers"
    stranger.write(tasks)
    commands.change_story(ours, title="Mail the printer", actor=liam)
    assert stranger.sync() == ""
    assert (stranger.tasks["T-1"]["title"], stranger.tasks["T-1"]["ours"]) == (
        "Mail the printer",
        "Call three printers",
    )
    assert stranger.sync() == ""
    ours.refresh_from_db()
    assert ours.title == "Mail the printer"


def test_an_import_of_many_and_what_is_deleted_and_restored_are_not_missed(squad: Squad, stranger: Stranger) -> None:
    stranger.sync()
    file = stranger.folder / "stories.csv"
    file.write_text("team,title\n" + "".join(f"GROW,Imported {n}\n" for n in range(120)))
    call_command("import_csv", "stories", str(file), stdout=StringIO(), stderr=StringIO())
    quiz = f"story-{squad.quiz.pk}"
    liam = squad.team.memberships.get(person__name="Liam Lead").person
    commands.delete_story(squad.quiz, actor=liam)
    assert stranger.sync() == ""
    assert sum(task["title"].startswith("Imported") for task in stranger.tasks.values()) == 120
    assert stranger.tasks[quiz]["gone"] is True

    tasks = stranger.tasks
    tasks[quiz]["title"] = "Quiz, again"
    stranger.write(tasks)
    assert stranger.sync() == "", "what is gone there is left alone"
    commands.restore_story(squad.quiz, actor=liam)
    assert stranger.sync() == ""
    squad.quiz.refresh_from_db()
    assert "gone" not in stranger.tasks[quiz]
    assert squad.quiz.title == stranger.tasks[quiz]["title"] == "Quiz, again"


def test_a_program_that_is_killed_after_it_sent_makes_no_second_story(squad: Squad, stranger: Stranger) -> None:
    stranger.write({"T-1": {"title": "Call the printer"}})
    stranger.sync()
    tasks = stranger.tasks
    made = tasks["T-1"].pop("story")
    for name in ("synced", "version"):
        del tasks["T-1"][name]  # it had noted its key, and not yet what came of it
    stranger.write(tasks)
    stranger.sync()
    assert stranger.tasks["T-1"]["story"] == made
    assert Story.objects.filter(title="Call the printer").count() == 1
