"""The health checks answer anyone, and name what cannot be reached."""

import json
import subprocess
import sys

import pytest

from tests.workspace.processes import ROOT, environment

ASK = """
import django, logging; django.setup(); logging.disable()
from django.test import Client
answer = Client().get("/readyz", headers={"host": "localhost"})
print(answer.status_code, answer.content.decode())
"""


def ready(env: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Return the answer of a new process with this environment."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "workspace.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, _, body = done.stdout.partition(" ")
    return int(status), json.loads(body)


def test_healthz_asks_the_database_nothing(client):
    # No database fixture: a statement would fail the test.
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_says_that_all_can_be_reached_with_one_statement(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "broker": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


def test_readyz_names_a_database_that_cannot_be_opened(tmp_path):
    (tmp_path / "throughline.sqlite3").mkdir()

    assert ready(environment(tmp_path)) == (503, {"status": "unavailable", "database": "unreachable", "broker": "ok"})


def test_readyz_names_a_broker_that_does_not_answer(tmp_path):
    env = environment(
        tmp_path,
        REDIS_URL="redis://127.0.0.1:1/0",
        SECRET_KEY="for this test alone, and known to everyone who reads it",
    )

    assert ready(env) == (503, {"status": "unavailable", "database": "ok", "broker": "unreachable"})


def test_probes_are_answered_over_http_where_people_are_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in/").status_code == 301
