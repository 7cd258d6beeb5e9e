"""Invitations, and the secrets of their links."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode

from workspace import clock
from workspace.errors import Unknown
from workspace.organisation.models import Invitation, Person
from workspace.organisation.queries.people import has_come_in
from workspace.organisation.rules.decisions import Decision
from workspace.organisation.rules.invitations import may_invite
from workspace.organisation.rules.standing import Standing
from workspace.organisation.shareable import may_share


def secret_of(invitation: Invitation) -> str:
    """The secret of an invitation's link: 256 bits that only whoever holds SECRET_KEY can make.

    So it stands in no row, job or log, and the job that mails it can make it again. After SECRET_KEY has changed it is
    another one than was sent; `digest_of` tells, for the digest that is kept is that of the secret that was sent.
    """
    value = f"{invitation.pk}:{invitation.person_id}:{invitation.invited_at.astimezone(UTC).isoformat()}"
    return urlsafe_base64_encode(salted_hmac("organisation.invitation", value, algorithm="sha256").digest())


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_with(secret: str) -> str:
    """The full address of an invitation."""
    return f"{settings.BASE_URL.origin}{reverse('invitation', args=[secret])}"


def open_invitation(secret: str) -> Invitation | None:
    """The invitation with this secret, with its person, if it can be accepted now: 1 statement."""
    invitation = (
        Invitation.objects.in_force(clock.now())
        .filter(~has_come_in("person__"), digest=digest_of(secret))
        .select_related("person")
        .first()
    )
    return invitation if invitation is not None and invitation.person.works_here else None


@dataclass(frozen=True, slots=True)
class InvitationState:
    """How somebody who has no password yet stands: "none", "waiting", "late" or "revoked", and what one may do."""

    state: str
    invitation: Invitation | None
    may_invite: bool


def invitation_state(person: Person, standing: Standing) -> InvitationState | None:
    """What the page of a person says of their invitation; None for whoever has come in: 1 statement."""
    if person.has_usable_password() or person.last_login is not None or not person.works_here:
        return None
    latest = latest_invitation(person)
    if latest is None:
        state = "none"
    elif latest.revoked_at is not None:
        state = "revoked"
    else:
        state = "waiting" if latest.ends_at > clock.now() else "late"
    return InvitationState(state, latest, bool(may_invite_again(person, latest, standing)))


def may_invite_again(person: Person, latest: Invitation | None, standing: Standing) -> Decision:
    """Whether one may send a new invitation, or take back the one that waits.

    Whoever shared something in the same step may for as long as they may share it, and it is shared: up to 1 statement,
    and 1 for each share that they granted.
    """
    decision = may_invite(standing, role=person.role)
    if decision or latest is None or latest.invited_by_id != standing.person_id:
        return decision
    return may_invite(standing, role=person.role, is_sharing=_still_shares(person, standing))


def _still_shares(guest: Person, standing: Standing) -> bool:
    granted = guest.shares.in_force(clock.today()).filter(granted_by=standing.person_id).order_by("pk")
    for noun, subject_id in granted.values_list("noun", "subject_id"):
        try:
            if may_share(standing, noun, subject_id):
                return True
        except Unknown:  # it was deleted since
            continue
    return False


def latest_invitation(person: Person) -> Invitation | None:
    """The newest invitation of a person, with who made it: 1 statement."""
    return person.invitations.select_related("invited_by").order_by("-invited_at", "-id").first()
