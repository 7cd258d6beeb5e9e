"""Pieces of SQL that make rows out of their numbers, alike on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection


def chance(row: str, salt: int, choices: int) -> str:
    """SQL of a number from 0 to `choices` − 1 that looks random, out of the row's number: a squared residue."""
    residue = f"(({row} * 48271 + {salt * 7368787 + 11}) % 2147483647)"
    return f"(({residue} * {residue}) % 2147483647 / 7 % {choices})"


def happens(row: str, salt: int, thousandths: int) -> str:
    """SQL of a condition that holds for so many rows of a thousand."""
    return f"{chance(row, salt, 1000)} < {thousandths}"


def text(word: str, number: str) -> str:
    return f"'{word} ' || ({number})"


def ago(days: str) -> str:
    """SQL of the moment at which the day so many days ago began."""
    if connection.vendor == "postgresql":
        return f"(CURRENT_DATE - ({days})::integer)::timestamptz"
    return f"datetime('now', 'start of day', '-' || ({days}) || ' days')"


def day(offset: int) -> str:
    """SQL of the day so many days from today."""
    if connection.vendor == "postgresql":
        return f"(CURRENT_DATE + ({offset}))"
    return f"date('now', '{offset:+d} days')"


def values_of(alias: str, columns: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> str:
    """A table of constants that can be joined."""
    first = ", ".join(f"{value} AS {column}" for value, column in zip(rows[0], columns, strict=True))
    others = " ".join("UNION ALL SELECT " + ", ".join(map(str, row)) for row in rows[1:])
    return f"(SELECT {first} {others}) {alias}"


def insert(cursor: Any, table: str, columns: dict[str, str], count: int, joined: str = "") -> None:
    """Insert rows 0 to `count` − 1, each column an expression over `i`."""
    series = f"(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) SELECT i FROM n)"
    if connection.vendor == "postgresql":
        series = f"(SELECT i FROM generate_series(0::bigint, {count - 1}) AS i)"
    insert_from(cursor, table, columns, f"{series} n {joined}")


def insert_from(cursor: Any, table: str, columns: dict[str, str], source: str) -> None:
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}")
