"""What the caches hold of a database that is not there any more."""

from __future__ import annotations

import logging

import redis
from django.conf import settings
from django.core.cache import cache

logger = logging.getLogger(__name__)


def forget_cache() -> None:
    """Forget what this product has put into the cache; what else lies in Redis stays, such as the queues."""
    place = settings.CACHES["default"]
    if "redis" not in place["BACKEND"]:
        cache.clear()
        return
    try:
        with redis.Redis.from_url(place["LOCATION"]) as client:
            for key in client.scan_iter(f"{place['KEY_PREFIX']}:{cache.version}:*", count=1000):
                client.unlink(key)
    except redis.RedisError:
        logger.warning("The cache could not be emptied: pages may show older cards for a day.", exc_info=True)
