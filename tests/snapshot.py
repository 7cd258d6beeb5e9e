"""The company of `tests/cast.py`, built once per process and put back row by row, within milliseconds."""

import pickle
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from tests.cast import Cast, build_cast

_taken: tuple[bytes, list[tuple[str, list[tuple[Any, ...]]]]] | None = None


def standing_cast() -> Cast:
    """The company in an empty database: what `build_cast` wrote the first time, with the same ids."""
    global _taken
    if _taken is None:
        cast = build_cast()
        _taken = pickle.dumps(cast), _rows()
        return cast
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, rows in _taken[1]:
            cursor.executemany(sql, rows)
        for sql in connection.ops.sequence_reset_sql(no_style(), list(apps.get_models())):
            cursor.execute(sql)
    cast = pickle.loads(_taken[0])
    assert isinstance(cast, Cast)
    return cast


def _rows() -> list[tuple[str, list[tuple[Any, ...]]]]:
    written = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in ("auth", "contenttypes", "sessions"):
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            columns = [connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            places = ", ".join(["%s"] * len(columns))
            if rows := cursor.fetchall():
                written.append((f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows))
    return written
