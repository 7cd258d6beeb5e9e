"""What the event log says about a team."""

from __future__ import annotations

from typing import Any

from workspace.activity.models import Event, EventSubject


def last(kind: str) -> Event:
    """The newest event of this kind."""
    return Event.objects.filter(kind=kind).latest("pk")


def data_of(kind: str) -> list[dict[str, Any]]:
    """The data of every event of this kind, the oldest first."""
    return list(Event.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def subjects_of(event: Event) -> set[tuple[str, int]]:
    """What a bulk event is about."""
    return set(EventSubject.objects.filter(event=event).values_list("subject_kind", "subject_id"))
