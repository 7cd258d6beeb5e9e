"""An installation of its own for tests that kill processes: its database, questions to it, and people signed in."""

from __future__ import annotations

import http.cookiejar
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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
    if settings.DATABASE_URL is None:
        env = environment(data_dir)
        _migrate(env)
        yield env
        return
    name = f"throughline_faults_{uuid.uuid4().hex[:12]}"
    server = urlsplit(POSTGRES_URL)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        env = environment(
            data_dir,
            DATABASE_URL=urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl(),
            REDIS_URL=urlsplit(str(settings.REDIS_URL))._replace(path="/6").geturl(),
            SECRET_KEY="for this test alone, and known to everyone who reads it",
        )
        _migrate(env)
        yield env
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
        assert self.post("/sign-in/", {"username": email, "password": password, "next": "/healthz"}) == 200
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
