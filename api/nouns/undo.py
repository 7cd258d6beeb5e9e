"""Undoing one's own acts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import check_parameters
from api.kernel.inputs import Input
from api.kernel.views import ApiView
from api.nouns.of_teams import scopes_of
from workspace.activity.commands.undoing import undo_act
from workspace.activity.queries.undoing import newest_undoable
from workspace.errors import Unknown


class Act(Input):
    """What is to be undone."""

    event = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="Id of the event that tells of the act. Without it: what you did last.",
    )


class UndoneShape(serializers.Serializer[Any]):
    """What was undone."""

    event = serializers.IntegerField(help_text="Id of the event that told of the act.")
    done = serializers.CharField(help_text="What was done, in words.")


class UndoView(ApiView):
    """Undoing what one did oneself, within 10 minutes; with a token that is limited to teams, in these alone."""

    takes = {"create": Act}
    gives = {"create": UndoneShape}
    statuses = {"create": 200}

    def create(self, request: Request) -> Response:
        """Undo an act of one's own, if one still may, and what it wrote still stands."""
        check_parameters(request.query_params, set())
        scopes = scopes_of(request)
        event = self.filled().get("event") or newest_undoable(self.person.pk, scopes=scopes)
        if event is None:
            raise Unknown(
                _("There is nothing of the last 10 minutes that you could undo."),
                next_step=_("What is done to stories and to journeys can be undone, and answers to “still ours?”."),
            )
        return Response({"event": event, "done": undo_act(event, scopes=scopes, actor=self.person)})
