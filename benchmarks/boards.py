"""What a board costs: the page, the panel of a story, one move with all that follows it, on a team of some years."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.delta import UNCOUNTED
from sprints.models import (
    Assignment,
    Column,
    Comment,
    Label,
    Membership,
    Sprint,
    Story,
    StoryLabel,
    Team,
)
from sprints.queries.order import Place
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.organisation.models import Person

MEMBERS, SPRINTS, LABELS = 8, 12, 6
STORIES, ACTIVE = 3_000, 400
REPEATS = 7
SIZES = (40, ACTIVE, 4_000)
CATEGORIES = (("To do", "todo"), ("Doing", "doing"), ("Review", "review"), ("Done", "done"))


def make_team(active: int, *, key: str, stories: int = STORIES) -> Team:
    """A team of eight with twelve sprints and `stories` stories, `active` of them in the active sprint.

    Two labels each, comments on a fifth. Written in bulk: what is measured is reading and moving.
    """
    people = list(Person.objects.active().filter(department__isnull=False).order_by("id")[:MEMBERS])
    team = Team.objects.create(name=f"Team of {active}", key=key, last_number=stories + active)
    roles = [Membership.Role.PRODUCT_OWNER, Membership.Role.SCRUM_MASTER, *[Membership.Role.MEMBER] * MEMBERS]
    Membership.objects.bulk_create(
        Membership(team=team, person=person, role=role) for person, role in zip(people, roles, strict=False)
    )
    columns = Column.objects.bulk_create(
        Column(team=team, name=name, category=category, position=place)
        for place, (name, category) in enumerate(CATEGORIES, start=1)
    )
    labels = Label.objects.bulk_create(
        Label(team=team, name=f"Label {n}", tone=n % Label.TONES + 1) for n in range(LABELS)
    )
    sprints = _sprints(team)
    _stories(team, people, columns, labels, [*sprints[:-1], None], sprints[-1], stories - active, active)
    return team


def _sprints(team: Team) -> list[Sprint]:
    begins = clock.today() - timedelta(days=14 * (SPRINTS - 1))
    return Sprint.objects.bulk_create(
        Sprint(
            team=team,
            number=n + 1,
            goal="More first orders",
            starts_on=begins + timedelta(days=14 * n),
            ends_on=begins + timedelta(days=14 * n + 13),
            state=Sprint.State.ACTIVE if n == SPRINTS - 1 else Sprint.State.CLOSED,
            started_at=clock.now(),
            closed_at=None if n == SPRINTS - 1 else clock.now(),
        )
        for n in range(SPRINTS)
    )


def _stories(
    team: Team,
    people: list[Person],
    columns: list[Column],
    labels: list[Label],
    elsewhere: list[Sprint | None],
    active_sprint: Sprint,
    others: int,
    active: int,
) -> None:
    chance = random.Random(7)
    now = clock.now()
    places = [active_sprint] * active + [elsewhere[n % len(elsewhere)] for n in range(max(others, 0))]
    keys = Place().keys(len(places))
    stories = Story.objects.bulk_create(
        (
            Story(
                team=team,
                number=n,
                title=f"Story {n} about something that customers ask for",
                folded_title=f"story {n} about something that customers ask for",
                description="As a customer I want **this** so that it goes faster.",
                column=columns[-1] if sprint not in (None, active_sprint) else chance.choice(columns),
                sprint=sprint,
                rank=rank,
                points=chance.choice([None, 1, 2, 3, 5, 8]),
                created_at=now,
                in_column_since=now - timedelta(days=chance.randrange(9)),
                comment_count=2 if n % 5 == 0 else 0,
                due_on=clock.today() + timedelta(days=chance.randrange(-3, 30)) if n % 3 == 0 else None,
            )
            for n, (sprint, rank) in enumerate(zip(places, keys, strict=True), start=1)
        ),
        batch_size=500,
    )
    Assignment.objects.bulk_create(
        (Assignment(story=story, person=chance.choice(people)) for story in stories), batch_size=2000
    )
    StoryLabel.objects.bulk_create(
        (StoryLabel(story=story, label=label) for story in stories for label in chance.sample(labels, 2)),
        batch_size=2000,
    )
    Comment.objects.bulk_create(
        (
            Comment(story=story, author=chance.choice(people), text="Is it **done**?", created_at=now)
            for story in stories
            if story.number % 5 == 0
            for _ in range(2)
        ),
        batch_size=2000,
    )


def measure_boards() -> dict[str, dict[str, float]]:
    """Statements, rows written, kilobytes and milliseconds of boards of three sizes, the panel, the backlog, a move."""
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    measured: dict[str, dict[str, float]] = {}
    for active in SIZES:
        team = make_team(active, key=f"T{active}", stories=max(STORIES, active))
        deliver_events()
        client = Client()
        client.force_login(team.memberships.order_by("id")[2].person)
        address = reverse("sprints:board", args=[team.key])
        measured[f"board of {active}, cards not kept yet"] = _page(client, address, forget=True)
        measured[f"board of {active}"] = _page(client, address)
        measured[f"board of {active}, unchanged"] = _page(client, address, again=True)
        if active == ACTIVE:
            story = team.stories.filter(number=5).get()
            measured["panel of a story"] = _page(client, story.get_absolute_url(), panel=True)
            measured["backlog"] = _page(client, reverse("sprints:backlog", args=[team.key]))
            measured["move, with all that follows"] = _move(client, team)
    return measured


def _page(
    client: Client, address: str, *, forget: bool = False, again: bool = False, panel: bool = False
) -> dict[str, float]:
    headers = {"HX-Request": "true", "HX-Target": "story-panel"} if panel else {}
    first = client.get(address, headers=headers)
    if again:
        headers["If-None-Match"] = first.headers["ETag"]
    statements, cpu, clocked = [], [], []
    for _ in range(REPEATS):
        if forget:
            _forget_cards()
        with CaptureQueriesContext(connection) as queries:
            client.get(address, headers=headers)
        statements.append(_counted(queries))
        if forget:
            _forget_cards()
        began, cpu_began = time.perf_counter(), time.process_time()
        answer = client.get(address, headers=headers)
        cpu.append(time.process_time() - cpu_began)
        clocked.append(time.perf_counter() - began)
        wanted = 304 if again else 200
        if answer.status_code != wanted:
            raise SystemExit(f"{address} answers {answer.status_code}, not {wanted}")
    return {
        "statements": median(statements),
        "cpu_ms": 1000 * median(cpu),
        "ms": 1000 * median(clocked),
        "kb": len(answer.content) / 1000,
    }


def _forget_cards() -> None:
    """As in a process that has just started, with an empty cache."""
    from sprints.views import cards

    cache.clear()
    cards._memory = cards._Memory(at_most=10_000)


def _counted(queries: Any) -> int:
    return sum(not UNCOUNTED.match(query["sql"]) for query in queries)


def _move(client: Client, team: Team) -> dict[str, float]:
    """Moves inside one column, as a card that is dropped sends them, and the work that each leaves behind."""
    chance = random.Random(11)
    column = team.columns.get(category="doing")
    there = list(Story.objects.filter(sprint__state="active", column=column).order_by("rank"))
    statements, rows, cpu, clocked = [], [], [], []
    for number in range(60):
        story, after = chance.sample(there, 2)
        address = reverse("sprints:move_story", args=[team.key, story.number])
        data = {"column": column.pk, "after": after.pk, "ref": _ref(story)}
        if number % 2:
            with CaptureQueriesContext(connection) as queries:
                client.post(address, data)
            statements.append(_counted(queries))
            rows.append(sum(query["sql"].startswith(("UPDATE", "INSERT")) for query in queries))
            deliver_events()
            continue
        began, cpu_began = time.perf_counter(), time.process_time()
        answer = client.post(address, data)
        deliver_events()
        cpu.append(time.process_time() - cpu_began)
        clocked.append(time.perf_counter() - began)
        if answer.status_code != 204:
            raise SystemExit(f"A move was answered with {answer.status_code}.")
    return {
        "statements": median(statements),
        "rows": median(rows),
        "cpu_ms": 1000 * median(cpu),
        "ms": 1000 * median(clocked),
    }


def _ref(story: Story) -> str:
    from sprints.views.moving import ref_of

    return ref_of(story.pk, story.team_id)
