"""What is said once somebody is invited, wherever it was done from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from workspace.answers import done
from workspace.organisation.commands.invitations import Invited


def say_invited(request: HttpRequest, invited: Invited, *, back: str) -> HttpResponse:
    """Say that the invitation is on its way; where no mail is set up, show its link, this once, and to nobody else."""
    if invited.is_mailed:
        names = {"name": invited.person.name, "email": invited.person.email}
        return done(request, _("%(name)s is invited: a link goes to %(email)s.") % names, back=back)
    response = render(request, "organisation/invited.html", {"invited": invited, "back": back})
    patch_cache_control(response, private=True, no_store=True)
    return response
