"""Ringing the bell: a Celery message that says "look", never what to do. A bell that nobody hears is no loss."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

SILENT_FOR = 5.0  # seconds that a process leaves a broken bell alone; the beat looks every few seconds anyway
_broken_until = 0.0
_muffled: ContextVar[bool] = ContextVar("muffled", default=False)


@contextmanager
def muffled() -> Iterator[None]:
    """Ring nothing inside the block: for a long load that delivers its own events, and would ring for each of them."""
    token = _muffled.set(True)
    try:
        yield
    finally:
        _muffled.reset(token)


def ring_deliver() -> None:
    """Tell the workers that events wait to be delivered."""
    _ring("activity.deliver")


def ring_job(job_id: int) -> None:
    """Tell the workers that a job waits."""
    _ring("activity.run_job", job_id)


def _ring(task: str, *args: object) -> None:
    global _broken_until
    if _muffled.get() or time.monotonic() < _broken_until:
        return
    try:
        current_app.send_task(task, args=args, retry=False, expires=60)
    except (OperationalError, OSError) as error:
        _broken_until = time.monotonic() + SILENT_FOR
        log.warning("The doorbell of the workers is out of reach (%s): work waits for the beat.", error)
