"""Tokens, as their owners and the API ask for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import CharField, DateTimeField, Exists, OuterRef, Prefetch, QuerySet

from workspace import clock, db
from workspace.activity import registry
from workspace.organisation.models import Person, Token, TokenLimit
from workspace.organisation.queries.invitations import digest_of

PREFIX = "tl_"
"""What each secret begins with, so that people and scanners know one when they see it."""

NOTED_EVERY = timedelta(minutes=10)
"""How exactly it is noted when a token was last used."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A token in force, and what it is limited to, by noun."""

    token: Token
    limits: Mapping[str, frozenset[int]]


def token_with(secret: str) -> Opened | None:
    """The token with this secret, with its person, where both are in force: 1 statement, 2 where it has limits.

    None alike for one that is unknown, revoked or past its end, and for a person who does not work here any more.
    """
    if not secret.startswith(PREFIX):
        return None
    for found in _HELD.ask(digest=digest_of(secret), now=clock.now()):
        if found.person.works_here:
            return Opened(found, limits_of(found) if getattr(found, "is_limited", False) else {})
    return None


def _held() -> QuerySet[Token]:
    """The token with a digest, if it is in force at a moment, with its person."""
    limits = TokenLimit.objects.filter(token=OuterRef("pk")).order_by()
    in_force = Token.objects.in_force(db.Open("now", DateTimeField()))
    held = in_force.filter(digest=db.Open("digest", CharField())).select_related("person")
    return held.annotate(is_limited=Exists(limits)).order_by()


_HELD = db.Ready(_held)


def limits_of(token: Token) -> dict[str, frozenset[int]]:
    """What a limited token opens, by noun; empty for one without limits: 1 statement."""
    held: dict[str, set[int]] = {}
    for noun, subject_id in TokenLimit.objects.filter(token=token).order_by().values_list("noun", "subject_id"):
        held.setdefault(noun, set()).add(subject_id)
    return {noun: frozenset(ids) for noun, ids in held.items()}


def tokens_of(person: Person) -> list[Token]:
    """The tokens of a person that are not revoked, newest first, those past their end too: 2 statements."""
    return list(tokens_of_house().filter(person=person, revoked_at__isnull=True))


def tokens_of_house() -> QuerySet[Token]:
    """All tokens of everybody, with whose they are and what they are limited to: 2 statements."""
    limits = Prefetch("limits", TokenLimit.objects.order_by("noun", "subject_id"))
    return Token.objects.select_related("person", "made_by").prefetch_related(limits)


def named_limits(tokens: Iterable[Token]) -> Mapping[int, Sequence[str]]:
    """The names of what each of these tokens is limited to, by its id: 1 statement per noun."""
    listed = list(tokens)
    wanted: dict[str, set[int]] = defaultdict(set)
    for limit in (limit for token in listed for limit in token.limits.all()):
        wanted[limit.noun].add(limit.subject_id)
    names = registry.name_all(wanted)
    return {
        token.pk: [
            names[limit.noun][limit.subject_id].text
            for limit in token.limits.all()
            if limit.subject_id in names[limit.noun]
        ]
        for token in listed
    }


def is_use_to_be_noted(token: Token) -> bool:
    """Whether the last use that is noted is old enough to be noted anew."""
    return token.used_at is None or token.used_at <= clock.now() - NOTED_EVERY
