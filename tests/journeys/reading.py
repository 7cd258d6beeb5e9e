"""What tests ask of the database again and again: who owns, which events there are."""

from datetime import UTC, datetime
from typing import Any

from journeys.models import Ownership, Touchpoint
from workspace.activity.models import Event
from workspace.organisation.models import Department


def owner(touchpoint: Touchpoint) -> Department | None:
    """The department that is accountable now."""
    current = Ownership.objects.current().accountable().filter(touchpoint=touchpoint).select_related("department")
    row = current.first()
    return row.department if row else None


def current(touchpoint: Touchpoint) -> Ownership:
    """The current accountable ownership."""
    return Ownership.objects.current().accountable().get(touchpoint=touchpoint)


def data_of(kind: str) -> list[dict[str, Any]]:
    """The data of every event of a kind, oldest first."""
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


def kinds_since(event_id: int) -> list[str]:
    """The kinds of the events after `event_id`, oldest first."""
    return list(Event.objects.filter(id__gt=event_id).order_by("id").values_list("kind", flat=True))


def last_event_id() -> int:
    """The id of the newest event."""
    return Event.objects.order_by("-id").values_list("id", flat=True).first() or 0


def at_noon(year: int, month: int, day: int) -> datetime:
    """Noon of a day, UTC."""
    return datetime(year, month, day, 12, tzinfo=UTC)
