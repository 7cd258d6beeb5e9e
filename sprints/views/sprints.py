"""The sprints of a team: the list, one of them, and planning, starting and closing them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sprints import commands
from sprints.models import Sprint, Team
from sprints.planning_forms import CloseSprintForm, NewSprintForm, SprintForm, StartSprintForm
from sprints.queries.board import board_team
from sprints.queries.capacity import velocity_of
from sprints.queries.sprint_page import sprint_lines, sprint_seen, sprint_state, sprints_of
from sprints.queries.sprint_steps import at_close, at_start, proposed_days
from sprints.views.teams import crumbs_to, form_or_post, go_to, tabs_of, team_to_run
from workspace.acting import Action, ask
from workspace.answers import page_or_part, way_back
from workspace.organisation.requests import viewer

PER_PAGE = 50


def _list_of(team: Team) -> str:
    return reverse("sprints:sprints", args=[team.key])


def _page_of(sprint: Sprint) -> str:
    return reverse("sprints:sprint", args=[sprint.team.key, sprint.number])


def _backlog_of(team: Team) -> str:
    return reverse("sprints:backlog", args=[team.key])


@require_safe
def sprints(request: HttpRequest, key: str) -> HttpResponse:
    """All sprints of a team, the newest first, with what was committed and done. 7 statements."""
    person = viewer(request)
    seen = board_team(person, key)
    page = Paginator(sprints_of(seen.team), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "team": seen.team,
        "may": seen.runs,
        "page": page,
        "rows": sprint_lines(list(page.object_list)),
        "velocity": velocity_of(seen.team),
        "tabs": tabs_of(seen.team, "sprints", person),
        "crumbs": crumbs_to(),
    }
    return page_or_part(request, "sprints/sprints.html", context, parts={"sprints": "sprints/sprints_list.html"})


@require_safe
def sprint(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The report of a closed sprint, the state of an open one. At most 8 statements."""
    person = viewer(request)
    seen = board_team(person, key)
    shown = sprint_seen(seen.team, number)
    context = {
        "team": seen.team,
        "may": seen.runs,
        "state": sprint_state(shown),
        "sprint": shown,
        "tabs": tabs_of(seen.team, "sprints", person),
        "crumbs": [*crumbs_to(seen.team), (_("Sprints"), _list_of(seen.team))],
        "here": request.path,
    }
    return page_or_part(request, "sprints/sprint.html", context, parts={"sprint": "sprints/sprint_body.html"})


@form_or_post
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """A sprint after those that are there."""
    team = team_to_run(request, key)
    starts_on, ends_on = proposed_days(team)
    action = Action(
        title=_("New sprint"),
        about=_("It is planned: stories can be put into it, and it starts when you say so."),
        button=_("Plan it"),
        back=_backlog_of(team),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.plan_sprint(team, **fields, actor=viewer(request))
        return _("%(sprint)s is planned.") % {"sprint": made}

    initial = {"starts_on": starts_on, "ends_on": ends_on}
    return ask(request, action, lambda data=None: NewSprintForm(data, initial=initial), do)


def _sprint(request: HttpRequest, key: str, number: int) -> Sprint:
    """A sprint of a team that the viewer runs: 3 statements. Raises Unknown or NotAllowed."""
    return sprint_seen(team_to_run(request, key), number)


@form_or_post
def change(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Goal, days, and budget for unplanned work."""
    sprint = _sprint(request, key, number)
    action = Action(
        title=_("Change %(sprint)s") % {"sprint": sprint},
        about=sprint.team.name,
        button=_("Save"),
        back=_backlog_of(sprint.team),
    )
    initial = {name: getattr(sprint, name) for name in ("goal", "starts_on", "ends_on", "interrupt_points")}

    def do(fields: dict[str, Any]) -> str:
        changes, since = fields["changes"], fields["base_version"]
        changed = commands.change_sprint(sprint, base_version=since, actor=viewer(request), **changes)
        return _("%(sprint)s is saved.") % {"sprint": changed}

    return ask(request, action, lambda *data: SprintForm(*data, version=sprint.version, initial=initial), do)


@form_or_post
def remove(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A planned sprint does not take place."""
    sprint = _sprint(request, key, number)
    n = sprint.stories.filter(deleted_at__isnull=True).count()
    action = Action(
        title=_("Remove %(sprint)s") % {"sprint": sprint},
        about=_("Stories in it: %(n)d. They go to the backlog and keep their order.") % {"n": n},
        button=_("Remove"),
        back=_backlog_of(sprint.team),
        kind="danger",
    )
    name = str(sprint)

    def do(_fields: dict[str, Any]) -> str:
        commands.remove_sprint(sprint, actor=viewer(request))
        return _("%(sprint)s is removed.") % {"sprint": name}

    return ask(request, action, lambda *data: StartSprintForm(*data, told=None), do)


@form_or_post
def start(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Begin: what is in it now is the commitment."""
    sprint = _sprint(request, key, number)
    action = Action(
        title=_("Start %(sprint)s") % {"sprint": sprint},
        about=_("What is in it now is frozen as the commitment of the team; later changes are told apart from it."),
        button=_("Start the sprint"),
        back=_backlog_of(sprint.team),
    )

    def do(_fields: dict[str, Any]) -> str:
        started = commands.start_sprint(sprint, actor=viewer(request))
        return _("%(sprint)s has started.") % {"sprint": started}

    return ask(request, action, lambda *data: StartSprintForm(*data, told=at_start(sprint)), do)


@form_or_post
def close(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """End it: the report is frozen, unfinished stories move on. Leads to the report."""
    sprint = _sprint(request, key, number)
    told = at_close(sprint)
    action = Action(
        title=_("Close %(sprint)s") % {"sprint": sprint},
        about=_("Its report is frozen. A closed sprint stays closed."),
        button=_("Close the sprint"),
        back=way_back(request, _backlog_of(sprint.team)),
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        closed = commands.close_sprint(sprint, unfinished_to=fields["unfinished_to"], actor=viewer(request))
        return go_to(request, _page_of(closed), _("%(sprint)s is closed.") % {"sprint": closed})

    def make(*data: Any) -> CloseSprintForm:
        initial = {"unfinished_to": told.proposed}
        return CloseSprintForm(*data, told=told, choices=told.choices, initial=initial)

    return ask(request, action, make, do)
