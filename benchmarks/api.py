"""What requests of programs cost: statements, and the processor time of the web process and of the database.

Four programs ask at once, each over a connection of its own. Not counted is what the worker does afterwards.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.boards import ACTIVE, make_team
from benchmarks.delta import UNCOUNTED
from sprints.models import Story, Team
from workspace.activity.commands.delivery import deliver_events
from workspace.organisation.commands import make_token
from workspace.organisation.models import Person

PROGRAMS, REPEATS, WARM = 4, 60, 8
Ask = Callable[["Program"], int]


class Program:
    """A client with a token of its own, so that no other uses up what it may ask."""

    def __init__(self, person: Person, seed: int) -> None:
        secret = make_token(person, name="Benchmark", scope="write", actor=person).secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})
        self.chance = random.Random(seed)

    def get(self, path: str) -> int:
        """Read; how many bytes came."""
        return self._answered(self.client.get(f"/api/v1/{path}"), 200)

    def post(self, path: str, body: dict[str, Any], status: int = 200) -> int:
        """Do something; how many bytes came."""
        sent = self.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return self._answered(sent, status)

    def _answered(self, answer: Any, status: int) -> int:
        if answer.status_code != status:
            raise SystemExit(f"A program was answered with {answer.status_code}: {answer.content[:500]!r}")
        return len(answer.content)


def measure_api() -> dict[str, dict[str, float]]:
    """Statements and milliseconds of each request, on a team of some years with 400 stories in its sprint."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    team = make_team(ACTIVE, key="API")
    deliver_events()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    person = team.memberships.order_by("id")[2].person
    return {name: _measured(person, ask) for name, ask in _requests(team).items()}


def _requests(team: Team) -> dict[str, Ask]:
    active = team.sprints.get(state="active")
    doing = team.columns.get(category="doing")
    there = list(Story.objects.filter(sprint=active, column=doing).order_by("rank"))
    numbers = list(team.stories.values_list("number", flat=True))

    def move(program: Program) -> int:
        story, after = program.chance.sample(there, 2)
        return program.post(f"stories/{story.pk}/move/", {"column": doing.pk, "after": after.pk})

    def create(program: Program) -> int:
        body = {"team": team.pk, "title": "A flyer for the fair", "points": 3, "description": "As a customer …"}
        return program.post("stories/", body, 201)

    def several(program: Program) -> int:
        items = [{"story": str(story.pk), "column": doing.pk} for story in program.chance.sample(there, 20)]
        return program.post("stories/bulk-move/", {"items": items})

    return {
        "who am I": lambda program: program.get("me/"),
        "400 stories of a sprint": lambda program: program.get(f"stories/?sprint={active.pk}&limit=500&ordering=rank"),
        "100 stories, filtered": lambda program: program.get(
            f"stories/?team={team.pk}&q=story&category__in=todo,doing&assignee__isnull=false&ordering=rank&limit=100"
        ),
        "one story": lambda program: program.get(f"stories/API-{program.chance.choice(numbers)}/"),
        "move": move,
        "create": create,
        "move 20 at once": several,
    }


def _measured(person: Person, ask: Ask) -> dict[str, float]:
    programs = [Program(person, seed) for seed in range(PROGRAMS)]
    for _ in range(2):  # the first use of a token is noted
        size = ask(programs[0])
    with CaptureQueriesContext(connection) as queries:
        ask(programs[0])
    statements = sum(not UNCOUNTED.match(query["sql"]) for query in queries)
    ready, begin, done = (
        threading.Barrier(PROGRAMS + 1),
        threading.Barrier(PROGRAMS + 1),
        threading.Barrier(PROGRAMS + 1),
    )
    backends: list[int] = []

    def work(program: Program) -> None:
        try:
            for _ in range(WARM):
                ask(program)
            backends.append(_backend())
            ready.wait()
            begin.wait()
            for _ in range(REPEATS):
                ask(program)
            done.wait()
        finally:
            connection.close()

    with ThreadPoolExecutor(PROGRAMS) as pool:
        working = [pool.submit(work, program) for program in programs]
        ready.wait()
        database, web, clock = _spent(backends), time.process_time(), time.perf_counter()
        begin.wait()
        done.wait()
        web, clock = time.process_time() - web, time.perf_counter() - clock
        database = _spent(backends) - database
    for one in working:
        one.result()
    each = 1000 / (PROGRAMS * REPEATS)
    deliver_events()
    return {
        "statements": statements,
        "web_ms": web * each,
        "database_ms": database * each,
        "cpu_ms": (web + database) * each,
        "per_second": PROGRAMS * REPEATS / clock,
        "kb": size / 1000,
    }


def _backend() -> int:
    """The process of the database that works for this connection; 0 where that is this process itself."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _spent(backends: list[int]) -> float:
    """Seconds of the processor that these processes have used; 0 where they are on another machine."""
    files = [Path(f"/proc/{pid}/schedstat") for pid in backends if pid]
    return sum(int(file.read_text().split()[0]) for file in files if file.exists()) / 1e9
