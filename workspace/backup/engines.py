"""How the database itself is copied and put back, consistent while others write: SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from workspace import db
from workspace.backup.archive import Watch
from workspace.backup.problems import BackupError

PAGES_AT_ONCE = 5000
LOCK_PATIENCE = "15s"
CLIENT = "Install PostgreSQL's client programs (Debian: apt-get install postgresql-client), not older than the server."

DROP_EVERYTHING = f"""
SET lock_timeout = '{LOCK_PATIENCE}';
DO $$ DECLARE thing record; BEGIN
  FOR thing IN
    SELECT format('DROP TABLE IF EXISTS %s CASCADE', c.oid::regclass) AS sql FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
    WHERE p.prokind = 'f' AND p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE thing.sql; END LOOP;
END $$;
"""


def engine() -> str:
    """The kind of database that this installation runs on, as a manifest says it."""
    return "PostgreSQL" if db.is_postgresql() else "SQLite"


def dump(target: Path, watch: Watch) -> dict[str, int]:
    """Copy the database as it stands at one moment into a file; the rows of each table at that moment.

    Others go on reading and writing. Raises BackupError.
    """
    return _dump_postgresql(target) if db.is_postgresql() else _dump_sqlite(target, watch)


def load(source: Path, watch: Watch) -> None:
    """Put a dump in the place of all that the database holds, in one transaction. Raises BackupError."""
    connections.close_all()
    if db.is_postgresql():
        _load_postgresql(source)
    else:
        _load_sqlite(source, watch)


def rows_by_table(cursor: Any, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each table holds."""
    counts = {}
    for name in sorted(tables):
        cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")
        counts[name] = int(cursor.fetchone()[0])
    return counts


# --- SQLite ----------------------------------------------------------------------------------------------------------


def _file() -> str:
    return str(connection.settings_dict["NAME"])


@contextmanager
def _open(path: str | Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as opened:
        yield opened


def _dump_sqlite(target: Path, watch: Watch) -> dict[str, int]:
    with _open(_file()) as source, _open(target) as copy:
        # One read transaction around all steps: they see one moment, whatever is written meanwhile.
        source.execute("BEGIN")
        source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        source.backup(
            copy,
            pages=PAGES_AT_ONCE,
            sleep=0.0,
            progress=lambda _status, left, total: watch(total - left, total, "database"),
        )
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        listed = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return rows_by_table(copy.cursor(), [name for (name,) in listed.fetchall()])


def _load_sqlite(source: Path, watch: Watch) -> None:
    """SQLite's own copying, which writes into the database as one transaction that others wait for."""
    try:
        with _open(source) as dumped:
            if dumped.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError("The database in it is damaged.", "Take another backup.")
            with _open(_file()) as target:
                target.execute("PRAGMA busy_timeout = 20000")
                dumped.backup(
                    target, pages=-1, progress=lambda _status, left, total: watch(total - left, total, "database")
                )
                target.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise BackupError(
            f"The database could not be replaced: {error}.", "Stop Throughline, then try again; nothing was changed."
        ) from None


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _dump_postgresql(target: Path) -> dict[str, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
        )
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return rows_by_table(cursor, [name for (name,) in cursor.fetchall()])


def _load_postgresql(source: Path) -> None:
    """Everything goes and comes in one transaction of psql, of a script that pg_restore wrote to its end before."""
    before, script = source.with_suffix(".before.sql"), source.with_suffix(".sql")
    before.write_text(DROP_EVERYTHING)
    script.touch(mode=0o600)
    _run("pg_restore", "--no-owner", "--no-privileges", "--no-comments", f"--file={script}", str(source))
    _leave_out(script, b"SET transaction_timeout = 0;")  # newer clients write it, older servers do not know it
    files = [f"--file={before}", f"--file={script}"]
    _run(
        "psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction", *files
    )


def _leave_out(script: Path, line: bytes) -> None:
    """Blank a line near the top of a script, in place."""
    with script.open("r+b") as file:
        place = file.read(8192).find(line)
        if place >= 0:
            file.seek(place)
            file.write(b" " * len(line))


def _run(program: str, *arguments: str) -> None:
    """Run a client program of PostgreSQL against this database. Raises BackupError with what it said."""
    path = shutil.which(program)
    if path is None:
        raise BackupError(f"{program} is not on PATH.", CLIENT)
    done = subprocess.run(
        [path, *arguments],
        env=os.environ | _where(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["nothing"]
        next_step = CLIENT if "version mismatch" in done.stderr else ""
        if "lock timeout" in done.stderr:
            next_step = "Somebody uses the database: stop web, worker and beat, then try again. Nothing was changed."
        raise BackupError(f"{program} failed: {' '.join(said)[:500]}", next_step)


def _where() -> Mapping[str, str]:
    """The database as the client programs want it: in the environment, where no list of processes shows it."""
    given = connection.settings_dict
    options = given.get("OPTIONS", {})
    named = {
        "PGDATABASE": given["NAME"],
        "PGHOST": given.get("HOST"),
        "PGPORT": given.get("PORT"),
        "PGUSER": given.get("USER"),
        "PGPASSWORD": given.get("PASSWORD"),
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }
    return {name: str(value) for name, value in named.items() if value}
