"""Many stories of a board at once, and the views of it that a person saves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sprints import commands
from sprints.filters import BOARD_FILTERS, views_page
from sprints.forms import AssignForm, LabelForm, MoveForm, NothingForm, PointsForm, TogetherForm, ViewNameForm, chosen
from sprints.models import Column, Story
from sprints.queries.board import board_team
from sprints.rules.working import may_work
from sprints.views.board import Board, open_board
from sprints.views.moving import sprint_named
from workspace.acting import DIALOG, Action, ask, found
from workspace.activity.undoing import noting
from workspace.answers import asks_for, done_undoably, page_or_part, way_back
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.commands.saved_views import delete_view, rename_view, save_view
from workspace.organisation.models import SavedView
from workspace.organisation.requests import viewer
from workspace.organisation.rules.saved_views import only_filters

AT_MOST = 500
"""So many stories go at once."""
form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _titles() -> dict[str, tuple[str, str, str]]:
    """By action: the title of the form, its button, and its kind."""
    return {
        "move": (_("Move"), _("Move"), "primary"),
        "assign": (_("Assign"), _("Assign"), "primary"),
        "label": (_("Label"), _("Label"), "primary"),
        "points": (_("Points"), _("Save"), "primary"),
        "delete": (_("Delete"), _("Delete"), "danger"),
    }


@require_POST
def change_together(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """Do something with the chosen stories: first what has to be filled in, then what became of it; all or none."""
    opened = open_board(request, key)
    may_work(opened.team.standing).or_not_allowed()
    if action not in _titles():
        raise Unknown(_("Stories cannot be changed by “%(action)s”.") % {"action": action[:40]})
    stories = _chosen(request, opened)
    form = _form(request, action, opened)
    back = way_back(request, opened.team.team.get_absolute_url())
    if not form.is_bound or not form.is_valid():
        return _show(request, action, form, stories, back, status=422 if form.is_bound else 200)
    try:
        with noting() as events:
            text = _do(request, action, form.cleaned_data, stories, opened)
    except RuleBroken as refusal:
        form.add_error(None, str(refusal))
        return _show(request, action, form, stories, back, status=refusal.status)
    response = done_undoably(request, text, events, back=back)
    if "HX-Trigger" in response.headers:
        response.headers["HX-Trigger"] = json.dumps(json.loads(response.headers["HX-Trigger"]) | {"chosen-done": {}})
    return response


def _chosen(request: HttpRequest, opened: Board) -> list[Story]:
    sent = [*request.POST.getlist("story"), *request.POST.get("stories", "").split(",")]
    refs = list(dict.fromkeys(ref for ref in sent if ref))
    if len(refs) > AT_MOST:
        raise RuleBroken(
            _("%(n)d stories are too many at once.") % {"n": len(refs)},
            next_step=_("Choose at most %(n)d.") % {"n": AT_MOST},
        )
    stories = chosen(Story.objects.present().filter(team=opened.team.team), ",".join(refs))
    if not stories:
        raise RuleBroken(_("No story is chosen."), next_step=_("Choose at least one, then press the button again."))
    return stories


def _form(request: HttpRequest, action: str, opened: Board) -> forms.Form:
    data = request.POST if request.POST.get("sent") else None
    facts = opened.facts
    kinds: dict[str, Callable[[], forms.Form]] = {
        "move": lambda: MoveForm(data, columns=facts.columns, sprints=facts.sprints, keeps=True),
        "assign": lambda: AssignForm(data, facts=facts),
        "label": lambda: LabelForm(data, facts=facts),
        "points": lambda: PointsForm(data, facts=facts),
        "delete": lambda: TogetherForm(data, facts=facts),
    }
    return kinds[action]()


def _show(
    request: HttpRequest, action: str, form: forms.Form, stories: list[Story], back: str, *, status: int
) -> HttpResponse:
    title, button, kind = _titles()[action]
    count = ngettext("%(n)d story", "%(n)d stories", len(stories)) % {"n": len(stories)}
    form.auto_id = "action_%s"
    names = [f"{story.code} {story.title}" for story in stories[:10]]
    context = {
        "action": Action(title=f"{title}: {count}", about="", button=button, back=back, kind=kind),
        "form": form,
        "names": names,
        "more": len(stories) - len(names),
        "refs": ",".join(str(story.pk) for story in stories),
        "back": back,
        "in_dialog": asks_for(request) == DIALOG,
    }
    parts = {DIALOG: "sprints/together_dialog.html"}
    return page_or_part(request, "sprints/together.html", context, parts=parts, status=status)


def _do(request: HttpRequest, action: str, fields: dict[str, Any], stories: list[Story], opened: Board) -> str:
    person, team = viewer(request), opened.team.team
    n = {"n": len(stories)}
    if action == "delete":
        commands.delete_stories(stories, actor=person)
        return ngettext("%(n)d story is deleted.", "%(n)d stories are deleted.", len(stories)) % n
    if action == "move":
        kept = commands.KEEP if not fields["sprint"] else None
        sprint = kept or sprint_named(fields["sprint"], opened.facts.sprints, team.pk)
        column = Column(pk=fields["column"], team_id=team.pk) if fields["column"] else None
        commands.move_stories(stories, column=column, sprint=sprint, actor=person)
        return ngettext("%(n)d story is moved.", "%(n)d stories are moved.", len(stories)) % n
    field = {"assign": "assignees", "label": "labels", "points": "points"}[action]
    commands.change_stories(stories, actor=person, **{field: fields[field]})
    return ngettext("%(n)d story is changed.", "%(n)d stories are changed.", len(stories)) % n


# --- Saved views ------------------------------------------------------------------------------------------------------


@form_or_post
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the filters and lanes of the address, or of the form, under a name."""
    person = viewer(request)
    board = board_team(person, key)
    team = board.team
    wanted = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    query = only_filters(dict(wanted.lists()), BOARD_FILTERS)
    action = Action(
        title=_("Save this view"),
        about=_("These filters and lanes will stand in the menu of views."),
        button=_("Save"),
        back=f"{team.get_absolute_url()}?{query}",
    )

    def do(fields: dict[str, Any]) -> str:
        view = save_view(
            fields["name"],
            page=views_page(team.pk),
            query=query,
            filters=BOARD_FILTERS,
            is_shared=fields.get("is_shared", False),
            actor=person,
        )
        return _("Saved: %(name)s.") % {"name": view.name}

    def make(*data: Any) -> ViewNameForm:
        return ViewNameForm(data[0] if data else None, initial={"query": query}, can_share=board.works)

    return ask(request, action, make, do)


def _view(request: HttpRequest, key: str, pk: int) -> tuple[SavedView, bool]:
    """A view that is the viewer's to change, and whether they look after those that the team shares."""
    board = board_team(viewer(request), key)
    own = Q(person=viewer(request))
    is_theirs = own | Q(is_shared=True) if board.runs else own
    return found(SavedView.objects.filter(is_theirs, page=views_page(board.team.pk)), pk), board.runs


@form_or_post
def rename(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Give one's own view another name; whoever runs the team does it for the shared ones too."""
    view, runs = _view(request, key, pk)
    back = f"{reverse('sprints:board', args=[key])}?{view.query}"
    action = Action(title=_("Rename this view"), about=view.name, button=_("Rename"), back=back)

    def do(fields: dict[str, Any]) -> str:
        renamed = rename_view(view, name=fields["name"], keeps_shared=runs, actor=viewer(request))
        return _("Renamed: %(name)s.") % {"name": renamed.name}

    def make(*data: Any) -> ViewNameForm:
        return ViewNameForm(data[0] if data else None, initial={"name": view.name, "query": view.query})

    return ask(request, action, make, do)


@form_or_post
def forget(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Forget one's own view; whoever runs the team forgets shared ones too."""
    view, runs = _view(request, key, pk)
    action = Action(
        title=_("Delete this view"), about=view.name, button=_("Delete"), back=reverse("sprints:board", args=[key]),
        kind="danger",
    )  # fmt: skip

    def do(_fields: dict[str, Any]) -> str:
        delete_view(view, keeps_shared=runs, actor=viewer(request))
        return _("Deleted: %(name)s.") % {"name": view.name}

    return ask(request, action, NothingForm, do)
