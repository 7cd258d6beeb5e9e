"""What a page listens to: topics, sealed for the person and the session that the page was made for.

A topic is the scope of events (`team:7`, `journey:3`), `house` for events that belong to no scope, or `all`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from workspace import clock
from workspace.activity import registry
from workspace.activity.queries.fresh import Position

ALL = "all"
"""Everything that happens, for people inside."""
HOUSE = "house"
"""What belongs to no scope: the organisation, the rules, findings of a scan that touch many journeys."""

SALT = "workspace.activity.topics"
SECONDS = 12 * 3600
"""How long a page may go on listening anew with what it was given; afterwards it asks for the page again."""
AT_MOST = 20
"""Topics of one page."""


class NotYours(Exception):
    """The seal is broken or old, or it was made for somebody else."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a page was allowed to listen to, and what it has seen: a place in the log, or else when it was made."""

    topics: frozenset[str]
    position: Position | None
    made_at: float
    """Seconds since 1970."""


def seal(topics: Collection[str], *, person_id: int, session_key: str, position: Position | None) -> str:
    """The topics as text that only this person can use, in this session, for 12 hours."""
    if len(topics) > AT_MOST:
        raise ValueError(f"a page listens to at most {AT_MOST} topics, not {len(topics)}")
    text = position.text if position else "-"
    wish = [person_id, _mark(session_key), sorted(topics), text, round(clock.now().timestamp(), 3)]
    return signing.dumps(wish, salt=SALT)


def unseal(text: str, *, person_id: int, session_key: str) -> Wish:
    """What was sealed. Raises NotYours."""
    try:
        owner, mark, topics, position, made_at = signing.loads(text, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise NotYours from error
    if owner != person_id or not constant_time_compare(mark, _mark(session_key)):
        raise NotYours
    return Wish(frozenset(topics), Position.read(position), made_at)


def may_hear(person: Any, topic: str) -> bool:
    """Whether a person, who works here, may listen to a topic today: at most 1 statement, none for people inside."""
    if topic in (ALL, HOUSE):
        return not person.is_guest
    kind, _, number = topic.partition(":")
    known = registry.topic(kind)
    return known is not None and number.isdecimal() and len(number) < 19 and known.may_see(person, int(number))


def topics_of(guest: Any) -> list[str]:
    """All topics that a guest, who works here, may listen to today: 1 statement for each kind."""
    return [f"{kind}:{pk}" for kind, topic in registry.topics().items() for pk in topic.seen_by(guest)]


def _mark(session_key: str) -> str:
    return salted_hmac(SALT, session_key, algorithm="sha256").hexdigest()[:24]
