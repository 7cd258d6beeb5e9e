"""Ending sessions: one's own elsewhere, and all of somebody who was shut out."""

from __future__ import annotations

from collections.abc import Collection

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import Unknown
from workspace.organisation import events
from workspace.organisation.models import Person
from workspace.organisation.models.people import active_person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.sign_in import may_end_sessions


@db.command
def end_session(person: Person, *, session_id: int, actor: Person | None) -> None:
    """Sign the person out in one place. Raises NotAllowed; Unknown for a session that is none of theirs."""
    may_end_sessions(standing_of(actor), person_id=person.pk).or_not_allowed()
    if not drop_sessions(Q(user=person, pk=session_id)):
        raise Unknown(_("There is no such session; it may have ended."), next_step=_("Look at the list again."))
    record(actor, Happening(events.SESSIONS_ENDED, person, {"count": 1}))


@db.command
def end_sessions(person: Person, *, but: str = "", actor: Person | None) -> int:
    """Sign the person out everywhere, save in the session with the key `but`; return in how many places.

    Raises NotAllowed.
    """
    may_end_sessions(standing_of(actor), person_id=person.pk).or_not_allowed()
    count = drop_sessions(Q(user=person) & ~Q(session_key=but))
    if count:
        record(actor, Happening(events.SESSIONS_ENDED, person, {"count": count}))
    return count


@db.command
def end_sessions_of_leavers() -> int:
    """Drop the sessions of all who do not work here today; the sign-in has refused them already."""
    return drop_sessions(~active_person(clock.today(), "user__"))


def drop_sessions(which: Q) -> int:
    """Delete these sessions, and what is noted about them, in the caller's transaction; return how many were alive."""
    found: Collection[str] = list(UserSession.objects.filter(which).values_list("session_key", flat=True))
    sessions = Session.objects.filter(session_key__in=found)
    alive = sessions.filter(expire_date__gt=clock.now()).count()  # what is noted stays when a session gets another key
    sessions.delete()
    UserSession.objects.filter(session_key__in=found).delete()
    return alive
