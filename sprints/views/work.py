"""Work where it is needed: a story made from a flag, and the stories on a touchpoint."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from journeys.models import Touchpoint
from sprints import commands
from sprints.models import Team
from sprints.queries.work import flags_for_work, stories_on, story_for, teams_for
from sprints.work_forms import StoryFromFlagForm
from workspace.acting import Action, ask, found
from workspace.answers import page_or_part
from workspace.errors import NotAllowed, Unknown
from workspace.organisation.requests import viewer


@require_http_methods(["GET", "HEAD", "POST"])
def story_from_flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a story that carries the touchpoint of a flag; with `team` alone it takes one press."""
    person = viewer(request)
    flag = found(flags_for_work(person), pk)
    teams = teams_for(person)
    if not teams:
        raise NotAllowed(
            _("You are in no team that could take a story."),
            next_step=_("The product owner or scrum master of a team can add you to it."),
        )
    title, _touchpoints = story_for(flag)
    action = Action(title=_("Make a story"), about=title, button=_("Make the story"), back=reverse("journeys:flags"))

    def do(fields: dict[str, Any]) -> str:
        story = commands.create_story_from_flag(flag, team=fields["team"], title=fields["title"], actor=person)
        return _("%(story)s was made, in the backlog of %(team)s.") % {"story": story.code, "team": story.team.name}

    return ask(request, action, lambda *data: StoryFromFlagForm(*data, teams=teams, title=title), do)


@require_safe
def touchpoint_stories(request: HttpRequest, pk: int) -> HttpResponse:
    """The stories on a touchpoint, the open ones first. At most 6 statements."""
    person = viewer(request)
    touchpoint = found(Touchpoint.objects.visible_to(person), pk)
    if person.is_guest and not Team.objects.visible_to(person).exists():
        raise Unknown(_("No team is shared with you."), next_step=_("Ask whoever invited you to share one."))
    stories = stories_on(touchpoint, person)
    return page_or_part(
        request,
        "sprints/touchpoint_stories.html",
        {"touchpoint": touchpoint, "stories": stories},
        parts={"touchpoint-stories": "sprints/touchpoint_stories_list.html"},
    )
