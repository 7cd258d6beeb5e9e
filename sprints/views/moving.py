"""Moving a story: dropped on the board, or sent by the form that everybody can use."""

from __future__ import annotations

import json
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sprints import commands
from sprints.forms import BACKLOG, DropForm, MoveForm
from sprints.models import Column, Sprint, Story
from sprints.queries.board.facts import SprintRow
from sprints.queries.story_page import StoryPage, story_page, story_seen
from sprints.rules.working import may_work
from workspace.acting import Action, ask, take
from workspace.activity.undoing import noting
from workspace.answers import done_undoably, undo_address
from workspace.organisation.requests import viewer

_SIGNER = Signer(salt="sprints.card")


def ref_of(story_id: int, team_id: int) -> str:
    """What a card says of itself when it is dropped, so that nothing has to be read to know what is meant."""
    return _SIGNER.sign(f"{story_id}.{team_id}")


def _meant(ref: str) -> Story | None:
    try:
        story_id, _dot, team_id = _SIGNER.unsign(ref).partition(".")
    except BadSignature:
        return None
    return Story(pk=int(story_id), team_id=int(team_id))


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show where the story can go (GET), or move it (POST): by the form, or to where its card was dropped.

    A drop takes the statements of the command beside session and person: the card carries what it is. The command
    decides; it reads the story again.
    """
    person = viewer(request)
    if request.method == "POST" and "place" not in request.POST and "sprint" not in request.POST:
        return _drop(request, key, number)
    page = story_page(story_seen(person, key, number), person)
    may_work(page.standing).or_not_allowed()
    story = page.story
    action = Action(
        title=_("Move %(code)s") % {"code": story.code},
        about=story.title,
        button=_("Move"),
        back=f"{story.team.get_absolute_url()}",
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        column = Column(pk=fields["column"], team_id=story.team_id)
        sprint = sprint_named(fields["sprint"], page.sprints, story.team_id)
        first = _first(story, column, sprint) if fields["place"] == "start" else None
        with noting() as events:
            moved = commands.move_story(story, column=column, sprint=sprint, before=first, actor=person)
        return done_undoably(request, _where(moved), events, back=action.back)

    return ask(request, action, lambda *data: _form(page, *data), do)


def _drop(request: HttpRequest, key: str, number: int) -> HttpResponse:
    person = viewer(request)
    fields = take(DropForm(request.POST))
    story = None if person.is_guest else _meant(fields["ref"])
    if story is None:
        story = story_seen(person, key, number)
    column = Column(pk=fields["column"])
    with noting() as events:
        moved = commands.move_story(story, column=column, after=fields["after"], before=fields["before"], actor=person)
    if not events:
        return HttpResponse(status=204)
    toast = {"text": _where(moved), "tone": "good", "undo": undo_address(events)}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})


def _where(story: Story) -> str:
    """Where a story is now, in words."""
    sprint = _("the backlog") if story.sprint is None else str(story.sprint)
    return _("%(code)s is in “%(column)s”, %(where)s.") % {
        "code": story.code, "column": story.column.name, "where": sprint,
    }  # fmt: skip


def _form(page: StoryPage, *data: Any) -> MoveForm:
    story = page.story
    where = {"column": story.column_id, "sprint": story.sprint.number if story.sprint else BACKLOG, "place": "end"}
    return MoveForm(*data, columns=page.columns, sprints=page.sprints, initial=where)


def sprint_named(number: str, sprints: list[SprintRow] | Any, team_id: int) -> Sprint | None:
    """The sprint of this number among those that a form offered; None for the backlog."""
    if number == BACKLOG:
        return None
    row = next(one for one in sprints if str(one.number) == number)
    return Sprint(pk=row.id, team_id=team_id, number=row.number, state=row.state)


def _first(story: Story, column: Column, sprint: Sprint | None) -> Story | None:
    there = Story.objects.present().filter(team=story.team_id, column=column.pk, sprint=sprint)
    return there.exclude(pk=story.pk).order_by("rank").first()
