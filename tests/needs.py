"""What some tests need from outside, and whether it can be reached.

A test says so with a marker: `@pytest.mark.chromium`, `@pytest.mark.postgres`, … Where that
cannot be reached the test is not collected, and the closing summary says so and how to get it. In CI (CI is set) it
fails instead.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import psycopg
import pytest
import redis

POSTGRES_URL = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
"""A server on which tests may make databases of their own."""
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/5"


@dataclass(frozen=True)
class Need:
    """Something from outside."""

    what: str
    how_to_get_it: str
    is_reachable: Callable[[], bool]
    ci_has_it_always: bool = True
    """Whether each run of CI has it, and fails without. One of its two runs is on PostgreSQL, the other on SQLite."""


def chromium_path() -> str | None:
    """Return the browser that tests drive, None if there is none: CHROMIUM, or the first of its names on PATH.

    The shell without a window is the same engine, and takes a quarter less of the machine.
    """
    if named := os.environ.get("CHROMIUM"):
        return named
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def _postgres_answers() -> bool:
    try:
        with psycopg.connect(POSTGRES_URL, connect_timeout=3):
            return True
    except psycopg.OperationalError as failure:
        # A database that the suite is about to make, on a server that answers.
        return "does not exist" in str(failure)


def _redis_answers() -> bool:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


NEEDS = {
    "chromium": Need(
        "Chromium",
        "apt-get install chromium-headless-shell, or CHROMIUM=/path/to/it",
        lambda: bool(chromium_path()),
    ),
    "postgres": Need(
        "PostgreSQL", "start one on 127.0.0.1:5432, or DATABASE_URL=postgres://user:password@host/db", _postgres_answers
    ),
    "on_postgresql": Need(
        "this suite to run on PostgreSQL, where several write at once",
        "DATABASE_URL=postgres://user:password@host/db make test",
        lambda: bool(os.environ.get("DATABASE_URL")),
        ci_has_it_always=False,
    ),
    "curl": Need("curl", "apt-get install curl", lambda: bool(shutil.which("curl"))),
    "redis": Need("Redis", "start one on 127.0.0.1:6379, or REDIS_URL=redis://host:6379/5", _redis_answers),
}


@cache
def _is_reachable(name: str) -> bool:
    return NEEDS[name].is_reachable()


def unmet_needs(item: pytest.Item) -> list[str]:
    """Return the names of what the test needs and cannot have."""
    return [name for name in NEEDS if item.get_closest_marker(name) and not _is_reachable(name)]


def has_to_fail(name: str) -> bool:
    """Whether a test without this need fails rather than being left out: in CI, where it should be there."""
    return bool(os.environ.get("CI")) and NEEDS[name].ci_has_it_always
