"""Whether those who listen still may: they work here, their session lives, and each topic is open to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from workspace import clock
from workspace.activity.live.stream import Stream
from workspace.activity.topics import may_hear


def still_welcome(streams: Sequence[Stream]) -> set[Stream]:
    """Those of the streams that may go on: 2 statements, and 1 for each topic of a guest."""
    if not streams:
        return set()
    sessions = set(
        Session.objects.filter(
            session_key__in={stream.session_key for stream in streams}, expire_date__gt=clock.now()
        ).values_list("session_key", flat=True)
    )
    people: Any = get_user_model()._default_manager
    here = people.active().in_bulk({stream.listener.person_id for stream in streams})
    marks = {person_id: person.get_session_auth_hash() for person_id, person in here.items()}
    known: dict[tuple[int, str], bool] = {}

    def hears(person: Any, topic: str) -> bool:
        key = (person.pk, topic)
        if key not in known:
            known[key] = may_hear(person, topic)
        return known[key]

    welcome = set()
    for stream in streams:
        listener = stream.listener
        person = here.get(listener.person_id)
        if (
            person is not None
            and person.is_guest == listener.is_guest
            and stream.session_key in sessions
            and stream.session_hash == marks[person.pk]
            and all(hears(person, topic) for topic in listener.topics)
        ):
            welcome.add(stream)
    return welcome
