"""What a board costs: the same number of statements whatever its size, none of them for cards that are kept."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sprints import commands
from sprints.models import Assignment, Story, StoryLabel
from tests.cast import Cast
from tests.pages.boards import enter
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import change_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgetful_cards")]

BOARD, PANEL, MOVE = 8, 5, 8
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def fill(squad: Squad, cast: Cast, upto: int) -> None:
    """Put stories into the sprint until there are so many, each with a label and somebody who works on it."""
    label = commands.create_label(squad.team, name=f"Label {upto}", actor=cast.shops_lead)
    there = Story.objects.filter(sprint=squad.sprint).count()
    start = Story.objects.filter(team=squad.team).count() + 1000
    now = clock.now()
    made = Story.objects.bulk_create(
        Story(
            team=squad.team, number=start + n, title=f"Story {start + n}", folded_title=f"story {start + n}",
            column=squad.todo, sprint=squad.sprint, rank=f"z{start + n:08d}", points=1, created_at=now,
            in_column_since=now,
        )
        for n in range(upto - there)
    )  # fmt: skip
    Assignment.objects.bulk_create(Assignment(story=story, person=cast.member) for story in made)
    StoryLabel.objects.bulk_create(StoryLabel(story=story, label=label) for story in made)


def spent(client: Client, path: str, **headers: str) -> tuple[int, Any]:
    """The statements of a GET, without those that begin and end transactions; and the answer."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers=headers)
    own = [
        query["sql"] for query in captured if not query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    return len([sql for sql in own if "JSON('{" not in sql]), response


def test_the_board_takes_the_same_statements_at_40_400_and_4000_stories(
    squad: Squad, cast: Cast, client: Client
) -> None:
    enter(client, cast.shops_lead)
    costs = []
    for size in (40, 400, 4000):
        fill(squad, cast, size)
        cold, response = spent(client, "/teams/GROW/")
        warm, again = spent(client, "/teams/GROW/")
        assert response.content.decode().count('class="story-card"') == size
        assert again.content.decode().count('class="story-card"') == size
        costs.append((cold, warm))
    assert len(set(costs)) == 1, costs
    cold, warm = costs[0]
    assert cold <= BOARD
    assert warm == cold - 1  # no card was read again


@pytest.mark.parametrize("query", ["?lanes=assignee", "?lanes=touchpoint", "?q=story&assignee=me&blocked=on"])
def test_lanes_and_filters_stay_within_the_budget(squad: Squad, cast: Cast, client: Client, query: str) -> None:
    enter(client, cast.member)
    fill(squad, cast, 60)
    cost, response = spent(client, f"/teams/GROW/{query}")
    assert response.status_code == 200
    assert cost <= BOARD


def test_an_unchanged_board_is_answered_with_304(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.shops_lead)
    client.get("/teams/GROW/")  # brings the cookie that goes with the forms
    _cost, first = spent(client, "/teams/GROW/")
    tag = first.headers["ETag"]
    cost, again = spent(client, "/teams/GROW/", **{"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert cost <= 4
    commands.move_story(squad.banner, column=squad.doing, actor=cast.shops_lead)
    assert spent(client, "/teams/GROW/", **{"If-None-Match": tag})[1].status_code == 200


def test_the_etag_is_of_one_person_with_their_rights(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.shops_lead).get("/teams/GROW/")
    tag = client.get("/teams/GROW/").headers["ETag"]
    other = enter(Client(), cast.member)
    assert other.get("/teams/GROW/", headers={"If-None-Match": tag}).status_code == 200
    own = other.get("/teams/GROW/").headers["ETag"]
    assert other.get("/teams/GROW/", headers={"If-None-Match": own}).status_code == 304
    commands.remove_member(squad.team, person=cast.member, actor=cast.shops_lead)
    seen = other.get("/teams/GROW/", headers={"If-None-Match": own})
    assert seen.status_code == 200
    assert "data-works" not in seen.content.decode()


def test_somebody_who_is_renamed_shows_on_every_card(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.shops_lead)
    first = client.get("/teams/GROW/")
    assert "Mia Member" in first.content.decode()
    change_person(cast.member, name="Maria Member", actor=cast.administrator)
    seen = client.get("/teams/GROW/", headers={"If-None-Match": first.headers["ETag"]})
    assert seen.status_code == 200
    assert "Maria Member" in seen.content.decode()
    assert "Mia Member" not in seen.content.decode()


def test_a_story_takes_four_statements(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.shops_lead)
    costs = []
    for rounds in range(2):
        for n in range(rounds * 10):
            commands.write_comment(squad.mail, text=f"Comment {n}", actor=cast.member)
            commands.add_item(squad.mail, text=f"Item {n}", actor=cast.member)
        cost, response = spent(client, f"/stories/{squad.mail.code}/")
        assert response.status_code == 200
        costs.append(cost)
    assert costs[0] == costs[1] <= PANEL


def test_a_drop_takes_eight_statements_and_writes_a_story_and_an_event(
    squad: Squad, cast: Cast, client: Client
) -> None:
    enter(client, cast.member)
    page = client.get("/teams/GROW/").content.decode()
    ref = page.split(f'id="card-{squad.banner.pk}"')[1].split('data-ref="')[1].split('"')[0]
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(
            f"/stories/{squad.banner.code}/move/",
            {"ref": ref, "column": squad.doing.pk, "after": squad.mail.pk},
            headers={"HX-Request": "true"},
        )
    assert answer.status_code == 204
    own = [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]
    assert len(own) <= MOVE, own
    assert sum(sql.startswith(("UPDATE", "INSERT")) for sql in own) == 2


def modules(name: str, known: set[str]) -> set[str]:
    """The names of a script and of all that it imports."""
    known.add(name)
    path = finders.find(name)
    assert path
    for other in re.findall(r'import (?:[^"]* from )?"\./([\w-]+\.js)"', Path(path).read_text()):
        if f"js/{other}" not in known:
            modules(f"js/{other}", known)
    return known


def test_scripts_and_styles_of_the_board_stay_small(squad: Squad, cast: Cast, client: Client) -> None:
    page = enter(client, cast.member).get("/teams/GROW/").content.decode()
    scripts: set[str] = set()
    for name in re.findall(r'<script[^>]* src="/static/([^"]+)"', page):
        modules(name, scripts)
    styles = set(re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', page))
    sizes = {}
    for kind, names in (("js", scripts), ("css", styles)):
        assert names, kind
        sizes[kind] = sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in names)
    assert sizes["js"] <= 60_000, sizes
    assert sizes["css"] <= 30_000, sizes
