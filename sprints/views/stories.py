"""The page and panel of a story, its fields one by one, and making and deleting stories."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sprints import commands
from sprints.forms import MANY, FieldForm, NewStoryForm, NothingForm
from sprints.models import Column, Sprint, Story
from sprints.queries.field_values import FIELDS
from sprints.queries.story_page import StoryPage, story_page, story_seen
from sprints.rules.stories import FIELD_NAMES
from sprints.rules.working import may_work
from sprints.views.board import Board, open_board
from sprints.views.moving import sprint_named
from workspace.acting import Action, ask
from workspace.activity.queries.history import history_of
from workspace.activity.undoing import noting
from workspace.answers import CHANGED, asks_for, done, done_undoably, page_or_part, way_back
from workspace.errors import RuleBroken, StaleWrite, Unknown
from workspace.organisation.requests import reader, viewer

PARTS = {"panel": "sprints/story_panel.html", "story": "sprints/story_body.html"}
HISTORY_SHOWN = 30
# In the order of the page: what is seen at once, and what is said about the work.
FACT_FIELDS = (
    "kind", "points", "assignees", "labels", "due_on", "publish_on", "channel", "horizon", "initiative",
    "blocked_reason", "unplanned_reason",
)  # fmt: skip
TEXT_FIELDS = ("hypothesis", "metric", "result")
SHOWN_ELSEWHERE = ("description", "blocked_reason", "unplanned_reason")
"""Fields that the page also shows in another place than where they are written."""


def story_of(request: HttpRequest, key: str, number: int) -> Story:
    """The story of an address, for whoever may see it: 1 statement. Raises Unknown."""
    return story_seen(viewer(request), key, number)


def context_of(request: HttpRequest, page: StoryPage) -> dict[str, Any]:
    """What the templates of a story take."""
    story = page.story
    team = story.team
    sprint = f"?sprint={story.sprint.number}" if story.sprint else ""
    fields = {name: FieldForm(name=name, page=page) for name in FIELDS} if page.works else {}
    return {
        "page": page,
        "story": story,
        "code": story.code,
        "url": story.get_absolute_url(),
        "board_url": f"{team.get_absolute_url()}{sprint}",
        "crumbs": [(_("Teams"), reverse("sprints:teams")), (team.name, f"{team.get_absolute_url()}{sprint}")],
        "facts": [_block(name, page, fields.get(name)) for name in FACT_FIELDS],
        "texts": [_block(name, page, fields.get(name)) for name in TEXT_FIELDS],
        "title": _block("title", page, fields.get("title")),
        "description": _block("description", page, fields.get("description")),
        "in_panel": asks_for(request) == "panel",
    }


def _block(name: str, page: StoryPage, form: FieldForm | None, **more: Any) -> dict[str, Any]:
    """A field as its template takes it: its form where the viewer may change it, and what it says."""
    return {
        "name": name,
        "label": str(FIELD_NAMES[name]).capitalize(),
        "form": form,
        "field": form[name] if form is not None else None,
        "shown": _shown(name, page),
        **more,
    }


def _shown(name: str, page: StoryPage) -> Any:
    story = page.story
    if name == "assignees":
        return ", ".join(person.name for person in page.assignees)
    if name == "labels":
        return ", ".join(label.name for label in page.labels)
    if name == "kind":
        return Story.Kind(story.kind).label
    if name == "horizon":
        return Story.Horizon(story.horizon).label if story.horizon else ""
    if name == "initiative":
        return story.initiative.name if story.initiative else ""
    if name == "points":
        return "" if story.points is None else f"{story.points.normalize():f}"
    return getattr(story, name, "") or ""


@require_safe
def story(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The story as its own page, or as the panel of a board: 4 statements, 5 where somebody elsewhere is mentioned."""
    page = story_page(story_of(request, key, number), viewer(request))
    return page_or_part(request, "sprints/story.html", context_of(request, page), parts=PARTS)


@require_safe
def history(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What happened to the story and to what hangs on it, the newest first; `?before=ID` goes on backwards."""
    shown = story_of(request, key, number)
    before = request.GET.get("before", "")
    entries = history_of(
        {Story.NOUN: [shown.pk]},
        limit=HISTORY_SHOWN + 1,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        reader=reader(request),
    )
    context = {
        "story": shown,
        "entries": entries[:HISTORY_SHOWN],
        "before": entries[HISTORY_SHOWN - 1].id if len(entries) > HISTORY_SHOWN else None,
        "url": reverse("sprints:story_history", args=[shown.team.key, shown.number]),
        "crumbs": [(shown.team.name, shown.team.get_absolute_url()), (shown.code, shown.get_absolute_url())],
    }
    parts = {"story-history": "sprints/story_history_list.html"}
    return page_or_part(request, "sprints/story_history.html", context, parts=parts)


# --- Changing a field -------------------------------------------------------------------------------------------------


@require_POST
def edit(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Change the field that `field` names. htmx gets the field back, with the new version beside it.

    A value that cannot be taken comes back with what was typed and why (422); one that somebody else has changed
    since, with what was typed and what it has become (409): sent again, it stands.
    """
    person = viewer(request)
    page = story_page(story_of(request, key, number), person)
    may_work(page.standing).or_not_allowed()
    name = request.POST.get("field", "")
    if name not in FIELDS:
        raise Unknown(_("A story has no field “%(field)s”.") % {"field": name[:40]})
    typed = request.POST.copy()
    # A form that was sent without a script knows the version of the page alone.
    typed.setdefault("base_version", typed.get("base_version_form", ""))
    form = FieldForm(typed, name=name, page=page)
    status = 200
    if not form.is_valid():
        status = 422
    else:
        fields = {name: form.cleaned_data[name]}
        try:
            commands.change_story(page.story, base_version=form.cleaned_data["base_version"], actor=person, **fields)
        except RuleBroken as refusal:
            form.add_error(name, str(refusal))
            status = 422
        except StaleWrite as refusal:
            typed["base_version"] = str(refusal.version)
            form = FieldForm(typed, name=name, page=page)
            form.add_error(name, f"{refusal} {_now(name, page)}")
            status = 409
    if status == 200:
        page = story_page(story_of(request, key, number), person)
        if not getattr(request, "htmx", False):
            return done(request, _("Saved."), back=page.story.get_absolute_url())
        form = FieldForm(name=name, page=page)
    block = _block(name, page, form, is_saved=status == 200)
    context = context_of(request, page) | {"block": block, "is_answer": True}
    if not getattr(request, "htmx", False):
        return render(request, "sprints/story_field_page.html", context, status=status)
    response = render(request, "sprints/story_field.html", context, status=status)
    if status == 200:
        triggers: dict[str, Any] = {"story-saved": {"story": page.story.pk}}
        if name in SHOWN_ELSEWHERE:
            triggers[CHANGED] = {"live": True}  # waits for who types in another field of the story
        response.headers["HX-Trigger"] = json.dumps(triggers)
    return response


def _now(name: str, page: StoryPage) -> str:
    """What a field that somebody else has changed says now, as far as a line takes it."""
    text = Truncator(str(_shown(name, page) or _("nothing"))).chars(200)
    return _("It says now: %(value)s") % {"value": text}


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say what blocks the story; nothing typed means that nothing does any more."""
    held = story_of(request, key, number)
    page = story_page(held, viewer(request))
    may_work(page.standing).or_not_allowed()
    action = Action(
        title=_("What blocks %(code)s?") % {"code": held.code},
        about=_("%(title)s. Leave it empty when nothing blocks it any more.") % {"title": held.title},
        button=_("Save"),
        back=held.get_absolute_url(),
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        with noting() as events:
            commands.change_story(held, actor=viewer(request), blocked_reason=fields["blocked_reason"])
        text = _("%(code)s is blocked.") if fields["blocked_reason"] else _("%(code)s is not blocked.")
        return done_undoably(request, text % {"code": held.code}, events, back=action.back)

    return ask(request, action, lambda *data: FieldForm(*data, name="blocked_reason", page=page), do)


# --- Making and deleting ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Create a story: by the form, or by its title alone below a column (then `quick` is sent, and its id comes back).

    `?unplanned=yes` asks why it cannot wait, `?sprint=N` puts it into that sprint.
    """
    opened = open_board(request, key)
    may_work(opened.team.standing).or_not_allowed()
    team, facts = opened.team.team, opened.facts
    unplanned = "unplanned" in request.GET or "unplanned_reason" in request.POST
    if request.POST.get("quick"):
        return _quick(request, opened)
    action = Action(
        title=_("New interrupt") if unplanned else _("New story"),
        about=_("Work that nobody had planned, and that cannot wait for the next sprint.")
        if unplanned
        else _("Only the title is needed; everything else can wait."),
        button=_("Create"),
        back=team.get_absolute_url(),
    )

    def do(fields: dict[str, Any]) -> str:
        sprint = sprint_named(fields["sprint"], facts.sprints, team.pk) if fields["sprint"] else None
        column = Column(pk=fields["column"], team_id=team.pk) if fields["column"] else None
        given = {name: fields[name] for name in ("kind", "points", *MANY[:2], "unplanned_reason") if fields.get(name)}
        made = commands.create_story(
            team, title=fields["title"], column=column, sprint=sprint, actor=viewer(request), **given
        )
        return _("Created: %(code)s %(title)s") % {"code": made.code, "title": made.title}

    start = {"sprint": facts.sprint.number if facts.sprint and not facts.sprint.is_closed else "backlog"}

    def make(*data: Any) -> NewStoryForm:
        return NewStoryForm(*data, facts=facts, unplanned=unplanned, initial=start)

    return ask(request, action, make, do)


def _quick(request: HttpRequest, opened: Board) -> HttpResponse:
    team, facts = opened.team.team, opened.facts
    form = NewStoryForm(request.POST, facts=facts)
    if not form.is_valid():
        raise RuleBroken(" ".join(str(error) for errors in form.errors.values() for error in errors))
    fields = form.cleaned_data
    sprint: Sprint | None = sprint_named(fields["sprint"], facts.sprints, team.pk) if fields["sprint"] else None
    column = Column(pk=fields["column"], team_id=team.pk) if fields["column"] else None
    made = commands.create_story(team, title=fields["title"], column=column, sprint=sprint, actor=viewer(request))
    if not getattr(request, "htmx", False):
        return redirect(way_back(request, team.get_absolute_url()))
    return HttpResponse(status=201, headers={"HX-Trigger": json.dumps({"story-saved": {"story": made.pk}})})


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Delete a story. It can be brought back for 30 days."""
    held = story_of(request, key, number)
    page = story_page(held, viewer(request))
    may_work(page.standing).or_not_allowed()
    action = Action(
        title=_("Delete %(code)s?") % {"code": held.code},
        about=_("%(title)s. It can be brought back for 30 days.") % {"title": held.title},
        button=_("Delete"),
        back=held.team.get_absolute_url(),
        kind="danger",
    )

    def do(_fields: dict[str, Any]) -> HttpResponse:
        with noting() as events:
            commands.delete_story(held, actor=viewer(request))
        text = _("Deleted: %(code)s %(title)s") % {"code": held.code, "title": held.title}
        return done_undoably(request, text, events, back=action.back)

    return ask(request, action, NothingForm, do)


@require_POST
def restore(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Bring a deleted story back."""
    person = viewer(request)
    gone = Story.objects.filter(team__key=key, number=number, deleted_at__isnull=False).select_related("team").first()
    if gone is None or person.is_guest:
        raise Unknown(_("There is no deleted story %(code)s.") % {"code": f"{key[:20]}-{number}"})
    back = commands.restore_story(gone, actor=person)
    return done(request, _("%(code)s is back.") % {"code": back.code}, back=back.get_absolute_url())
