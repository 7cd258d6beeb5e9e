"""The list of teams, making one, and what the pages of a team have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sprints import commands
from sprints.models import Team
from sprints.queries.standing import working_standing
from sprints.queries.team_pages import team_cards, team_seen, teams_of
from sprints.rules.working import may_create_team, may_run
from sprints.team_forms import NewTeamForm
from workspace.acting import Action, ask
from workspace.answers import page_or_part
from workspace.errors import Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

PER_PAGE = 50
form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def for_insiders(person: Person) -> None:
    """Let nobody in who sees only what they were invited to. Raises Unknown."""
    if person.is_guest:
        raise Unknown(
            _("This page is for people of the house."), next_step=_("Ask whoever invited you to share a team.")
        )


def team_to_see(request: HttpRequest, key: str) -> Team:
    """The team of an address, for whoever may see it: 1 statement. Raises Unknown."""
    return team_seen(viewer(request), key)


def team_to_run(request: HttpRequest, key: str) -> Team:
    """The team of an address, for whoever runs it: 2 statements. Raises Unknown, for guests as well, or NotAllowed."""
    person = viewer(request)
    for_insiders(person)
    team = team_seen(person, key)
    may_run(working_standing(person, team.pk)).or_not_allowed()
    return team


def go_to(request: HttpRequest, url: str, text: str) -> HttpResponse:
    """Lead to another page, and say there what was done."""
    messages.success(request, text)
    return HttpResponse(headers={"HX-Redirect": url}) if getattr(request, "htmx", False) else redirect(url)


def crumbs_to(team: Team | None = None) -> list[tuple[str, str]]:
    """The way to a team's own pages."""
    crumbs = [(_("Teams"), reverse("sprints:teams"))]
    return crumbs if team is None else [*crumbs, (team.name, team.get_absolute_url())]


def tabs_of(team: Team, current: str, person: Person) -> list[dict[str, object]]:
    """The pages of a team, side by side. `current`: the route of the one that is shown."""
    pages = [
        ("board", _("Board"), "columns-3"),
        ("backlog", _("Backlog"), "list-ordered"),
        ("sprints", _("Sprints"), "calendar-range"),
    ]
    if not person.is_guest:
        pages.append(("settings", _("Settings"), "settings-2"))
    return [
        {"label": label, "url": reverse(f"sprints:{route}", args=[team.key]), "icon": icon, "current": route == current}
        for route, label, icon in pages
    ]


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The teams of the viewer, then the others; `?show=archived` those that are closed. At most 9 statements."""
    person = viewer(request)
    archived = request.GET.get("show") == "archived" and not person.is_guest
    visible = Team.objects.visible_to(person)
    mine = [] if archived else list(teams_of(person).order_by("name"))
    others = visible.filter(archived_at__isnull=not archived).exclude(pk__in=[team.pk for team in mine])
    page = Paginator(others.order_by("name"), PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    cards = team_cards([*mine, *listed])
    context = {
        "mine": cards[: len(mine)],
        "others": cards[len(mine) :],
        "page": page,
        "archived": archived,
        "is_guest": person.is_guest,
        "may_create": not person.is_guest and bool(may_create_team(standing_of(person))),
        "views": _views(archived=archived),
    }
    return page_or_part(request, "sprints/teams.html", context, parts={"teams": "sprints/teams_list.html"})


def _views(*, archived: bool) -> list[dict[str, object]]:
    url = reverse("sprints:teams")
    return [
        {"label": _("Open"), "url": url, "current": not archived},
        {"label": _("Archived"), "url": f"{url}?show=archived", "current": archived},
    ]


@form_or_post
def create(request: HttpRequest) -> HttpResponse:
    """A new team; whoever makes it is its product owner."""
    person = viewer(request)
    for_insiders(person)
    may_create_team(standing_of(person)).or_not_allowed()
    action = Action(
        title=_("New team"),
        about=_("You become its product owner. Its people and columns come next."),
        button=_("Create the team"),
        back=reverse("sprints:teams"),
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        team = commands.create_team(
            fields["name"], key=fields["key"], sprint_days=fields["sprint_days"], actor=viewer(request)
        )
        text = _("%(team)s is there. Add its people now.") % {"team": team.name}
        return go_to(request, reverse("sprints:settings", args=[team.key]), text)

    return ask(request, action, NewTeamForm, do)
