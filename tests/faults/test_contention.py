"""Fifty people move cards of one column at once, over HTTP: no error, no lost card, no two in one place."""

from __future__ import annotations

import http.client
import os
import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.faults.installation import ask, installation
from tests.workspace.processes import up

pytestmark = pytest.mark.xdist_group("up")

CLIENTS, STORIES = 50, 500
MOVES = int(os.environ.get("CONTENTION_MOVES", "10"))
"""Moves of each client. 10 keep the suite short; `CONTENTION_MOVES=200` is the full measure."""
TOKEN = "A" * 32

FOUND = f"""
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from sprints import commands as sprints
from workspace.organisation.commands import create_department, create_person, create_unit
department = create_department("Shops", unit=create_unit("Retail", actor=None), code="R", actor=None)
people = [
    create_person(f"p{{n}}@example.com", name=f"Person {{n}}", department=department, actor=None) for n in range(8)
]
team = sprints.create_team("Crowd", key="CROWD", actor=None)
for person in people:
    sprints.add_member(team, person=person, actor=None)
doing = team.columns.get(category="doing")
sprint = sprints.start_sprint(sprints.plan_sprint(team, actor=None), actor=None)
stories = [
    sprints.create_story(team, title=f"Story {{n}}", sprint=sprint, column=doing, actor=None) for n in range({STORIES})
]
sessions = []
for person in people:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "workspace.organisation.backends.WorksHereBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    sessions.append(session.session_key)
answer = {{"column": doing.pk, "sessions": sessions, "stories": [[story.pk, story.number] for story in stories]}}
"""

STANDING = """
from sprints.models import Story
from workspace.activity.models import Event, Job
rows = list(Story.objects.filter(column__category="doing").order_by("rank").values_list("id", "rank", "version"))
answer = {
    "order": [pk for pk, _rank, _version in rows],
    "ranks": len({rank for _pk, rank, _version in rows}),
    "versions": sorted({version for *_rest, version in rows}),
    "moves": Event.objects.filter(kind="story.ordered").count(),
    "rewritten": Event.objects.filter(kind="story.rebalanced").count(),
    "failed": list(Job.objects.filter(state="failed").values_list("kind", "error")),
    "waiting": Job.objects.unfinished().count(),
}
"""


class Mover:
    """A client with a connection of its own, signed in as one of the eight."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self.cookies = f"sessionid={session}; csrftoken={TOKEN}"

    def move(self, number: int, **where: int) -> int:
        """Drop a card; the status of the answer."""
        body = urlencode(where)
        headers = {
            "Cookie": self.cookies,
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }
        self.connection.request("POST", f"/stories/CROWD-{number}/move/", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def page(self) -> str:
        """The board."""
        self.connection.request("GET", "/teams/CROWD/", headers={"Cookie": self.cookies})
        answer = self.connection.getresponse()
        return answer.read().decode()


def test_the_order_survives_fifty_people_at_once(tmp_path: Path) -> None:
    with installation(tmp_path) as env:
        world = ask(env, FOUND)
        with up(env) as house:
            statuses = _move_about(house.port, world)
            assert set(statuses) == {204}, f"every move was taken\n{house.said()[-5000:]}"
            standing = ask(env, STANDING)
            _check(standing, world, moved=len(statuses))
            _check_page(house.port, world, standing)
            _drop_into_one_gap(house.port, world, standing)
            after = ask(env, STANDING)
            _check(after, world, moved=len(statuses) + 8)
            _check_page(house.port, world, after)
            first = standing["order"].index(standing["order"][0])
            dropped = set(standing["order"][100:108])
            assert after["order"][0] == standing["order"][first]
            assert set(after["order"][1:9]) == dropped, "all eight stand in the gap, each in a place of its own"
            assert after["order"][9] == standing["order"][1]


def _move_about(port: int, world: dict[str, Any]) -> list[int]:
    """Each client drops random cards behind random others, as the page that it once opened shows them."""

    def work(client: int) -> list[int]:
        chance = random.Random(client)
        mover = Mover(port, world["sessions"][client % len(world["sessions"])])
        done = []
        for _ in range(MOVES):
            (_story, number), (after, _number) = chance.sample(world["stories"], 2)
            done.append(mover.move(number, column=world["column"], after=after))
        return done

    with ThreadPoolExecutor(CLIENTS) as clients:
        return [status for statuses in clients.map(work, range(CLIENTS)) for status in statuses]


def _drop_into_one_gap(port: int, world: dict[str, Any], standing: dict[str, Any]) -> None:
    """Eight clients drop eight cards behind the first one, all from the same view, at the same moment."""
    numbers = dict(world["stories"])
    first, second = standing["order"][:2]
    together = threading.Barrier(8)

    def drop(client: int) -> int:
        mover = Mover(port, world["sessions"][client])
        together.wait()
        number = numbers[standing["order"][100 + client]]
        return mover.move(number, column=world["column"], after=first, before=second)

    with ThreadPoolExecutor(8) as clients:
        assert set(clients.map(drop, range(8))) == {204}


def _check(standing: dict[str, Any], world: dict[str, Any], *, moved: int) -> None:
    assert sorted(standing["order"]) == sorted(pk for pk, _number in world["stories"]), "no card is lost or doubled"
    assert standing["ranks"] == STORIES, "no two in one place"
    assert standing["versions"] == [1], "a move changes no version"
    assert standing["moves"] <= moved
    assert standing["rewritten"] <= moved / 100, "at least 99 % of the moves write one row"
    assert standing["failed"] == []


def _check_page(port: int, world: dict[str, Any], standing: dict[str, Any]) -> None:
    shown = re.findall(r'id="card-(\d+)"', Mover(port, world["sessions"][0]).page())
    assert [int(pk) for pk in shown] == standing["order"], "the page shows the order of the database"
