"""All that is particular to a database engine. PostgreSQL is the reference, SQLite the embedded mode."""

from __future__ import annotations

import functools
import json
import random
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import OperationalError, connection, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.signals import post_migrate, pre_migrate

P = ParamSpec("P")
R = TypeVar("R")

Sql = tuple[str, tuple[Any, ...]]

ATTEMPTS = 5
RETRYABLE_SQLSTATES = {"40P01", "40001"}  # deadlock detected, serialisation failure


def is_postgresql() -> bool:
    """Whether the default connection is PostgreSQL."""
    return connection.vendor == "postgresql"


def is_retryable(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed if it is simply run again."""
    return getattr(error.__cause__, "sqlstate", None) in RETRYABLE_SQLSTATES


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction; an outermost transaction that lost a deadlock is run again, up to 5 times."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == ATTEMPTS or not is_retryable(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("unreachable")

    return run


def lock(*names: str) -> None:
    """Hold the named locks, taken in this order, until the transaction ends: 1 statement.

    On SQLite the IMMEDIATE transaction is that lock already.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"lock {', '.join(names)!r} needs a transaction")
    if is_postgresql():
        calls = ", ".join(["pg_advisory_xact_lock(%s, %s)"] * len(names))
        keys = [key for name in names for key in _lock_key(name)]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", keys)


def try_lock(name: str) -> bool:
    """Hold the named lock until the transaction ends, if nobody else holds it; always so on SQLite."""
    if not is_postgresql():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", _lock_key(name))
        return bool(cursor.fetchone()[0])


def _lock_key(name: str) -> tuple[int, int]:
    return 0x7468726C, zlib.crc32(name.encode()) - 2**31  # the first number: the locks of this product


def compiled(queryset: QuerySet[Any, Any]) -> Sql:
    """The SQL and parameters of a queryset, to be put inside a larger statement."""
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def table(model: type[Model]) -> str:
    """The quoted table name of a model."""
    return connection.ops.quote_name(model._meta.db_table)


@dataclass(frozen=True, slots=True)
class Guard:
    """A refusal that the database itself makes, on every path: a trigger that raises IntegrityError with `message`.

    `refuses_when` is portable SQL over NEW and OLD. `share_locks` are (table, NEW column) pairs whose rows are locked
    against change while the guard looks (PostgreSQL; on SQLite there is one writer at a time anyway).
    """

    table: str
    name: str
    moment: str
    refuses_when: str
    message: str
    share_locks: tuple[tuple[str, str], ...] = ()

    def create(self, cursor: Any) -> None:
        """Put the trigger in place, replacing an older one."""
        message = self.message.replace("'", "''")
        if is_postgresql():
            locks = "".join(f"PERFORM 1 FROM {t} WHERE id = NEW.{c} FOR SHARE; " for t, c in self.share_locks)
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {locks}"
                f"IF {self.refuses_when} THEN RAISE EXCEPTION '{message}'"
                f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.moment} ON {self.table}"
                f" FOR EACH ROW EXECUTE FUNCTION {self.name}()"
            )
        else:
            self.drop(cursor)
            cursor.execute(
                f"CREATE TRIGGER {self.name} BEFORE {self.moment} ON {self.table} WHEN {self.refuses_when}"
                f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )

    def drop(self, cursor: Any) -> None:
        """Take the trigger away."""
        cursor.execute(f"DROP TRIGGER IF EXISTS {self.name}" + (f" ON {self.table}" if is_postgresql() else ""))


def guard_after_migrate(app_label: str, guards: list[Guard]) -> None:
    """Keep these guards in place: taken away before a migrate (SQLite rebuilds tables), put back after it."""

    def tables() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.table_names(cursor))

    def drop(**_: Any) -> None:
        present = tables()
        with connection.cursor() as cursor:
            for guard in guards:
                if guard.table in present:
                    guard.drop(cursor)

    def create(**_: Any) -> None:
        present = tables()
        with connection.cursor() as cursor:
            for guard in guards:
                if guard.table in present:
                    guard.create(cursor)

    config = apps.get_app_config(app_label)
    pre_migrate.connect(drop, sender=config, weak=False, dispatch_uid=f"drop guards of {app_label}")
    post_migrate.connect(create, sender=config, weak=False, dispatch_uid=f"create guards of {app_label}")


def json_object(*columns: str, **expressions: str) -> str:
    """SQL that makes a JSON object of columns under their own names and of SQL expressions under the names given."""
    parts = {column: column for column in columns} | expressions
    inner = ", ".join(f"'{name}', {expression}" for name, expression in parts.items())
    return f"jsonb_build_object({inner})" if is_postgresql() else f"json_object({inner})"


def json_normal(column: str) -> str:
    """SQL of a JSON column in the form in which two of them can be compared."""
    return column if is_postgresql() else f"json({column})"


def typed_place(kind: str) -> str:
    """A placeholder whose type is said: `bigint`, `integer`, `text`, `date` or `json`."""
    if not is_postgresql():
        return "%s"
    return f"%s::{'jsonb' if kind == 'json' else kind}"


def execute(cursor: Any, sql: str, params: Sequence[Any] = ()) -> Any:
    """Run a raw statement with dates and moments in the form in which the engine keeps them; return the cursor."""
    cursor.execute(sql, [_adapted(value) for value in params])
    return cursor


def write(cursor: Any, sql: str, params: Sequence[Any] = ()) -> int:
    """Run a raw statement that writes; how many rows it wrote."""
    return int(execute(cursor, sql, params).rowcount)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def lock_row(model: type[Model], pk: int) -> None:
    """Lock one row against other writers until the transaction ends; on SQLite the transaction itself does it."""
    lock_rows(model, [pk])


def lock_rows(model: type[Model], pks: Collection[int]) -> None:
    """Lock several rows, the smallest id first."""
    if is_postgresql():
        rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
        list(rows.values_list("pk"))


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


def analyze(cursor: Any, table_name: str) -> None:
    """Let the planner know a temporary table that was just filled."""
    if is_postgresql():
        cursor.execute(f"ANALYZE {table_name}")


def one_of(kind: str, values: Iterable[int | str]) -> RawSQL:
    """Values of a kind (`bigint` or `text`) for an `…__in`, as one JSON parameter.

    A thousand parameters take longer to plan than to look up.
    """
    listed = [json.dumps(list(values))]
    if is_postgresql():
        places = f"SELECT value::{kind} FROM jsonb_array_elements_text(%s::jsonb) AS listed (value)"
    else:
        places = "SELECT value FROM json_each(%s)"
    return RawSQL(places, listed)  # noqa: S611 - no part of it comes from outside


def rows_as_table(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sql:
    """SQL that yields these rows again, columns of these kinds (see `typed_place`): few as they are, many as JSON."""
    if len(rows) <= 100:
        cells = ", ".join(typed_place(kind) for kind in kinds)
        return f"VALUES {', '.join([f'({cells})'] * len(rows))}", tuple(cell for row in rows for cell in row)
    carried = (json.dumps(rows, ensure_ascii=False, default=_in_json),)
    if is_postgresql():
        types = ["jsonb" if kind == "json" else kind for kind in kinds]
        picked = ", ".join(f"(r.value->>{place})::{kind}" for place, kind in enumerate(types))
        return f"SELECT {picked} FROM jsonb_array_elements(%s::jsonb) AS r (value)", carried
    picked = ", ".join(f"json_extract(r.value, '$[{place}]')" for place in range(len(kinds)))
    return f"SELECT {picked} FROM json_each(%s) AS r", carried


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
        cursor.execute(sql, [json.dumps(rows, ensure_ascii=False, default=_in_json)])
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


def _in_json(value: Any) -> Any:
    adapted = _adapted(value)
    return adapted if isinstance(adapted, str) else value.isoformat()
