"""The cache of a test process: on Redis several share one database, and none empties it under another's feet."""

from __future__ import annotations

from workspace.backup.caching import forget_cache


def empty_cache() -> None:
    """Forget what this process has put into the cache. `cache.clear` would empty the whole Redis database."""
    forget_cache()
