"""Asking whether an asset may go out, and the answer: by somebody of the house, or from outside by a link."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.talking import about, count, hold_story, one_line, plain
from sprints.models import Approval, Attachment, Story
from sprints.queries.approvals import GONE, OPEN, asked_by_link, late_approvals, link_with, secret_of, state_of
from sprints.queries.standing import working_standing
from sprints.rules.approvals import LONGEST_NAME, can_be_asked, is_answer, is_question, may_answer, may_withdraw
from sprints.rules.working import may_work
from workspace import clock, db
from workspace.activity.commands.events import record
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.invitations import digest_of
from workspace.organisation.queries.people import standing_of

MAIL = "sprints.mail_approval"


@db.command
def ask_approval(
    story: Story,
    *,
    asset: str,
    person: Person | None = None,
    outside_email: str = "",
    outside_name: str = "",
    days: int = 14,
    attachment: Attachment | None = None,
    actor: Person | None,
) -> tuple[Approval, str | None]:
    """Ask somebody of the house, or an address outside by a link that works for `days` (1 to 60), about an asset.

    Returns the secret of the link, which is mailed after commit where mail is set up, and kept nowhere. Raises
    NotAllowed; Unknown; RuleBroken for a wrong value, for somebody who cannot be asked, and for what is asked already.
    """
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    asset, email = one_line(asset), one_line(outside_email).lower()
    is_question(asset=asset, days=days).or_rule_broken()
    if (person is None) == (email == ""):
        raise RuleBroken(
            _("It is not clear who is asked."),
            next_step=_("Choose somebody of the house, or give an address outside; one of the two."),
        )
    asked = _answering(person, actor) if person is not None else None
    held = hold_story(story.pk)
    question = Approval(story=held, asset=asset, person=asked, asked_by=actor, asked_at=clock.now())
    if asked is None:
        question.outside_email = _outside(email)
        question.outside_name = one_line(outside_name)[:LONGEST_NAME]
        question.ends_at = question.asked_at + timedelta(days=days)
        question.digest = secrets.token_hex(32)  # the secret depends on the row's id
    question.attachment = _attached(held, attachment)
    _check_new(question)
    question.save(force_insert=True)
    secret = _make_secret(question)
    count(held, waiting_approvals=1)
    data = {"person": question.person_id, "is_outside": secret is not None, "attachment": question.attachment_id}
    record(actor, about(held, events.APPROVAL_ASKED, question, **data))
    if secret is not None and settings.EMAIL is not None:
        enqueue(MAIL, {"approval": question.pk}, key=str(question.pk), actor=actor)
    return question, secret


@db.command
def answer_approval(approval: Approval, *, approved: bool, note: str = "", actor: Person | None) -> Approval:
    """Answer as the person who was asked; whoever wants changes says which.

    Raises NotAllowed; Unknown; RuleBroken where there is an answer already, or a note is missing or too long.
    """
    held = hold_story(approval.story_id)
    now = _now(approval)
    may_answer(standing_of(actor), person_id=now.person_id, asked_by_id=now.asked_by_id).or_not_allowed()
    _check_waiting(now)
    _answer(held, now, approved=approved, note=note)
    kind = events.APPROVAL_GIVEN if approved else events.APPROVAL_REFUSED
    record(actor, about(held, kind, now, reason=now.note))
    return now


@db.command
def answer_by_link(secret: str, *, approved: bool, note: str = "") -> Approval:
    """Answer from outside, once. The house records it, for nobody of the house did it.

    Raises Unknown for a secret that opens nothing (any more); RuleBroken where a note is missing or too long.
    """
    asked = asked_by_link(secret)
    if asked is None or not asked.is_open:
        raise _closed()
    held = hold_story(asked.approval.story_id)
    now = _now(asked.approval)
    now.story = held
    if state_of(now) != OPEN:
        raise _closed()
    _answer(held, now, approved=approved, note=note)
    kind = events.APPROVAL_GIVEN_OUTSIDE if approved else events.APPROVAL_REFUSED_OUTSIDE
    record(None, about(held, kind, now, reason=now.note))
    return now


@db.command
def withdraw_approval(approval: Approval, *, actor: Person | None) -> Approval:
    """Take a question back; its link does not work any more. Raises NotAllowed; Unknown; RuleBroken when answered."""
    held = hold_story(approval.story_id)
    now = _now(approval)
    may_withdraw(working_standing(actor, held.team_id), asked_by_id=now.asked_by_id).or_not_allowed()
    _check_waiting(now)
    now.state = Approval.State.WITHDRAWN
    now.save(update_fields=["state"])
    count(held, waiting_approvals=-1)
    record(actor, about(held, events.APPROVAL_WITHDRAWN, now))
    return now


def withdraw_late_approvals() -> None:
    """Take back the questions whose link has ended: nobody can answer them, so no card waits for them any more."""
    for approval in late_approvals().select_related("story__team"):
        if approval.story.deleted_at is None and approval.story.team.archived_at is None:
            _withdraw_if_late(approval)


@db.command
def _withdraw_if_late(approval: Approval) -> None:
    db.lock_row(Story, approval.story_id)
    if late_approvals().filter(pk=approval.pk).exists():
        withdraw_approval(approval, actor=None)


def mail_approval(job: Job) -> Iterator[Step]:
    """Mail the link, at least once; of a question that is answered, withdrawn or late by now nothing is mailed.

    Raises LookupError where SECRET_KEY has changed since: the link cannot be made again, somebody has to ask anew.
    """
    questions = Approval.objects.select_related("story__team", "asked_by")
    approval = questions.filter(pk=job.args["approval"]).first()
    if approval is not None and state_of(approval) == OPEN:
        secret = secret_of(approval)
        if approval.digest != digest_of(secret):
            raise LookupError("SECRET_KEY has changed since this approval was asked for; withdraw it and ask again")
        words = {"approval": approval, "link": link_with(secret), "host": settings.BASE_URL.host}
        send_mail(
            _("Your approval is asked for: %(asset)s") % {"asset": approval.asset},
            render_to_string("sprints/mail/approval.txt", words),
            None,
            [approval.outside_email],
        )
    yield Step(1, 1, {})


def forget_address(email: str, instead: str) -> None:
    """Put what stands for an erased person in the place of their address, and take their name out."""
    Approval.objects.filter(outside_email__iexact=email).update(outside_email=instead, outside_name="")


def _answering(person: Person, actor: Person | None) -> Person:
    """The person as they are now, locked, if they can be asked."""
    db.lock_row(Person, person.pk)
    now = Person.objects.get(pk=person.pk)
    is_asker = actor is not None and actor.pk == now.pk
    is_answering = now.works_here and not now.is_guest
    can_be_asked(name=now.name, is_answering=is_answering, is_asker=is_asker).or_rule_broken()
    return now


def _outside(email: str) -> str:
    """The address, if it is one, and of nobody who can answer inside."""
    try:
        validate_email(email)
    except ValidationError:
        raise RuleBroken(
            _("“%(email)s” is no e-mail address.") % {"email": email[:100]},
            next_step=_("Write it like name@company.example."),
        ) from None
    if len(email) > 254:
        raise RuleBroken(_("The e-mail address is too long."), next_step=_("It has at most 254 characters."))
    person = Person.objects.filter(email=email).exclude(role=Person.Role.GUEST).first()
    if person is not None and person.works_here:
        raise RuleBroken(
            _("%(name)s has this address, and works here.") % {"name": person.name},
            next_step=_("Ask them as somebody of the house: they answer here, and need no link."),
        )
    return email


def _attached(story: Story, attachment: Attachment | None) -> Attachment | None:
    if attachment is None:
        return None
    there = story.attachments.filter(pk=attachment.pk, deleted_at__isnull=True).first()
    if there is None:
        raise RuleBroken(
            _("“%(name)s” is not attached to this story.") % {"name": attachment.name},
            next_step=_("Choose a file of the story, or attach it first."),
        )
    return there


def _check_new(question: Approval) -> None:
    """Raise RuleBroken where the same person is asked about the same asset already: a second letter helps nobody."""
    waiting = Approval.objects.filter(
        story=question.story,
        asset=question.asset,
        person=question.person,
        outside_email=question.outside_email,
        state=Approval.State.WAITING,
    )
    if any(state_of(there) in (OPEN, GONE) for there in waiting.select_related("story__team")):
        raise RuleBroken(
            _("“%(asset)s” waits for an answer already.") % {"asset": question.asset},
            next_step=_("Wait for it, or withdraw that question first."),
        )


def _make_secret(question: Approval) -> str | None:
    if question.digest is None:
        return None
    secret = secret_of(question)
    question.digest = digest_of(secret)
    question.save(update_fields=["digest"])
    return secret


def _now(approval: Approval) -> Approval:
    """The approval as it is now. Its story is held."""
    now = Approval.objects.filter(pk=approval.pk).first()
    if now is None:
        raise Unknown(_("There is no such question any more."), next_step=_("Reload the page."))
    return now


def _check_waiting(approval: Approval) -> None:
    if approval.state != Approval.State.WAITING:
        raise RuleBroken(
            _("“%(asset)s” waits for no answer: %(state)s.")
            % {"asset": approval.asset, "state": approval.get_state_display()},
            next_step=_("Ask again if something has changed."),
        )


def _answer(story: Story, approval: Approval, *, approved: bool, note: str) -> None:
    approval.note = plain(note)
    is_answer(approved=approved, note=approval.note).or_rule_broken()
    approval.state = Approval.State.APPROVED if approved else Approval.State.REJECTED
    approval.answered_at = clock.now()
    approval.save(update_fields=["state", "note", "answered_at"])
    count(story, waiting_approvals=-1)


def _closed() -> Unknown:
    return Unknown(
        _("This question cannot be answered any more."), next_step=_("Ask whoever sent you the link for a new one.")
    )
