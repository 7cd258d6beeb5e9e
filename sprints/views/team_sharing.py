"""Sharing a team with guests: who sees it, until when. The list stands on the settings page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sprints.models import Team
from sprints.views.team_settings import page_of
from sprints.views.teams import form_or_post, team_to_run
from workspace.organisation import sharing_actions
from workspace.organisation.sharing_actions import Subject


def _subject(request: HttpRequest, key: str) -> Subject:
    """The team as something to share, for whoever runs it. Raises Unknown, for guests as well, or NotAllowed."""
    team = team_to_run(request, key)
    return Subject(
        Team.NOUN,
        team.pk,
        name=team.name,
        shows=_("They see the board, the backlog and the stories of %(team)s, and can comment.") % {"team": team.name},
        back=page_of(team),
    )


@form_or_post
def share(request: HttpRequest, key: str) -> HttpResponse:
    """Let a guest who is here already see it."""
    return sharing_actions.share(request, _subject(request, key))


@form_or_post
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Invite a new guest and share it with them, in one step."""
    return sharing_actions.invite(request, _subject(request, key))


@form_or_post
def change(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Let it end on another day."""
    return sharing_actions.change(request, _subject(request, key), pk)


@require_POST
def end(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """End it now."""
    return sharing_actions.end(request, _subject(request, key), pk)
