"""What goes over the wire: server-sent events that say where something happened, never what it says.

Each event is written once for everybody who gets the same. Guests learn that something happened in their topic, not
what: kinds and ids of things that they may not see would tell them of these.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from workspace.activity import kinds
from workspace.activity.queries.fresh import Fresh, Position
from workspace.activity.topics import ALL, HOUSE


@dataclass(frozen=True, slots=True)
class Listener:
    """What decides which messages a stream gets: the same for many streams, except where something is personal."""

    person_id: int
    is_guest: bool
    topics: frozenset[str]


@dataclass(slots=True)
class Batch:
    """Events that were found together, and where the log was read up to with them."""

    events: Sequence[Fresh]
    position: Position
    _written: dict[object, bytes] = field(default_factory=dict)
    _personal: bool | None = None

    def for_listener(self, listener: Listener) -> bytes:
        """The messages of this batch for somebody; b"" if there is none for them."""
        if self._personal is None:
            self._personal = any(kinds.kind(event.kind).personal for event in self.events)
        key = (listener.topics, listener.is_guest, listener.person_id if self._personal else 0)
        if key not in self._written:
            self._written[key] = self._write(listener)
        return self._written[key]

    def _write(self, listener: Listener) -> bytes:
        parts: list[bytes] = []
        for event in self.events:
            topic = topic_of(event, listener)
            if topic is None:
                continue
            part = self._one(event, topic, is_guest=listener.is_guest)
            if not (listener.is_guest and part in parts):
                parts.append(part)
        if parts:  # a browser that lost the connection in the middle asks for all of the batch again
            parts[-1] += b"id: " + self.position.text.encode() + b"\n"
        return b"".join(part + b"\n" for part in parts)

    def _one(self, event: Fresh, topic: str, *, is_guest: bool) -> bytes:
        key = (event.id, topic, is_guest)
        if key not in self._written:
            told: dict[str, object] = {"topic": topic}
            if not is_guest:
                told |= {"kind": event.kind, "subject": event.subject_kind, "ids": event.subject_ids, "id": event.id}
            self._written[key] = b"event: change\ndata: " + json.dumps(told, separators=(",", ":")).encode() + b"\n"
        return self._written[key]


def topic_of(event: Fresh, listener: Listener) -> str | None:
    """The topic under which a listener hears of an event; None if it is none of theirs."""
    about = event.subject_ids if event.subject_kind == "person" else ()
    if kinds.kind(event.kind).personal and listener.person_id not in (event.actor_id, *about):
        return None
    topic = event.scope or HOUSE
    if topic in listener.topics:
        return topic
    return ALL if ALL in listener.topics else None


def opening(position: Position) -> bytes:
    """The first message: how long to wait before coming back, so that not all come back at once, and the place."""
    return f"retry: {random.randint(500, 2500)}\nevent: hello\ndata: 0\nid: {position.text}\n\n".encode()


def beat(position: Position) -> bytes:
    """The message that keeps the connection alive, and brings the place up to date."""
    return f"event: beat\ndata: 0\nid: {position.text}\n\n".encode()


def notified(position: Position) -> bytes:
    """The message to one person that they have been notified of something: their bell and their list fetch it."""
    told = '{"topic":"person","kind":"notified","subject":"notification","ids":[]}'
    return f"event: change\ndata: {told}\nid: {position.text}\n\n".encode()


def resync(position: Position) -> bytes:
    """The message that something was left out: whoever gets it fetches again what it shows."""
    return f"event: resync\ndata: 0\nid: {position.text}\n\n".encode()
