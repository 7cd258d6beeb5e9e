"""An installation of its own for tests that kill processes: its database, questions to it, and people signed in."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

from tests.needs import POSTGRES_URL
from tests.workspace.processes import ROOT, environment, manage


@contextmanager
def installation(data_dir: Path) -> Iterator[dict[str, str]]:
    """The environment of a new, migrated installation, in the mode of the suite: embedded, or PostgreSQL and Redis."""
    data_dir.mkdir(exist_ok=True)
    if settings.DATABASE_URL is None:
        shutil.copy(migrated_file(), data_dir)
        yield environment(data_dir)
        return
    name = f"throughline_faults_{uuid.uuid4().hex[:12]}"
    with _server() as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_migrated_database()}"')
    try:
        yield _environment_on(name, data_dir)
    finally:
        with _server() as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def migrated_file() -> Path:
    """An embedded database as `migrate` leaves it, made once per process and copied for each installation."""
    folder = Path(settings.DATA_DIR) / "migrated embedded"
    folder.mkdir()
    _migrate(environment(folder))
    (file,) = folder.glob("*.sqlite3*")  # and no file beside it: all is written
    return file


@cache
def _migrated_database() -> str:
    """The same on PostgreSQL: a database that others are copied from. `drop_migrated_database` removes it."""
    name = _name_of_migrated_database()
    with _server() as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    _migrate(_environment_on(name, Path(settings.DATA_DIR) / "migrated"))
    return name


def drop_migrated_database() -> None:
    """Remove what this process has copied its installations from, if it had any."""
    if _migrated_database.cache_info().misses:
        with _server() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{_name_of_migrated_database()}" WITH (FORCE)')


def _name_of_migrated_database() -> str:
    return f"throughline_migrated_{os.getpid()}"


def _environment_on(name: str, data_dir: Path) -> dict[str, str]:
    return environment(
        data_dir,
        DATABASE_URL=urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl(),
        REDIS_URL=urlsplit(str(settings.REDIS_URL))._replace(path="/6").geturl(),
        SECRET_KEY="for this test alone, and known to everyone who reads it",
    )


def _server() -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(urlsplit(POSTGRES_URL)._replace(path="/postgres").geturl(), autocommit=True)


def _migrate(env: dict[str, str]) -> None:
    migrated = manage("migrate", "--verbosity", "0", env=env)
    assert migrated.returncode == 0, migrated.stderr


def ask(env: dict[str, str], code: str) -> Any:
    """Run Python inside the installation; what it leaves in `answer` comes back."""
    program = f"import json, django; django.setup()\n{code}\nprint(json.dumps(answer))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=env | {"DJANGO_SETTINGS_MODULE": "workspace.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def wait_for(env: dict[str, str], code: str, *, within: float, what: str) -> None:
    """Run Python inside the installation, in one process, until what it leaves in `answer` holds.

    Raises AssertionError after `within` seconds.
    """
    again_and_again = f"""
import time
deadline = time.monotonic() + {within!r}
while True:
    exec({code!r})
    if answer or time.monotonic() > deadline:
        break
    time.sleep(0.1)
answer = bool(answer)"""
    assert ask(env, again_and_again), f"Not within {within:g} s: {what}"


class SignedIn:
    """A person who signed in, without a browser: cookies, forms, redirects."""

    def __init__(self, port: int, email: str, password: str) -> None:
        self.address = f"http://localhost:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        with self.opener.open(f"{self.address}/sign-in/", timeout=30) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert token, "the sign-in page has no form"
        self.token = token[1]
        assert self.post("/sign-in/", {"login": email, "password": password, "next": "/healthz"}) == 200
        self.token = next(str(cookie.value) for cookie in self.cookies if cookie.name == "csrftoken")

    def post(self, path: str, data: dict[str, Any]) -> int:
        """Post a form; the status of the answer, after its redirects. Raises OSError where nobody answers."""
        body = urllib.parse.urlencode(data | {"csrfmiddlewaretoken": self.token}).encode()
        request = urllib.request.Request(f"{self.address}{path}", body, {"Referer": self.address})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
