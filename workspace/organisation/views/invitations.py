"""Inviting people, and the page behind the link that they get."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from workspace.acting import Action, ask, found
from workspace.answers import done, way_back
from workspace.errors import Unknown
from workspace.organisation import commands
from workspace.organisation.commands.invitations import whom_to_ask
from workspace.organisation.forms import InviteForm, WelcomeForm, open_departments
from workspace.organisation.invited import say_invited
from workspace.organisation.models import Person
from workspace.organisation.queries.invitations import open_invitation
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer
from workspace.organisation.rules.invitations import may_invite
from workspace.organisation.views.pages import for_insiders, form_or_post


def _after(person: Person) -> str:
    """Where one goes on from an invitation."""
    return reverse("organisation:person", args=[person.pk])


@form_or_post
@for_insiders
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: administrators anybody, those who may share something guests."""
    actor = viewer(request)
    standing = standing_of(actor)
    roles = [role for role in Person.Role.values if may_invite(standing, role=role)]
    if not roles:
        may_invite(standing, role=Person.Role.GUEST).or_not_allowed()
    departments = open_departments()
    action = Action(
        title=_("Invite somebody"),
        about=_("They get a link by which they choose a password. It works once, and for 14 days."),
        button=_("Invite"),
        back=reverse("organisation:people"),
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        invited = commands.invite_person(
            fields["email"],
            name=fields["name"],
            role=fields["role"],
            department=fields["department"],
            job_title=fields["job_title"],
            actor=actor,
        )
        return say_invited(request, invited, back=_after(invited.person))

    return ask(request, action, lambda *data: InviteForm(*data, departments=departments, roles=roles), do)


@require_POST
@for_insiders
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the one before does not work any more."""
    actor = viewer(request)
    invited = commands.invite_again(found(Person.objects.get_queryset(), pk), actor=actor)
    return say_invited(request, invited, back=way_back(request, _after(invited.person)))


@require_POST
@for_insiders
def revoke_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the invitation back."""
    actor = viewer(request)
    person = found(Person.objects.get_queryset(), pk)
    commands.revoke_invitation(person, actor=actor)
    return done(request, _("The invitation of %(name)s is taken back.") % {"name": person.name}, back=_after(person))


@login_not_required
@sensitive_post_parameters("password", "again")
@form_or_post
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password and come in. Looking at it uses nothing up: mail programs follow links before people do."""
    response = _welcome(request, secret)
    # The address is the secret: no cache keeps the page, and whatever it leads to learns no more than the host.
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _welcome(request: HttpRequest, secret: str) -> HttpResponse:
    waiting = open_invitation(secret)
    if waiting is None:
        return _not_found(request)
    form = WelcomeForm(request.POST if request.method == "POST" else None, person=waiting.person)
    if form.is_valid():
        try:
            person = commands.accept_invitation(secret, password=form.cleaned_data["password"])
        except Unknown:  # somebody was faster
            return _not_found(request)
        # As every other way in: with the second step where there is one, and noted in the list of sessions.
        response: HttpResponse = perform_login(request, Login(user=person, email=person.email, redirect_url="/"))
        return response
    context = {"form": form, "person": waiting.person, "ends_at": waiting.ends_at}
    return render(request, "organisation/welcome.html", context, status=422 if form.is_bound else 200)


def _not_found(request: HttpRequest) -> HttpResponse:
    """The one answer to every link that does not work: it tells nobody whether it ever did."""
    words = {"reason": _("This invitation cannot be used."), "next_step": whom_to_ask()}
    return render(request, "404.html", words, status=404)
