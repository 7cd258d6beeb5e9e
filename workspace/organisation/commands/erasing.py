"""Erasing a person: nothing here says any more who it was; what they did, and every sum of it, stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import make_password
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.erasing import forget_words, without_words
from workspace.activity.commands.events import Happening, record
from workspace.activity.commands.notifications import forget_notifications_of
from workspace.errors import RuleBroken
from workspace.organisation import events, registry
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.commands.imports.erased import KIND, address_in_place_of, digest_of
from workspace.organisation.commands.people import keep_an_administrator
from workspace.organisation.commands.sessions import drop_sessions
from workspace.organisation.commands.webhooks import forget_webhooks_of
from workspace.organisation.models import AnsweredRequest, ImportedRow, Invitation, Person, SavedView, Share, Token
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_administer


@db.command
def erase_person(person: Person, *, actor: Person | None) -> Person:
    """Take away for good all that says who a person was. The event log holds ids alone, and stays as it is.

    Their ways to sign in, tokens, sessions, invitations, shares, saved views, notifications and webhooks are deleted;
    rows of imports that name them are forgotten or name the address that stands in its place, and kept answers of the
    API do. Free text that others wrote is theirs, and stays.

    Raises NotAllowed; RuleBroken for somebody who is not deactivated, was erased before, or is the last administrator.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    hold(person)
    if person.erased_at is not None:
        raise RuleBroken(_("This person was erased already."), next_step=_("Nothing is left to do."))
    keep_an_administrator(person)
    if person.is_active:
        raise RuleBroken(
            _("%(name)s is not deactivated.") % {"name": person.name},
            next_step=_("Deactivate the person first, and see what becomes of what they own. Erasing is for good."),
        )
    email, name = person.email, person.name
    _delete_ways_in(person, email)
    _forget_rows(person, email)
    words = {email: address_in_place_of(person.pk), name: str(_("Erased person"))}
    forget_words(words)
    _forget_answers(words)
    for forget in registry.traces():
        forget(email, address_in_place_of(person.pk))
    _clear(person)
    record(actor, Happening(events.PERSON_ERASED, person))
    return person


def _clear(person: Person) -> None:
    values: dict[str, Any] = {
        "name": str(_("Erased person")),
        "email": address_in_place_of(person.pk),
        "job_title": "",
        "time_zone": "",
        "delegate": None,
        "role": Person.Role.GUEST if person.is_guest else Person.Role.MEMBER,
        "password": make_password(None),
        "last_login": None,
        "erased_at": clock.now(),
    }
    for field, value in values.items():
        setattr(person, field, value)
    save(person, *values)


def _delete_ways_in(person: Person, email: str) -> None:
    drop_sessions(Q(user=person))
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()
    EmailAddress.objects.filter(email__iexact=email).delete()
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        attempts.objects.filter(username__iexact=email).delete()
    Invitation.objects.filter(person=person).delete()
    Share.objects.filter(guest=person).delete()
    SavedView.objects.filter(person=person).delete()
    Token.objects.filter(person=person).delete()
    forget_notifications_of(person.pk)
    forget_webhooks_of(person)


def _forget_rows(person: Person, email: str) -> None:
    """Forget what a file said about the person, and put the address that stands for them wherever a file named them.

    Cells are compared with the file as it reads then (`imports.erased`), so that the same file changes nothing.
    """
    ImportedRow.objects.filter(kind="people", key=email[:200]).delete()
    said = json.dumps(email)[1:-1]
    naming = ImportedRow.objects.annotate(text=Cast("cells", TextField())).filter(
        Q(text__icontains=email) | Q(text__icontains=said)
    )
    for row in naming.order_by("pk").iterator():
        row.cells = _without(row.cells, email, address_in_place_of(person.pk))
        row.save(update_fields=["cells"])
    ImportedRow.objects.update_or_create(kind=KIND, key=digest_of(email), defaults={"cells": {"person": person.pk}})


def _forget_answers(words: Mapping[str, str]) -> None:
    """Replace the words in the answers that are kept for requests that are sent again."""
    as_sent = {json.dumps(word, ensure_ascii=False)[1:-1]: instead for word, instead in words.items()}
    naming = Q()
    for word in as_sent:
        naming |= Q(body__icontains=word)
    replaced = without_words(as_sent)
    for kept in AnsweredRequest.objects.filter(naming).order_by("pk"):
        AnsweredRequest.objects.filter(pk=kept.pk).update(body=replaced(kept.body))


def _without(value: Any, email: str, instead: str) -> Any:
    """The value with this address replaced, however deep it stands."""
    match value:
        case str():
            return instead if value.strip().lower() == email else value
        case list():
            return [_without(each, email, instead) for each in value]
        case dict():
            return {key: _without(each, email, instead) for key, each in value.items()}
    return value
