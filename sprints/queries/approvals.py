"""Approvals that are asked of addresses outside, and the secrets of their links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode

from sprints.models import Approval
from workspace import clock
from workspace.organisation.queries.invitations import digest_of

OPEN, LATE, ANSWERED, WITHDRAWN, GONE = "open", "late", "answered", "withdrawn", "gone"


def secret_of(approval: Approval) -> str:
    """The secret of the link to a question: 256 bits that only whoever holds SECRET_KEY can make.

    As with invitations it stands in no row, job or log, and the job that mails it can make it again. After SECRET_KEY
    has changed it is another one than was sent.
    """
    value = f"{approval.pk}:{approval.outside_email}:{approval.asked_at.astimezone(UTC).isoformat()}"
    return urlsafe_base64_encode(salted_hmac("sprints.approval", value, algorithm="sha256").digest())


def link_with(secret: str) -> str:
    """The full address of the page on which somebody outside answers."""
    return f"{settings.BASE_URL.origin}{reverse('sprints:approve_outside', args=[secret])}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an address outside, and whether it can be answered: OPEN, or why not."""

    approval: Approval
    state: str

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now."""
        return self.state == OPEN


def asked_by_link(secret: str) -> Asked | None:
    """The question that this secret opens, with all that its page shows; None where it opens nothing: 1 statement."""
    questions = Approval.objects.select_related("story__team", "attachment", "asked_by")
    approval = questions.filter(digest=digest_of(secret)).first()
    return Asked(approval, state_of(approval)) if approval is not None else None


def state_of(approval: Approval) -> str:
    """Whether a question by a link can be answered. Reads the story and its team."""
    if approval.state in (Approval.State.APPROVED, Approval.State.REJECTED):
        return ANSWERED
    if approval.ends_at is not None and approval.ends_at <= clock.now():
        return LATE
    if approval.state == Approval.State.WITHDRAWN:
        return WITHDRAWN
    is_gone = approval.story.deleted_at is not None or approval.story.team.archived_at is not None
    return GONE if is_gone else OPEN


def late_approvals() -> QuerySet[Approval]:
    """The questions whose link has ended without an answer, the oldest first."""
    return Approval.objects.filter(state=Approval.State.WAITING, ends_at__lte=clock.now()).order_by("ends_at", "pk")
