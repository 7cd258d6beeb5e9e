"""What tests of ownership over the API ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.journeys.reading import kinds_since, last_event_id


def ids(answer: Any) -> list[int]:
    """The ids of a list, in their order."""
    assert answer.status_code == 200, answer.data
    return sorted(item["id"] for item in answer.data["items"])


def done(act: Callable[[], Any], status: int = 200) -> tuple[Any, list[str]]:
    """The answer to what is done, and the kinds of its events."""
    before = last_event_id()
    answer = act()
    assert answer.status_code == status, answer.data
    return answer.data, kinds_since(before)
