"""What the builders of the tests write, built once per process and put back row by row, within milliseconds.

It comes back with the same ids and as old as it was: every moment is as long ago as when it was built. What depends on
the age of something, like undoing within ten minutes, is so the same in the first test of a process and in the last.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from weakref import WeakSet

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, Model

from tests.cast import Cast, build_cast
from workspace import clock

T = TypeVar("T")
Rows = dict[tuple[Any, ...], tuple[Any, ...]]
Written = list[tuple[str, list[tuple[Any, ...]]]]
Reach = tuple[Any, ...]

_taken: dict[tuple[Any, ...], bytes] = {}
_know_reach: WeakSet[Any] = WeakSet()
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:")


def standing_cast() -> Cast:
    """The company in an empty database: what `build_cast` wrote the first time, with the same ids."""
    return standing(build_cast)


def standing(build: Callable[..., T], *arguments: Any) -> T:
    """What `build(*arguments)` makes and writes: built where nothing of it was kept, put back where something was.

    It is built anew on another day, and where the tables reach elsewhere than they did: somebody else wrote before.
    """
    key = (build, clock.today(), *_reach())
    if key not in _taken:
        before = everything()
        built = build(*arguments)
        _taken[key] = _keep((built, _written_since(before), _reach()))
        return built
    kept: tuple[T, Written, Reach] = _bring_back(_taken[key])
    built, written, reach = kept
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, rows in written:
            cursor.executemany(sql, rows)
        if set_back := [_sequence_at(sequence, reach[place]) for place, sequence in _sequences()]:
            cursor.execute(f"SELECT {', '.join(set_back)}")
    return built


@cache
def watched_models() -> tuple[type[Model], ...]:
    elsewhere = ("auth", "contenttypes", "sessions")
    models = apps.get_models(include_auto_created=True)
    return tuple(model for model in models if model._meta.app_label not in elsewhere)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[Model]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in model._meta.concrete_fields]


def _keys(model: type[Model]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in model._meta.pk_fields]


@cache
def _sequences() -> tuple[tuple[int, str], ...]:
    """What PostgreSQL takes new keys from, with the place of its table in `_reach`. SQLite asks the table itself."""
    if connection.vendor != "postgresql":
        return ()
    counted = [(n, model) for n, model in enumerate(watched_models()) if isinstance(model._meta.pk, AutoField)]
    asked = [f"pg_get_serial_sequence('{_table(model)}', '{model._meta.pk.column}')" for _n, model in counted]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}")
        return tuple(zip((n for n, _model in counted), cursor.fetchone(), strict=True))


def _sequence_at(sequence: str, last: int | None) -> str:
    return f"setval('{sequence}', {last or 1}, {'false' if last is None else 'true'})"


def _reach() -> Reach:
    """The last key of every table; of one whose key has two columns, how many rows it has."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(_asked_reach())
        else:  # which plans it anew each time, sixty tables long, unless it was told that it comes again
            if connection.connection not in _know_reach:
                cursor.execute(f"PREPARE reach AS {_asked_reach()}")
                _know_reach.add(connection.connection)
            cursor.execute("EXECUTE reach")
        return tuple(cursor.fetchone())


@cache
def _asked_reach() -> str:
    asked = []
    for model in watched_models():
        keys = _keys(model)
        asked.append(f"(SELECT {f'MAX({keys[0]})' if len(keys) == 1 else 'COUNT(*)'} FROM {_table(model)})")
    return f"SELECT {', '.join(asked)}"


def everything() -> dict[type[Model], Rows]:
    """All rows of all tables, by their keys."""
    found = {}
    with connection.cursor() as cursor:
        for model in watched_models():
            columns = _columns(model)
            places = [columns.index(key) for key in _keys(model)]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {_table(model)}")
            found[model] = {tuple(row[place] for place in places): row for row in cursor.fetchall()}
    return found


def _written_since(before: dict[type[Model], Rows]) -> Written:
    """The statements, with their rows, that write what was written since."""
    written: Written = []
    for model, rows in everything().items():
        old, columns = before[model], _columns(model)
        assert old.keys() <= rows.keys(), f"rows of {_table(model)} were deleted: those who put it back only write"
        if new := [row for key, row in rows.items() if key not in old]:
            places = ", ".join(["%s"] * len(columns))
            written.append((f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES ({places})", new))
        for key, row in old.items():
            written += _changed(model, key, dict(zip(columns, zip(row, rows[key], strict=True), strict=True)))
    assert not any(MOMENT.search(cell) for _, rows in written for row in rows for cell in row if isinstance(cell, str))
    return written


def _changed(
    model: type[Model], key: tuple[Any, ...], cells: dict[str, tuple[Any, Any]]
) -> Iterator[tuple[str, list[Any]]]:
    new = {column: after for column, (was, after) in cells.items() if was != after}
    if new:
        setting = ", ".join(f"{column} = %s" for column in new)
        there = " AND ".join(f"{column} = %s" for column in _keys(model))
        yield f"UPDATE {_table(model)} SET {setting} WHERE {there}", [(*new.values(), *key)]


# --- As old as it was ------------------------------------------------------------------------------------------------


def _keep(what: Any) -> bytes:
    file = io.BytesIO()
    _Keeper(file).dump(what)
    return file.getvalue()


def _bring_back(kept: bytes) -> Any:
    return _Bringer(io.BytesIO(kept)).load()


class _Keeper(pickle.Pickler):
    """Keeps of every moment how long ago it was."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.now = clock.now()

    def persistent_id(self, obj: Any) -> tuple[timedelta, bool] | None:
        """The age of a moment, and whether it had a time zone; what is no moment is kept as it is."""
        if not isinstance(obj, datetime):
            return None
        return self.now - (obj if obj.tzinfo else obj.replace(tzinfo=UTC)), obj.tzinfo is not None


class _Bringer(pickle.Unpickler):
    """Brings back what was kept, every moment as long ago as it was then."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.now = clock.now()

    def persistent_load(self, pid: tuple[timedelta, bool]) -> datetime:
        """The moment of that age."""
        age, is_aware = pid
        moment = (self.now - age).astimezone(UTC)
        return moment if is_aware else moment.replace(tzinfo=None)
