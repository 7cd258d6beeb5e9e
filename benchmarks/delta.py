"""What one claim costs: its statements, and what the database has to read for them.

PostgreSQL counts the rows and index entries that it reads; SQLite the steps of its virtual machine, which follow the
rows in the same way. Neither is a time, so both are the same on every machine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from journeys.commands import claim_touchpoint
from journeys.models import Touchpoint
from workspace.activity.commands.delivery import deliver_events
from workspace.organisation.models import Department, Person

STEPS = 20  # virtual machine instructions between two looks at the counter
UNCOUNTED = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SELECT JSON\('|SET LOCAL)")
LARGE = {"journeys_touchpoint", "journeys_ownership", "journeys_crossing", "journeys_flag", "journeys_claim"}


@dataclass
class Watched:
    """The statements that ran, with their plans where they were asked for, and what they read."""

    statements: list[str] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)
    read: int = 0
    seconds: float = 0.0


def claim_and_deliver(*, plans: bool = False, place: int = 0) -> Watched:
    """Claim a touchpoint for a department of its unit, deliver the events, and take everything back."""
    touchpoint, department, lead = _unowned(place)
    with _taken_back(), _watch(plans) as watched:
        began = time.perf_counter()
        claim_touchpoint(touchpoint, department=department, actor=lead)
        deliver_events()
        watched.seconds = time.perf_counter() - began
    return watched


def full_reads(watched: Watched) -> list[str]:
    """The lines of the plans in which a large table is read from one end to the other.

    SQLite names aliases, which subqueries share: where one stands for a small table too, what was read has to tell.
    """
    found: list[str] = []
    for statement, plan in zip(watched.statements, watched.plans, strict=True):
        tables: dict[str, set[str]] = {}
        for table, alias in re.findall(r'"(\w+)" (?:AS )?"?(\w+)"?', statement):
            tables.setdefault(alias, set()).add(table)
        for line in plan:
            scanned = re.search(r"(?:Seq Scan on|^SCAN) (\w+)", line)
            if scanned and tables.get(scanned[1], {scanned[1]}) <= LARGE:
                found.append(f"{line.strip()} in {statement[:80]}")
    return found


def _unowned(place: int) -> tuple[Touchpoint, Department, Person]:
    """A live touchpoint that nobody owns or claims, with neighbours and a system behind it, and who may claim it."""
    free = Touchpoint.objects.live().with_owner().filter(current__isnull=True, claims__isnull=True, step=2)
    # Of the systems, one that nobody in technology owns: the most expensive one to judge.
    costly = free.filter(unmatched_owner="", system__isnull=False, system__technology_owner__isnull=True)
    touchpoint = costly.order_by("id")[place]
    led = Department.objects.current().filter(leads__person__is_active=True, leads__is_deputy=False)
    department = led.filter(unit=touchpoint.business_unit).order_by("id").first()
    if department is None:
        return _unowned(place + 1)
    return touchpoint, department, department.leads.get(is_deputy=False).person


class _TakeBack(Exception):
    pass


@contextmanager
def _taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _TakeBack
    except _TakeBack:
        pass


@contextmanager
def _watch(plans: bool) -> Iterator[Watched]:
    watched = Watched()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if UNCOUNTED.match(sql):
            return execute(sql, params, many, context)
        watched.statements.append(sql)
        if plans:
            watched.plans.append(_plan(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), count_reads(watched):
        yield watched


@contextmanager
def count_reads(watched: Watched) -> Iterator[None]:
    """Add to `watched.read` what is read in here, inside one transaction."""
    if connection.vendor == "postgresql":
        before = _rows_read()
        yield
        watched.read = _rows_read() - before
        return

    def count() -> int:
        watched.read += STEPS
        return 0

    connection.connection.set_progress_handler(count, STEPS)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, STEPS)


def _rows_read() -> int:
    """Rows of tables read one by one, and entries of indexes, in this transaction."""
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class"
            " WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
        )
        return int(cursor.fetchone()[0])


def _plan(sql: str, params: Any) -> list[str]:
    if connection.vendor == "postgresql":
        with connection.connection.cursor() as cursor:
            return [row[0] for row in cursor.execute(f"EXPLAIN {sql}", params or None).fetchall()]
    spoken = sql.replace("%s", "?").replace("%%", "%")
    rows = connection.connection.execute(f"EXPLAIN QUERY PLAN {spoken}", params or ()).fetchall()
    return [row[3] for row in rows]
