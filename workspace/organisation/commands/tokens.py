"""Making tokens, taking them back, and noting that they are used."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation import events
from workspace.organisation.commands.holding import hold
from workspace.organisation.models import Person, Token, TokenLimit
from workspace.organisation.queries.invitations import digest_of
from workspace.organisation.queries.people import has_come_in, standing_of
from workspace.organisation.queries.tokens import NOTED_EVERY, PREFIX
from workspace.organisation.rules.tokens import (
    AT_MOST,
    LASTS,
    is_scope_open,
    is_term_open,
    may_make_token,
    may_revoke_token,
)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token, and its secret, which is shown once and kept nowhere."""

    token: Token
    secret: str


@db.command
def make_token(
    person: Person,
    *,
    name: str,
    scope: str = Token.Scope.READ,
    term: timedelta = LASTS,
    limits: Mapping[str, Sequence[int]] | None = None,
    actor: Person | None,
) -> MadeToken:
    """Make a token with which a program acts as the person; `limits` are the things that it opens, by noun.

    Whether the actor sees these things is for the caller to have asked. Raises NotAllowed; RuleBroken for an empty
    name, a scope that the person may not have, a term of no day or more than a year, too many tokens, or somebody who
    left.
    """
    hold(person)
    come_in = Person.objects.filter(has_come_in(), pk=person.pk).exists()
    may_make_token(standing_of(actor), person_id=person.pk, has_come_in=come_in).or_not_allowed()
    is_scope_open(scope, role=person.role, known=list(Token.Scope.values)).or_rule_broken()
    is_term_open(term).or_rule_broken()
    if not person.works_here:
        raise RuleBroken(_("%(name)s does not work here any more.") % {"name": person.name})
    if not name.strip():
        raise RuleBroken(_("A token needs a name."), next_step=_("Say which program it is for."))
    now = clock.now()
    if Token.objects.in_force(now).filter(person=person).count() >= AT_MOST:
        raise RuleBroken(
            _("There are %(count)d tokens in force already.") % {"count": AT_MOST},
            next_step=_("Revoke one that no program needs any more."),
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        name=name.strip()[:80],
        digest=digest_of(secret),
        hint=secret[-4:],
        scope=scope,
        made_by=actor,
        made_at=now,
        ends_at=now + term,
    )
    rows = [
        TokenLimit(token=token, noun=noun, subject_id=pk) for noun, ids in (limits or {}).items() for pk in set(ids)
    ]
    TokenLimit.objects.bulk_create(rows)
    record(actor, Happening(events.TOKEN_MADE, person, {"scope": scope}))
    return MadeToken(token, secret)


@db.command
def revoke_token(token_id: int, *, reason: str = "", actor: Person | None) -> None:
    """Take a token back: it opens nothing from now on; once more counts for nothing. A reason stands in the history.

    Raises Unknown for a token that is not the actor's own, unless an administrator acts.
    """
    token = Token.objects.filter(pk=token_id).select_related("person").first()
    standing = standing_of(actor)
    if token is None or not may_revoke_token(standing, person_id=token.person_id):
        raise Unknown(_("There is no such token."), next_step=_("Look at the list again."))
    if Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now()):
        reason = reason.strip()[:300]
        told = Happening(events.TOKEN_REVOKED, token.person)
        if reason:
            told = Happening(events.TOKEN_TAKEN_BACK, token.person, {"what": token.name, "reason": reason})
        record(actor, told)


@db.command
def note_use(token: Token) -> None:
    """Note that the token is used now; within some minutes of the last note it counts for nothing."""
    now = clock.now()
    due = Q(used_at__isnull=True) | Q(used_at__lte=now - NOTED_EVERY)
    Token.objects.filter(due, pk=token.pk).update(used_at=now)


def drop_tokens(person: Person) -> None:
    """Revoke all tokens of a person, in the caller's transaction."""
    Token.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=clock.now())
