"""What the tests of every address share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Ids come again in each test, and with them the limits of whoever asked much in an earlier one."""
    from tests.caching import empty_cache

    empty_cache()
