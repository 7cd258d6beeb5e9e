"""What is dear to make and the same for everybody, kept in the cache until something happens."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")

A_DAY = 24 * 3600

logger = logging.getLogger(__name__)


def keep(name: str, mark: str, make: Callable[[], T]) -> T:
    """What `make` returned when it was first asked under this mark. A cache that is away costs time, nothing else.

    `mark` has to be read before `make` reads, so that what is kept is never older than its mark.
    """
    key = f"kept.{name}.{hashlib.sha256(mark.encode()).hexdigest()[:32]}"
    try:
        kept: T | None = cache.get(key)
    except Exception:  # each cache has its own
        logger.warning("The cache does not answer; %s is made anew each time.", name, exc_info=True)
        return make()
    if kept is not None:
        return kept
    made = make()
    try:
        cache.set(key, made, A_DAY)
    except Exception:
        logger.warning("The cache does not answer; %s could not be kept.", name, exc_info=True)
    return made
