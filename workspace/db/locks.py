"""Locks that are held until the transaction ends: by name, and of rows."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from django.db import connection
from django.db.models import Model

from workspace.db.engine import is_postgresql
from workspace.db.values import one_of


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


def lock_row(model: type[Model], pk: int) -> None:
    """Lock one row against other writers until the transaction ends; on SQLite the transaction itself does it."""
    lock_rows(model, [pk])


def lock_rows(model: type[Model], pks: Collection[int]) -> None:
    """Lock several rows, the smallest id first."""
    if is_postgresql():
        listed = pks if len(pks) <= 100 else one_of("bigint", pks)
        rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=listed).order_by("pk")
        list(rows.values_list("pk"))
