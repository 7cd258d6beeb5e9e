"""How something is shared with guests, wherever it is done from. Who may do it is for the page that calls to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workspace.acting import Action, ask, found
from workspace.answers import done
from workspace.organisation import commands
from workspace.organisation.invited import say_invited
from workspace.organisation.models import Share
from workspace.organisation.queries.sharing import guests_without
from workspace.organisation.requests import viewer
from workspace.organisation.sharing_forms import NewGuestForm, ShareForm, UntilForm


@dataclass(frozen=True, slots=True)
class Subject:
    """What is shared. `shows` says in a sentence what a guest sees of it; `back` is the page with its guests."""

    noun: str
    pk: int
    name: str
    shows: str
    back: str


def share(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Let a guest who is here already see it."""
    action = Action(title=_("Share with a guest"), about=subject.shows, button=_("Share"), back=subject.back)

    def make(*data: Any) -> ShareForm:
        return ShareForm(*data, guests=guests_without(subject.noun, subject.pk))

    def do(fields: dict[str, Any]) -> str:
        made = commands.share(
            subject.noun, subject.pk, guest=fields["guest"], until=fields["until"], actor=viewer(request)
        )
        return _sees_until(made)

    return ask(request, action, make, do)


def invite(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Invite a new guest and share it with them, in one step."""
    action = Action(
        title=_("Invite a guest"),
        about=_("They get a link by which they choose a password, and see %(subject)s and nothing else.")
        % {"subject": subject.name},
        button=_("Invite"),
        back=subject.back,
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        invited = commands.invite_and_share(
            subject.noun,
            subject.pk,
            email=fields["email"],
            name=fields["name"],
            until=fields["until"],
            actor=viewer(request),
        )
        return say_invited(request, invited, back=subject.back)

    return ask(request, action, NewGuestForm, do)


def change(request: HttpRequest, subject: Subject, share_pk: int) -> HttpResponse:
    """Let it end on another day. Raises Unknown for a share of something else."""
    shared = _share(subject, share_pk)
    action = Action(
        title=_("Change the last day"),
        about=_("%(name)s sees %(subject)s.") % {"name": shared.guest.name, "subject": subject.name},
        button=_("Save"),
        back=subject.back,
    )

    def do(fields: dict[str, Any]) -> str:
        commands.change_share(shared, until=fields["until"], actor=viewer(request))
        return _sees_until(shared)

    return ask(request, action, lambda *data: UntilForm(*data, initial={"until": shared.last_day}), do)


def end(request: HttpRequest, subject: Subject, share_pk: int) -> HttpResponse:
    """End it now. Raises Unknown for a share of something else."""
    shared = _share(subject, share_pk)
    commands.end_share(shared, actor=viewer(request))
    return done(request, _("%(name)s does not see it any more.") % {"name": shared.guest.name}, back=subject.back)


def _share(subject: Subject, pk: int) -> Share:
    return found(Share.objects.filter(noun=subject.noun, subject_id=subject.pk).select_related("guest"), pk)


def _sees_until(shared: Share) -> str:
    return _("%(name)s sees it until %(day)s.") % {"name": shared.guest.name, "day": date_format(shared.last_day)}
