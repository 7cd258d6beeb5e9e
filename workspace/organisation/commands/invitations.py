"""Inviting people, and the moment in which they come in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.errors import RuleBroken, Unknown
from workspace.organisation import events
from workspace.organisation.commands.addresses import vouch_for_address
from workspace.organisation.commands.entering import enter_person
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.models import Department, Invitation, Person
from workspace.organisation.queries.invitations import (
    digest_of,
    latest_invitation,
    link_with,
    may_invite_again,
    open_invitation,
    secret_of,
)
from workspace.organisation.queries.people import has_come_in, standing_of
from workspace.organisation.rules.invitations import LASTS, may_invite

MAIL = "organisation.mail_invitation"


@dataclass(frozen=True, slots=True)
class Invited:
    """A person who was invited, and their link, which is to be shown once where no mail carries it."""

    person: Person
    invitation: Invitation
    link: str
    is_mailed: bool


@db.command
def invite_person(
    email: str,
    *,
    name: str,
    role: str = Person.Role.MEMBER,
    department: Department | None = None,
    job_title: str = "",
    time_zone: str = "",
    actor: Person | None,
) -> Invited:
    """Add a person who cannot sign in yet, and invite them; the link is mailed after commit where mail is set up.

    Raises NotAllowed; RuleBroken as `create_person` does, also for a person who is here already.
    """
    may_invite(standing_of(actor), role=role).or_not_allowed()
    person = enter_person(
        email,
        name=name,
        department=department,
        job_title=job_title,
        role=role,
        time_zone=time_zone,
        password=None,
        actor=actor,
    )
    return write_invitation(person, actor=actor)


@db.command
def invite_again(person: Person, *, actor: Person | None) -> Invited:
    """Send a new link; an earlier one does not work any more.

    Raises NotAllowed; RuleBroken for somebody who left, or who has come in by whichever way and needs no invitation.
    """
    hold(person)
    _check_may_invite(person, actor)
    if not person.works_here:
        raise RuleBroken(
            _("%(name)s does not work here any more.") % {"name": person.name},
            next_step=_("Let them in again first; that is for administrators."),
        )
    if person.has_usable_password():
        raise RuleBroken(
            _("%(name)s has chosen a password already.") % {"name": person.name},
            next_step=_("They sign in with it, or ask for a new one at the sign-in."),
        )
    if Person.objects.filter(has_come_in(), pk=person.pk).exists():
        raise RuleBroken(
            _("%(name)s has come in already.") % {"name": person.name},
            next_step=_("They sign in as they did before, or ask for a new password at the sign-in."),
        )
    person.invitations.unanswered().update(revoked_at=clock.now())
    return write_invitation(person, actor=actor)


@db.command
def revoke_invitation(person: Person, *, actor: Person | None) -> None:
    """Take an invitation back: its link does not work any more.

    Raises NotAllowed; RuleBroken when the person has none that waits.
    """
    hold(person)
    _check_may_invite(person, actor)
    if not close_invitations(person, actor=actor):
        raise RuleBroken(_("No invitation of %(name)s waits for an answer.") % {"name": person.name})


@db.command
def accept_invitation(secret: str, *, password: str) -> Person:
    """Choose a password by the link; it works once. The person themselves is the actor.

    Raises Unknown, alike for a secret that is wrong, used, revoked or late, for a person who left and for one who has
    come in by another way; RuleBroken for a password that is too easy to guess.
    """
    invitation = open_invitation(secret)
    if invitation is not None:
        hold(invitation.person)  # before the invitation, as everywhere: a password may be chosen by a letter just now
        db.lock_row(Invitation, invitation.pk)
        invitation = open_invitation(secret)
    if invitation is None:
        raise Unknown(_("This invitation cannot be used."), next_step=whom_to_ask())
    person = invitation.person
    try:
        validate_password(password, person)
    except ValidationError as wrong:
        raise RuleBroken(" ".join(wrong.messages)) from None
    person.set_password(password)
    save(person, "password")
    vouch_for_address(person)
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record(person, Happening(events.INVITATION_ACCEPTED, person))
    return person


def whom_to_ask() -> str:
    """What somebody can do whose invitation cannot be used, whatever the reason is."""
    return _(
        "It may have been used, replaced, taken back, or be older than %(days)d days. Ask whoever invited you for a new"
        " one. If you have chosen a password already, sign in with it."
    ) % {"days": LASTS.days}


def write_invitation(person: Person, *, actor: Person | None) -> Invited:
    """Write an invitation in the caller's transaction, who has decided that the actor may, and ask for its mail."""
    now = clock.now()
    invitation = Invitation.objects.create(
        person=person,
        digest=secrets.token_hex(32),  # the secret depends on the row's id
        invited_by=actor,
        invited_at=now,
        ends_at=now + LASTS,
    )
    secret = secret_of(invitation)
    invitation.digest = digest_of(secret)
    invitation.save(update_fields=["digest"])
    record(actor, Happening(events.PERSON_INVITED, person, {"role": person.role}))
    is_mailed = settings.EMAIL is not None
    if is_mailed:
        enqueue(MAIL, {"invitation": invitation.pk}, key=str(invitation.pk), actor=actor)
    return Invited(person, invitation, link_with(secret), is_mailed)


def close_invitations(person: Person, *, actor: Person | None) -> bool:
    """Revoke what waits for an answer, in the caller's transaction; whether there was something."""
    is_closed = bool(person.invitations.unanswered().update(revoked_at=clock.now()))
    if is_closed:
        record(actor, Happening(events.INVITATION_REVOKED, person))
    return is_closed


def mail_invitation(job: Job) -> Iterator[Step]:
    """Mail the link, at least once; one that is answered, revoked or late by now is not mailed any more.

    Raises LookupError where SECRET_KEY has changed since: the link cannot be made again, the person is invited anew.
    """
    invitation = Invitation.objects.select_related("person", "invited_by").get(pk=job.args["invitation"])
    secret = secret_of(invitation)
    if invitation == open_invitation(secret):
        words = {
            "person": invitation.person,
            "invited_by": invitation.invited_by,
            "link": link_with(secret),
            "ends_at": invitation.ends_at,
            "host": settings.BASE_URL.host,
        }
        send_mail(
            _("Your invitation to Throughline"),
            render_to_string("organisation/mail/invitation.txt", words),
            None,
            [invitation.person.email],
        )
    elif invitation.digest != digest_of(secret):
        raise LookupError("SECRET_KEY has changed since this person was invited; invite them again")
    yield Step(1, 1, {})


def _check_may_invite(person: Person, actor: Person | None) -> None:
    may_invite_again(person, latest_invitation(person), standing_of(actor)).or_not_allowed()
