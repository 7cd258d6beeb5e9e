"""How a team is set up: its name and sprints, its people, its columns, its labels. Guests: `team_sharing`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sprints import commands
from sprints.models import Column, Label, Membership, Team
from sprints.queries.standing import working_standing
from sprints.queries.team_pages import team_settings
from sprints.rules.working import may_run
from sprints.team_forms import (
    ColumnForm,
    ColumnGoesForm,
    LabelForm,
    MemberForm,
    NewColumnForm,
    NewMemberForm,
    TeamForm,
)
from sprints.views.teams import (
    crumbs_to,
    for_insiders,
    form_or_post,
    tabs_of,
    team_to_run,
    team_to_see,
)
from workspace.acting import Action, ask, found
from workspace.answers import done, page_or_part
from workspace.organisation.requests import viewer


def page_of(team: Team) -> str:
    """The address of the settings."""
    return reverse("sprints:settings", args=[team.key])


@require_safe
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """The settings, open to everybody inside; buttons are shown to whoever runs the team. At most 10 statements."""
    person = viewer(request)
    for_insiders(person)
    team = team_to_see(request, key)
    runs = bool(may_run(working_standing(person, team.pk)))
    context = {
        "team": team,
        "page": team_settings(team, runs=runs),
        "may": runs and team.archived_at is None,
        "tabs": tabs_of(team, "settings", person),
        "crumbs": crumbs_to(),
        "here": request.path,
    }
    return page_or_part(request, "sprints/settings.html", context, parts={"settings": "sprints/settings_body.html"})


@form_or_post
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Name, description, and how its sprints go."""
    team = team_to_run(request, key)
    action = Action(title=_("Change this team"), about=team.name, button=_("Save"), back=page_of(team))
    names = ("name", "description", "sprint_days", "interrupt_points", "unfinished_to")
    initial = {name: getattr(team, name) for name in names}

    def do(fields: dict[str, Any]) -> str:
        changes, since = fields["changes"], fields["base_version"]
        changed = commands.change_team(team, base_version=since, actor=viewer(request), **changes)
        return _("%(team)s is saved.") % {"team": changed.name}

    return ask(request, action, lambda *data: TeamForm(*data, version=team.version, initial=initial), do)


@require_POST
def archive(request: HttpRequest, key: str) -> HttpResponse:
    """Close the team; its stories and reports stay."""
    team = commands.archive_team(team_to_run(request, key), actor=viewer(request))
    return done(request, _("%(team)s is archived.") % {"team": team.name}, back=page_of(team))


@require_POST
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Open it again."""
    team = commands.reopen_team(team_to_run(request, key), actor=viewer(request))
    return done(request, _("%(team)s is open again.") % {"team": team.name}, back=page_of(team))


@form_or_post
def add_member(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody joins."""
    team = team_to_run(request, key)
    action = Action(
        title=_("Add a member"),
        about=_("Members work on the stories of %(team)s. They may come from any department.") % {"team": team.name},
        button=_("Add"),
        back=page_of(team),
    )

    def do(fields: dict[str, Any]) -> str:
        commands.add_member(team, **_as_member(fields), person=fields["person"], actor=viewer(request))
        return _("%(name)s is in %(team)s now.") % {"name": fields["person"].name, "team": team.name}

    return ask(request, action, NewMemberForm, do)


def _as_member(fields: dict[str, Any]) -> dict[str, Any]:
    return {"role": fields["role"], "allocation": fields["allocation"]}


def _membership(team: Team, pk: int) -> Membership:
    return found(team.memberships.select_related("person"), pk)


@form_or_post
def change_member(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Another role, or another share of their time."""
    team = team_to_run(request, key)
    one = _membership(team, pk)
    action = Action(title=_("Change this member"), about=one.person.name, button=_("Save"), back=page_of(team))
    initial = {"role": one.role, "allocation": one.allocation}

    def do(fields: dict[str, Any]) -> str:
        commands.change_member(team, **_as_member(fields), person=one.person, actor=viewer(request))
        return _("%(name)s is saved.") % {"name": one.person.name}

    return ask(request, action, lambda data=None: MemberForm(data, initial=initial), do)


@require_POST
def remove_member(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Somebody leaves the team."""
    team = team_to_run(request, key)
    one = _membership(team, pk)
    commands.remove_member(team, person=one.person, actor=viewer(request))
    text = _("%(name)s is not in %(team)s any more.") % {"name": one.person.name, "team": team.name}
    return done(request, text, back=page_of(team))


@form_or_post
def add_column(request: HttpRequest, key: str) -> HttpResponse:
    """A column at the end of the board."""
    team = team_to_run(request, key)
    action = Action(
        title=_("Add a column"),
        about=_("It stands last on the board of %(team)s; you can move it.") % {"team": team.name},
        button=_("Add"),
        back=page_of(team),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.add_column(team, **fields, actor=viewer(request))
        return _("The column %(column)s is there.") % {"column": made.name}

    return ask(request, action, NewColumnForm, do)


def _column(team: Team, pk: int) -> Column:
    return found(team.columns.all(), pk)


@form_or_post
def change_column(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Its name, what it means, its WIP limit."""
    team = team_to_run(request, key)
    column = _column(team, pk)
    action = Action(title=_("Change this column"), about=column.name, button=_("Save"), back=page_of(team))
    initial = {
        "name": column.name,
        "category": column.category,
        "wip_limit": column.wip_limit,
        "wip_blocks": "yes" if column.wip_blocks else "no",
    }

    def do(fields: dict[str, Any]) -> str:
        changes, since = fields["changes"], fields["base_version"]
        changed = commands.change_column(column, base_version=since, actor=viewer(request), **changes)
        return _("The column %(column)s is saved.") % {"column": changed.name}

    return ask(request, action, lambda *data: ColumnForm(*data, version=column.version, initial=initial), do)


@form_or_post
def remove_column(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take a column off the board; its stories go to another one."""
    team = team_to_run(request, key)
    column = _column(team, pk)
    others = team.columns.exclude(pk=column.pk).order_by("position", "id")
    n = column.stories.filter(deleted_at__isnull=True).count()
    action = Action(
        title=_("Remove the column %(column)s") % {"column": column.name},
        about=_("Stories in it: %(n)d. They keep their order.") % {"n": n},
        button=_("Remove"),
        back=page_of(team),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.remove_column(column, to=fields["to"], actor=viewer(request))
        names = {"column": column.name, "to": fields["to"].name}
        return _("%(column)s is removed; its stories are in %(to)s.") % names

    return ask(request, action, lambda *data: ColumnGoesForm(*data, columns=others), do)


@require_POST
def move_column(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One place to the left (`to=earlier`) or to the right (`to=later`), or before the column with the id `before`."""
    team = team_to_run(request, key)
    column = _column(team, pk)
    order = list(team.columns.order_by("position", "id"))
    at = order.index(column)
    order.remove(column)
    before = request.POST.get("before", "")
    if before.isdecimal():
        at = next((place for place, one in enumerate(order) if str(one.pk) == before), len(order))
    elif request.POST.get("to") == "last":
        at = len(order)
    else:
        at += 1 if request.POST.get("to") == "later" else -1
    order.insert(min(max(at, 0), len(order)), column)
    commands.order_columns(team, columns=order, actor=viewer(request))
    place = order.index(column) + 1
    text = _("%(column)s is column %(place)d of %(n)d.") % {"column": column.name, "place": place, "n": len(order)}
    return done(request, text, back=page_of(team))


@form_or_post
def add_label(request: HttpRequest, key: str) -> HttpResponse:
    """A word for stories."""
    team = team_to_run(request, key)
    action = Action(
        title=_("Add a label"), about=_("A word that you can put on stories."), button=_("Add"), back=page_of(team)
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.create_label(team, name=fields["name"], tone=fields["tone"], actor=viewer(request))
        return _("The label %(label)s is there.") % {"label": made.name}

    return ask(request, action, LabelForm, do)


def _label(team: Team, pk: int) -> Label:
    return found(team.labels.all(), pk)


@form_or_post
def change_label(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Another word, or another colour."""
    team = team_to_run(request, key)
    label = _label(team, pk)
    action = Action(title=_("Change this label"), about=label.name, button=_("Save"), back=page_of(team))
    initial = {"name": label.name, "tone": label.tone}

    def do(fields: dict[str, Any]) -> str:
        commands.change_label(label, name=fields["name"], tone=fields["tone"], actor=viewer(request))
        return _("The label %(label)s is saved.") % {"label": fields["name"]}

    return ask(request, action, lambda data=None: LabelForm(data, initial=initial), do)


@require_POST
def remove_label(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Take a word off all stories."""
    team = team_to_run(request, key)
    label = _label(team, pk)
    commands.remove_label(label, actor=viewer(request))
    return done(request, _("The label %(label)s is removed.") % {"label": label.name}, back=page_of(team))
