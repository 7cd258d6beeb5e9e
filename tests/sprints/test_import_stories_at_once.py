"""People go on working while a file is imported: every story has a number and a place of its own."""

from pathlib import Path

import pytest

from sprints import commands
from sprints.models import Story, Team
from tests.activity.together import at_once, errors
from tests.organisation.importing import Folder, counts
from tests.sprints.squad import Squad
from workspace.organisation.commands.imports import import_file

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 1200


def test_a_file_and_people_at_the_same_time(squad: Squad, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = Folder(tmp_path).write(
        "stories", "team title external_id labels", *[("GROW", f"Row {n}", f"R{n}", f"l{n % 5}") for n in range(ROWS)]
    )

    def create(who: int) -> None:
        for n in range(8):
            commands.create_story(squad.team, title=f"By hand {who}-{n}", actor=None)

    def move() -> None:
        for n in range(16):
            commands.move_story((squad.quiz, squad.radio)[n % 2], before=squad.poster, actor=None)

    outcome, *others = at_once(lambda: import_file("stories", path), lambda: create(1), lambda: create(2), move)
    assert errors([outcome, *others]) == []
    assert counts(outcome) == (ROWS, 0, 0, 0)
    assert "one by one" not in caplog.text
    stories = Story.objects.filter(team=squad.team)
    numbers = list(stories.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 7 + ROWS + 16 + 1))
    assert Team.objects.get(pk=squad.team.pk).last_number == numbers[-1]
    rows = list(stories.filter(title__startswith="Row ").order_by("rank").values_list("title", flat=True))
    assert rows == [f"Row {n}" for n in range(ROWS)]
    ranks = list(stories.order_by("rank").values_list("rank", flat=True))
    assert len(set(ranks)) == len(ranks) == 7 + ROWS + 16
