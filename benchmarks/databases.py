"""Databases for measuring: one filled per size, and a fresh copy of it for every measurement."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
NAME = "throughline_bench"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the databases of a run are: a folder for SQLite, and a server when `server` is given."""

    folder: Path
    server: str | None

    @property
    def engine(self) -> str:
        """The engine, as it is called in the tables."""
        return "postgresql" if self.server else "sqlite"

    def _folder_of(self, database: str) -> Path:
        return self.folder / self.engine / database

    def environment(self, database: str) -> dict[str, str]:
        """What a process has to be told to work on this database, and on nothing of the installation."""
        data = self._folder_of(database)
        data.mkdir(parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = inherited | {
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "workspace.settings",
            "SECRET_KEY": "for measuring alone, on data that anybody can make for themselves",
        }
        if self.server:
            environment["DATABASE_URL"] = urlunsplit(urlsplit(self.server)._replace(path=f"/{database}"))
        return environment

    def create(self, database: str) -> None:
        """An empty database."""
        self.drop(database)
        if self.server:
            _administer(self.server, "CREATE DATABASE {} TEMPLATE template0", database)

    def copy(self, source: str, database: str) -> None:
        """A database that holds what `source` holds."""
        self.drop(database)
        if self.server:
            # Copying files spares the log of a gigabyte that nobody wants back. Older servers do it without being told.
            strategy = " STRATEGY = FILE_COPY" if _version(self.server) >= 150000 else ""
            _administer(self.server, f"CREATE DATABASE {{}} TEMPLATE {{}}{strategy}", database, source)
        else:
            shutil.copytree(self._folder_of(source), self._folder_of(database))

    def drop(self, database: str) -> None:
        """Take the database away."""
        if self.server:
            _administer(self.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        shutil.rmtree(self._folder_of(database), ignore_errors=True)

    def run(self, database: str, task: str, *arguments: str) -> dict[str, Any]:
        """Run a task of `benchmarks.tasks` in a process of its own on this database, and return what it measured."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.tasks", task, *arguments],
            cwd=ROOT,
            env=self.environment(database),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The task {task!r} failed on {database} ({self.engine}); what it said stands above.")
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result


def _connect(server: str) -> psycopg.Connection[Any]:
    return psycopg.connect(urlunsplit(urlsplit(server)._replace(path="/postgres")), autocommit=True)


def _administer(server: str, statement: str, *names: str) -> None:
    with _connect(server) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _version(server: str) -> int:
    with _connect(server) as connection:
        return connection.info.server_version


def can_reach(server: str) -> bool:
    """Whether there is a server at this address."""
    try:
        with _connect(server):
            return True
    except psycopg.OperationalError:
        return False
