"""When somebody is away: everybody enters their own; whoever runs a team, those of its members."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sprints import commands
from sprints.models import Absence
from sprints.planning_forms import AbsenceForm
from sprints.queries.teams import people_of
from sprints.team_forms import MemberAbsenceForm
from sprints.views.team_settings import page_of
from sprints.views.teams import for_insiders, form_or_post, team_to_run
from workspace.acting import Action, ask, found
from workspace.answers import done
from workspace.organisation.requests import viewer


def _days(absence: Absence) -> dict[str, str]:
    return {"start": date_format(absence.starts_on), "end": date_format(absence.ends_on)}


@form_or_post
def add(request: HttpRequest) -> HttpResponse:
    """The viewer will be away."""
    person = viewer(request)
    for_insiders(person)
    action = Action(
        title=_("Enter an absence"),
        about=_("The capacity of your teams counts you out on these days. Why is nobody's business."),
        button=_("Enter"),
        back=reverse("sprints:my_work"),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.enter_absence(person, **fields, actor=person)
        return _("You are away from %(start)s to %(end)s.") % _days(made)

    return ask(request, action, AbsenceForm, do)


@form_or_post
def add_for_member(request: HttpRequest, key: str) -> HttpResponse:
    """A member of the team will be away."""
    team = team_to_run(request, key)
    action = Action(
        title=_("Enter an absence"),
        about=_("The capacity of every team that they are in counts them out on these days."),
        button=_("Enter"),
        back=page_of(team),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.enter_absence(actor=viewer(request), **fields)
        return _("%(name)s is away from %(start)s to %(end)s.") % {"name": fields["person"].name, **_days(made)}

    return ask(request, action, lambda *data: MemberAbsenceForm(*data, people=people_of(team)), do)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not take place."""
    for_insiders(viewer(request))
    absence = found(Absence.objects.select_related("person"), pk)
    commands.remove_absence(absence, actor=viewer(request))
    return done(
        request,
        _("The absence from %(start)s to %(end)s is removed.") % _days(absence),
        back=reverse("sprints:my_work"),
    )
