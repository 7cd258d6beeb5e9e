"""How people get in: their password, the proof that an address is theirs, and the log of what became of the rest.

Passkeys, authenticator apps and recovery codes are written by allauth; what it did is noted here.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_failures
from django.db.models import Q

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.organisation import events
from workspace.organisation.commands.addresses import vouch_for_address
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.commands.invitations import close_invitations
from workspace.organisation.commands.sessions import drop_sessions
from workspace.organisation.commands.tokens import drop_tokens
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.sign_in import may_change_ways_in


@db.command
def set_password(
    person: Person, *, password: str, but: str = "", by_link: bool = False, actor: Person | None
) -> Person:
    """Give the person a new password and sign them out everywhere, save in the session with the key `but`.

    Whether the password is good enough is for the form to say. With `by_link`, a link that was sent to their address
    brought them here: it proves the address, and failures to sign in are forgotten. Raises NotAllowed.
    """
    may_change_ways_in(standing_of(actor), person_id=person.pk).or_not_allowed()
    hold(person)
    person.set_password(password)
    save(person, "password")
    drop_sessions(Q(user=person) & ~Q(session_key=but))
    close_invitations(person, actor=actor)
    record(actor, Happening(events.PASSWORD_RESET if by_link else events.PASSWORD_CHANGED, person))
    if by_link:
        prove_address(person, actor=actor)
        forget_failures(username=person.email)
    return person


@db.command
def prove_address(person: Person, *, actor: Person | None) -> None:
    """Note that the person's address is theirs: they followed a link to it, or somebody vouches for it.

    Raises NotAllowed.
    """
    may_change_ways_in(standing_of(actor), person_id=person.pk).or_not_allowed()
    vouch_for_address(person)


@db.command
def note_sign_in(person: Person, *, actor: Person | None) -> None:
    """Close the invitations of somebody who has come in, by whichever way: they need none any more."""
    close_invitations(person, actor=actor)


@db.command
def note_way_in(person: Person, *, kind: str, actor: Person | None) -> None:
    """Record what became of one of the person's ways in. Never what it is: the log is for everybody."""
    record(actor, Happening(kind, person))


@db.command
def forget_ways_in(person: Person, *, actor: Person | None) -> None:
    """Take everything away that the person could sign in with, and sign them out everywhere. Raises NotAllowed."""
    may_change_ways_in(standing_of(actor), person_id=person.pk).or_not_allowed()
    hold(person)
    person.set_unusable_password()
    save(person, "password")
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    drop_sessions(Q(user=person))
    drop_tokens(person)
    close_invitations(person, actor=actor)
    record(actor, Happening(events.WAYS_IN_FORGOTTEN, person))
