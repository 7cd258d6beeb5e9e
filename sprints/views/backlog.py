"""The backlog and planning page of a team, and what one does there with its stories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sprints import commands
from sprints.models import Sprint, Story, Team
from sprints.planning_forms import DropForm, PlaceForm, PointsForm, QuickAddForm
from sprints.queries.backlog import PORTION, PlanRow, backlog_page, in_backlog, open_sprints
from sprints.queries.board import BoardTeam, board_team
from sprints.rules.working import may_work
from sprints.views.cards import KIND_ICONS
from sprints.views.teams import crumbs_to, form_or_post, tabs_of
from sprints.views.unchanged import etag_of, not_modified, with_etag
from workspace.acting import Action, ask, take
from workspace.activity.queries.changes import change_mark
from workspace.activity.undoing import noting
from workspace.answers import done_undoably, page_or_part
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.requests import viewer

AT_MOST = 500
"""So many stories are moved at once."""


def _address(team: Team) -> str:
    return reverse("sprints:backlog", args=[team.key])


@require_safe
def backlog(request: HttpRequest, key: str) -> HttpResponse:
    """Open sprints and the backlog; `?shown=400` shows two portions of it. At most 12 statements, whatever is in it."""
    # Absences and names belong to no team: any event may change the page. The mark is read before what it marks.
    person, mark = viewer(request), change_mark()
    seen = board_team(person, key)
    etag = etag_of(request, person, mark, seen.works, seen.runs)
    if (unchanged := not_modified(request, etag)) is not None:
        return unchanged
    wanted = request.GET.get("shown", "")
    page = backlog_page(seen.team, upto=int(wanted) if wanted.isdecimal() and len(wanted) < 6 else PORTION)
    name_rows(page.every_row)
    context = {
        "team": seen.team,
        "page": page,
        "works": seen.works,
        "runs": seen.runs,
        "is_guest": person.is_guest,
        "tabs": tabs_of(seen.team, "backlog", person),
        "crumbs": crumbs_to(),
        "here": request.path,
    }
    response = page_or_part(request, "sprints/backlog.html", context, parts={"backlog": "sprints/backlog_body.html"})
    return with_etag(response, etag)


def name_rows(rows: Sequence[PlanRow]) -> None:
    """Say how each line and what is in it is called; the words are looked up once."""
    kinds = {kind.value: {"kind": str(kind.label).capitalize(), "icon": KIND_ICONS[kind]} for kind in Story.Kind}
    choose, points, move_to = _("Choose %(code)s"), _("Points of %(code)s"), _("Move %(code)s to…")
    for row in rows:
        code = {"code": row.code}
        row.words = {"choose": choose % code, "points": points % code, "move": move_to % code, **kinds[row.facts.kind]}


def _team_to_work(request: HttpRequest, key: str) -> BoardTeam:
    """The team of an address, for whoever works in it: 1 statement. Raises Unknown or NotAllowed."""
    seen = board_team(viewer(request), key)
    may_work(seen.standing).or_not_allowed()
    return seen


def _story(team: Team, number: int) -> Story:
    story = Story.objects.present().filter(team=team, number=number).select_related("team", "sprint", "column").first()
    if story is None:
        raise Unknown(
            _("There is no story %(key)s-%(number)s.") % {"key": team.key, "number": number},
            next_step=_("Load the page again."),
        )
    return story


def _sprint(team: Team, number: int | None) -> Sprint | None:
    """The sprint of the team with this number; None and 0 are the backlog. Raises RuleBroken."""
    if not number:
        return None
    sprint = team.sprints.filter(number=number).first()
    if sprint is None:
        raise RuleBroken(
            _("%(team)s has no sprint %(number)s.") % {"team": team.name, "number": number},
            next_step=_("Choose another sprint, or the backlog."),
        )
    return sprint


def _name_of(sprint: Sprint | None) -> str:
    return str(sprint) if sprint else _("the backlog")


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    """A new story, last in a sprint or in the backlog."""
    team = _team_to_work(request, key).team
    fields = take(QuickAddForm(request.POST))
    sprint = _sprint(team, fields["sprint"])
    with noting() as events:
        made = commands.create_story(team, title=fields["title"], sprint=sprint, actor=viewer(request))
    text = _("%(code)s is in %(where)s, at the end.") % {"code": made.code, "where": _name_of(sprint)}
    return done_undoably(request, text, events, back=_address(team))


@require_POST
def estimate(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Give a story points, or take them away."""
    team = _team_to_work(request, key).team
    story = _story(team, number)
    fields = take(PointsForm(request.POST))
    with noting() as events:
        commands.change_story(story, points=fields["points"], actor=viewer(request))
    text = _("%(code)s is estimated.") % {"code": story.code}
    return done_undoably(request, text, events, back=_address(team))


@require_POST
def schedule(request: HttpRequest, key: str) -> HttpResponse:
    """Put the stories that were chosen into a sprint, or into the backlog (`sprint=0`), at the end, in their order."""
    team = _team_to_work(request, key).team
    chosen = {int(number) for number in request.POST.getlist("story") if number.isdecimal() and len(number) < 10}
    if not chosen:
        raise RuleBroken(_("No story is chosen."), next_step=_("Choose stories by their boxes first."))
    if len(chosen) > AT_MOST:
        raise RuleBroken(
            _("%(n)d stories are chosen.") % {"n": len(chosen)},
            next_step=_("Move at most %(most)d at once.") % {"most": AT_MOST},
        )
    wanted = request.POST.get("sprint", "")
    if not wanted.isdecimal() or len(wanted) > 9:
        raise RuleBroken(
            _("“%(value)s” is no sprint.") % {"value": wanted[:50]}, next_step=_("Choose a sprint, or the backlog.")
        )
    sprint = _sprint(team, int(wanted))
    stories = list(Story.objects.present().filter(team=team, number__in=chosen))
    with noting() as events:
        commands.move_stories(stories, sprint=sprint, actor=viewer(request))
    text = ngettext("%(n)d story is in %(where)s now.", "%(n)d stories are in %(where)s now.", len(stories))
    text %= {"n": len(stories), "where": _name_of(sprint)}
    return done_undoably(request, text, events, back=_address(team))


@require_POST
def place(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Where a story was dropped: into a sprint or the backlog, next to the stories that stood there."""
    team = _team_to_work(request, key).team
    story = _story(team, number)
    fields = take(DropForm(request.POST))
    sprint, after, before = _sprint(team, fields["sprint"]), fields["after"], fields["before"]
    with noting() as events:
        commands.move_story(story, sprint=sprint, after=after, before=before, actor=viewer(request))
    text = _("%(code)s is in %(where)s.") % {"code": story.code, "where": _name_of(sprint)}
    return done_undoably(request, text, events, back=_address(team))


def _neighbours(story: Story, sprint: Sprint | None, fields: dict[str, Any]) -> tuple[Story | None, Story | None]:
    """After or before which story it is to stand; neither is the last place. Raises RuleBroken, Unknown."""
    there = Story.objects.present().filter(sprint=sprint) if sprint else in_backlog(story.team)
    there = there.exclude(pk=story.pk)
    if fields["place"] == "after":
        after = _story(story.team, fields["number"])
        if not there.filter(pk=after.pk).exists():
            raise RuleBroken(
                _("%(code)s is not in %(where)s.") % {"code": after.code, "where": _name_of(sprint)},
                next_step=_("Name a story that stands there, or choose first or last."),
            )
        return after, None
    if fields["place"] == "up":
        above = there.filter(rank__lt=story.rank).order_by("-rank").first()
        return None, above or there.order_by("rank").first()
    if fields["place"] == "down":
        return there.filter(rank__gt=story.rank).order_by("rank").first(), None
    return None, there.order_by("rank").first() if fields["place"] == "top" else None


@form_or_post
def move(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Choose the sprint and the place of a story."""
    team = _team_to_work(request, key).team
    story = _story(team, number)
    sprints = list(open_sprints(team))
    choices = [(0, _("the backlog")), *((sprint.number, str(sprint)) for sprint in sprints)]
    action = Action(
        title=_("Move %(code)s") % {"code": story.code}, about=story.title, button=_("Move"), back=_address(team)
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        sprint = next((one for one in sprints if one.number == fields["sprint"]), None)
        after, before = _neighbours(story, sprint, fields)
        with noting() as events:
            commands.move_story(story, sprint=sprint, after=after, before=before, actor=viewer(request))
        text = _("%(code)s is in %(where)s.") % {"code": story.code, "where": _name_of(sprint)}
        return done_undoably(request, text, events, back=action.back)

    def make(*data: Any) -> PlaceForm:
        return PlaceForm(*data, sprints=choices, initial={"sprint": story.sprint.number if story.sprint else 0})

    return ask(request, action, make, do)
