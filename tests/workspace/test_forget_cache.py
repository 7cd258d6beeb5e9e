"""A restore leaves nothing in the cache that tells of the database before."""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.core.cache import cache

from tests.needs import REDIS_URL
from workspace.backup.caching import forget_cache


def test_what_was_kept_is_forgotten() -> None:
    cache.set("card.1", "an old card")
    forget_cache()
    assert cache.get("card.1") is None


@pytest.mark.redis
def test_what_else_lies_in_redis_stays(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "test-forgetting",
        }
    }
    with redis.Redis.from_url(REDIS_URL) as client:
        client.set("test-forgotten-by-nobody", "a queue", ex=60)
        cache.set("card.1", "an old card")
        forget_cache()
        assert cache.get("card.1") is None
        assert client.get("test-forgotten-by-nobody") == b"a queue"
        client.delete("test-forgotten-by-nobody")


def test_a_redis_that_is_away_stops_no_restore(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "KEY_PREFIX": "test-forgetting",
        }
    }
    forget_cache()
