"""The threads of a worker that send for webhooks: a receiver that hangs keeps none of the worker's jobs waiting."""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context

from django.db import connection

from workspace import clock
from workspace.activity.commands.sending import take_turn
from workspace.activity.commands.spreading import spread_events
from workspace.activity.queries.webhooks import due_webhooks

log = logging.getLogger(__name__)

AT_ONCE = 8
"""So many webhooks are sent for at the same time by one process."""

_free = threading.BoundedSemaphore(AT_ONCE)


def send_webhooks() -> list[threading.Thread]:
    """Write down what webhooks wait for, and give each that has something due a thread, as far as there are any.

    2 statements where there is nothing to do. A webhook has its turns one after the other; whoever finds no thread free
    is served by the next one that becomes free.
    """
    spread_events()
    threads = []
    for _webhook in due_webhooks(clock.now())[:AT_ONCE]:
        if not _free.acquire(blocking=False):
            break
        thread = threading.Thread(target=copy_context().run, args=(_serve,), name="webhooks", daemon=True)
        thread.start()
        threads.append(thread)
    return threads


def _serve() -> None:
    """Give turns until nobody has anything due that somebody else does not already send for."""
    try:
        while any(take_turn(webhook_id) for webhook_id in due_webhooks(clock.now())):
            pass
    except Exception:
        log.exception("Sending for webhooks failed; the next sweep tries again.")
    finally:
        _free.release()
        connection.close()
