"""Calling for another owner: the list of open calls, making one, and taking it back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journeys import commands
from journeys.call_forms import CallForm
from journeys.models import OwnershipCall, Touchpoint
from journeys.queries.calls import call_rows, listed_calls
from journeys.queries.directory import directory
from journeys.queries.own_units import own_units_if_asked
from journeys.queries.places import hold
from journeys.rules.calls import may_call
from journeys.views.pages import for_insiders
from workspace.acting import Action, ask, found
from workspace.answers import done, page_or_part
from workspace.errors import RuleBroken
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

PER_PAGE = 50


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Touchpoints whose owner calls for another, 50 at a time, those that end first first. 7 statements."""
    person = viewer(request)
    for_insiders(person)
    standing, known = standing_of(person), directory()
    page = Paginator(listed_calls(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": call_rows(list(page.object_list), standing, known),
        "here": request.get_full_path(),
        "crumbs": [(_("Ownership"), reverse("journeys:overview"))],
    }
    return page_or_part(request, "journeys/calls.html", context, parts={"calls": "journeys/calls_list.html"})


@require_http_methods(["GET", "HEAD", "POST"])
def call_for_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the department wants to give it up, why, and until when others may take it."""
    person = viewer(request)
    for_insiders(person)
    touchpoint = found(Touchpoint.objects.visible_to(person), pk)
    place = hold(touchpoint.pk, lock=False).place
    if request.method != "POST":
        if place.owner_id is None:
            raise RuleBroken(_("Nobody owns %(name)s.") % {"name": touchpoint.name}, next_step=_("Claim it."))
        standing = standing_of(person)
        may_call(standing, place, own_units=own_units_if_asked(standing, place)).or_not_allowed()
    names = {"owner": place.owner_name, "name": touchpoint.name, "unit": place.unit_name}
    action = Action(
        title=_("Call for another owner"),
        about=_(
            "%(owner)s stays the owner of %(name)s until somebody takes it. A department of %(unit)s that claims it"
            " owns it at once; for one of another unit, the head of %(unit)s decides."
        )
        % names,
        button=_("Call for another owner"),
        back=touchpoint.get_absolute_url(),
    )

    def do(fields: dict[str, Any]) -> str:
        call = commands.call_for_owner(touchpoint, reason=fields["reason"], ends_on=fields["ends_on"], actor=person)
        told = names | {"day": call.ends_on.isoformat()}
        return _("%(owner)s calls for another owner of %(name)s until %(day)s.") % told

    return ask(request, action, CallForm, do)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a call back: the owner keeps the touchpoint."""
    person = viewer(request)
    call = found(OwnershipCall.objects.visible_to(person).select_related("touchpoint", "department"), pk)
    commands.withdraw_call(call, actor=person)
    names = {"owner": call.department.name, "name": call.touchpoint.name}
    text = _("Withdrawn: %(owner)s keeps %(name)s.") % names
    return done(request, text, back=call.touchpoint.get_absolute_url())
