"""One's own account: all ways in at a glance, recovery codes, and where one is signed in."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import can_generate_recovery_codes, generate_recovery_codes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from workspace.answers import done
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.commands import end_session, end_sessions
from workspace.organisation.queries.ways_in import places_of, ways_in_of
from workspace.organisation.requests import viewer

once_more: Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]] = reauthentication_required(
    app="allauth.mfa"
)
"""Asks once more who it is, unless that was answered within the last minutes."""


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """All ways in, and what can be done about each."""
    person = viewer(request)
    places = places_of(person, here=request.session.session_key or "")
    return render(request, "account/account.html", {"ways": ways_in_of(person), "places": len(places)})


@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    places = places_of(viewer(request), here=request.session.session_key or "")
    return render(request, "account/sessions.html", {"places": places})


def end_one(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out in one other place."""
    person = viewer(request)
    end_session(person, session_id=session_id, actor=person)
    return done(request, _("You are signed out there."), back="sessions")


def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    person = viewer(request)
    count = end_sessions(person, but=request.session.session_key or "", actor=person)
    said = ngettext(
        "You are signed out in %(count)s other place.", "You are signed out in %(count)s other places.", count
    )
    return done(request, said % {"count": count}, back="sessions")


@never_cache
@once_more
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that are left. Raises Unknown where none were made."""
    held = Authenticator.objects.filter(user=viewer(request), type=Authenticator.Type.RECOVERY_CODES).first()
    if held is None:
        raise Unknown(
            _("You have no recovery codes."), next_step=_("They come with an authenticator app or a passkey.")
        )
    return render(request, "account/recovery_codes.html", {"codes": held.wrap().get_unused_codes()})


@once_more
def make_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New codes in the place of the old ones. Raises RuleBroken where there is nothing they could stand in for."""
    if not can_generate_recovery_codes(viewer(request)):
        raise RuleBroken(
            _("Recovery codes stand in for an authenticator app or a passkey, and you have neither."),
            next_step=_("Set one of them up first."),
        )
    generate_recovery_codes(request)
    return redirect("mfa_view_recovery_codes")
