"""Several things done at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.db import connection

PATIENCE = 60  # seconds; a test that comes here has a deadlock


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Start all calls at the same moment; what each returned or raised, in their order."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            gate.wait(PATIENCE)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        waiting = [pool.submit(copy_context().run, run, call) for call in calls]
        return [result.result(PATIENCE) for result in waiting]


def in_another_connection(call: Callable[[], Any]) -> Any:
    """What `call` returns, or raise what it raises, in a connection of its own."""
    (result,) = at_once(call)
    if isinstance(result, Exception):
        raise result
    return result


def errors(results: Sequence[Any]) -> list[Exception]:
    """Those of the results that were raised."""
    return [result for result in results if isinstance(result, Exception)]
