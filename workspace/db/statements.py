"""Raw statements: put together out of querysets and tables, and run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from workspace.db.engine import is_postgresql

Sql = tuple[str, tuple[Any, ...]]


def table(model: type[Model]) -> str:
    """The quoted table name of a model."""
    return connection.ops.quote_name(model._meta.db_table)


def compiled(queryset: QuerySet[Any, Any]) -> Sql:
    """The SQL and parameters of a queryset, to be put inside a larger statement."""
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def places(values: Collection[Any]) -> str:
    """Placeholders for these values, with commas between."""
    return ", ".join(["%s"] * len(values))


def count_all(**querysets: QuerySet[Any, Any]) -> dict[str, int]:
    """How many rows each of these querysets has, by name: 1 statement for all of them."""
    arms: list[str] = []
    params: list[Any] = []
    counts = dict.fromkeys(querysets, 0)
    asked = []
    for name, queryset in querysets.items():
        try:
            sql, sql_params = compiled(queryset.order_by().values("pk"))
        except EmptyResultSet:  # nothing can match
            continue
        arms.append(f"(SELECT COUNT(*) FROM ({sql}) q{len(arms)})")
        params.extend(sql_params)
        asked.append(name)
    if asked:
        with connection.cursor() as cursor:
            row = execute(cursor, f"SELECT {', '.join(arms)}", params).fetchone()
        counts |= dict(zip(asked, row, strict=True))
    return counts


def execute(cursor: Any, sql: str, params: Sequence[Any] = ()) -> Any:
    """Run a raw statement with dates and moments in the form in which the engine keeps them; return the cursor."""
    cursor.execute(sql, [adapt(value) for value in params])
    return cursor


def write(cursor: Any, sql: str, params: Sequence[Any] = ()) -> int:
    """Run a raw statement that writes; how many rows it wrote."""
    return int(execute(cursor, sql, params).rowcount)


def wrote_all(written: int, found: int) -> bool:
    """Whether all rows that the same transaction had found were written by it.

    On SQLite nobody else can have written in between, and a statement that begins with WITH tells no count there.
    """
    return written == found or not is_postgresql()


def adapt(value: Any) -> Any:
    """A date or a moment in the form in which the engine keeps it; anything else as it is."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
