"""What the tests of boards over the API read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys.models import Journey
from tests.api.program import Program
from tests.cast import Cast
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation.models import Share

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET LOCAL")


def told(answer: Any, status: int = 200) -> Any:
    """What was answered; fails unless with this status."""
    assert answer.status_code == status, answer.content
    return answer.data


def codes(asks: Program, query: str) -> list[str]:
    """The codes of the stories that the query finds, in their order."""
    return [each["code"] for each in told(asks.get(f"stories/?{query}"))["items"]]


def newest() -> Event:
    """The last event."""
    return Event.objects.latest("pk")


def statements(call: Callable[[], Any]) -> int:
    """How many statements it takes, without those that begin and end transactions."""
    with CaptureQueriesContext(connection) as seen:
        call()
    return sum(not query["sql"].startswith(CONTROL) for query in seen)


def share(subject: Any, cast: Cast) -> None:
    """Share it with the guest."""
    Share.objects.create(
        noun=Journey.NOUN if isinstance(subject, Journey) else "team",
        subject_id=subject.pk,
        guest=cast.guest,
        ends_on=clock.today() + timedelta(days=30),
        granted_by=cast.executive,
        granted_at=clock.now(),
    )
