"""Transactions: commands that are run again where they lost, writers in turns on SQLite, reads of one moment."""

from __future__ import annotations

import functools
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from workspace.db.engine import is_postgresql

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
RETRYABLE_SQLSTATES = {"40P01", "40001"}  # deadlock detected, serialisation failure


def is_retryable(error: OperationalError) -> bool:
    """Whether the same transaction may well succeed if it is simply run again.

    On SQLite that is one which did not begin: somebody else wrote for longer than the timeout.
    """
    cause = error.__cause__
    is_busy = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
    return is_busy or getattr(cause, "sqlstate", None) in RETRYABLE_SQLSTATES


class Turns:
    """Lets the threads of this process write one after the other, in the order in which they came.

    SQLite lets whoever asks at the right moment write next, and a thread among fifty can ask in vain for very long.
    """

    PATIENCE = 60.0
    """Seconds after which a thread no longer waits for its turn: then the database decides."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn; it ends with the block."""
        me = object()
        with self._changed:
            self._waiting.append(me)
            self._changed.wait_for(lambda: self._waiting[0] is me, timeout=self.PATIENCE)
        try:
            yield
        finally:
            with self._changed:
                self._waiting.remove(me)
                self._changed.notify_all()


_turns = Turns()


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction; an outermost one that lost a deadlock is run again, up to 5 times."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with nullcontext() if is_postgresql() else _turns.turn(), transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == ATTEMPTS or not is_retryable(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * attempt)
        raise AssertionError("unreachable")

    return run


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything that is read inside stand as it stood at one moment, whatever others write; write nothing there.

    Inside a transaction of the caller, that one decides what is seen.
    """
    if connection.in_atomic_block:
        yield
    elif is_postgresql():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # an IMMEDIATE one, as others are here, would let nobody write
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
