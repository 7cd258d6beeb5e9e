"""Undo: the newest act, or one that a toast names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from workspace.activity.commands.undoing import undo_act
from workspace.activity.queries.undoing import newest_undoable
from workspace.answers import done
from workspace.errors import Unknown
from workspace.organisation.requests import viewer


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Undo what the viewer did last, within 10 minutes."""
    newest = newest_undoable(viewer(request).pk)
    if newest is None:
        raise Unknown(
            _("There is nothing of the last 10 minutes that you could undo."),
            next_step=_("What is done to stories and to journeys can be undone, and answers to “still ours?”."),
        )
    return _undone(request, newest)


@require_POST
def undo_this(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo one act of the viewer's own."""
    return _undone(request, pk)


def _undone(request: HttpRequest, pk: int) -> HttpResponse:
    return done(request, undo_act(pk, actor=viewer(request)), back=reverse("home"))
