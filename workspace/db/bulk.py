"""Many rows at once: temporary tables, and inserts by one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from workspace.db.engine import is_postgresql
from workspace.db.statements import Sql, execute, table
from workspace.db.values import in_json


def plan_for_bulk(cursor: Any) -> None:
    """Until the transaction ends, spare large statements the compiling of expressions: it costs more than it saves."""
    if is_postgresql():
        cursor.execute("SET LOCAL jit = off")


def make_temporary(cursor: Any, table_name: str, rows: Sql, *, index_on: str = "") -> None:
    """Put these rows into a temporary table, with an index where they are looked up, and let the planner know it.

    The table is made anew where the transaction is the caller's own, for PostgreSQL reads with several processes for
    CREATE TABLE … AS and with one for INSERT. Inside a longer transaction it is filled again if it is there: each
    table that is made costs locks until the end.
    """
    sql, params = rows
    if not _is_outermost() and _has_temporary(cursor, table_name):
        _empty(cursor, table_name)
        execute(cursor, f"INSERT INTO {table_name} {sql}", params)
    else:
        cursor.execute(f"DROP TABLE IF EXISTS {table_name}")
        execute(cursor, f"CREATE TEMPORARY TABLE {table_name} AS {sql}", params)
        if index_on:
            cursor.execute(f"CREATE INDEX {table_name}_by_{index_on} ON {table_name} ({index_on})")
    analyze(cursor, table_name)


def leave_temporary(cursor: Any, table_name: str) -> None:
    """Drop a temporary table, or only empty it where it may be needed again in the same transaction."""
    if _is_outermost():
        cursor.execute(f"DROP TABLE {table_name}")
    else:
        _empty(cursor, table_name)


def analyze(cursor: Any, table_name: str) -> None:
    """Let the planner know a temporary table that was just filled."""
    if is_postgresql():
        cursor.execute(f"ANALYZE {table_name}")


def _is_outermost() -> bool:
    return len(connection.atomic_blocks) <= 1


def _has_temporary(cursor: Any, table_name: str) -> bool:
    if is_postgresql():
        cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{table_name}"])
    else:
        cursor.execute("SELECT max(name) FROM temp.sqlite_master WHERE type = 'table' AND name = %s", [table_name])
    return cursor.fetchone()[0] is not None


def _empty(cursor: Any, table_name: str) -> None:
    cursor.execute(f"TRUNCATE {table_name}" if is_postgresql() else f"DELETE FROM {table_name}")


def insert_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    replacing: Sequence[str] = (),
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert many rows by one statement that carries them as JSON; what is returned of each, in no certain order.

    `columns` are names of columns, every one of the table that has no default. Rows whose `replacing` columns are there
    already replace them. Several times the speed of `bulk_create`, which prepares every value for itself.
    """
    if not rows:
        return []
    fields = [next(field for field in model._meta.local_fields if field.column == name) for name in columns]
    quoted = [connection.ops.quote_name(name) for name in columns]
    picked = ", ".join(_picked(place, field) for place, field in enumerate(fields))
    source = "jsonb_array_elements(%s::jsonb)" if is_postgresql() else "json_each(%s)"
    sql = f"INSERT INTO {table(model)} ({', '.join(quoted)}) SELECT {picked} FROM {source} AS r (value)"
    if not is_postgresql():
        sql = sql.replace("AS r (value)", "AS r WHERE TRUE")
    if replacing:
        new = ", ".join(
            f"{name} = excluded.{name}" for name, plain in zip(quoted, columns, strict=True) if plain not in replacing
        )
        sql += f" ON CONFLICT ({', '.join(map(connection.ops.quote_name, replacing))}) DO UPDATE SET {new}"
    if returning:
        sql += f" RETURNING {', '.join(map(connection.ops.quote_name, returning))}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(rows, ensure_ascii=False, default=in_json)])
        return cursor.fetchall() if returning else []


def _picked(place: int, field: Field[Any, Any]) -> str:
    """SQL of one value of a JSON row."""
    if not is_postgresql():
        return f"json_extract(r.value, '$[{place}]')"
    kind = field.db_type(connection) or "text"
    if kind == "jsonb":
        return f"r.value->{place}"
    # An explicit cast to varchar(n) would cut a text that is too long; as text, the column refuses it.
    return f"r.value->>{place}" if kind.startswith("varchar") else f"(r.value->>{place})::{kind}"
