"""Several stories in one request: each is done for itself, and each has a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.bulk import ResultsShape, results_of, several
from api.kernel.inputs import Input
from api.nouns.of_teams import OfTeamsView
from api.nouns.story_forms import NewStory, OneChanged, OneMoved
from sprints.models import Story
from sprints.queries.stories import restorable_stories

TAKES = {
    "bulk_create": several(NewStory),
    "bulk_change": several(OneChanged),
    "bulk_move": several(OneMoved),
}
GIVES = dict.fromkeys(TAKES, ResultsShape)


class SeveralStories(OfTeamsView):
    """Several stories at once."""

    @action(detail=False, methods=["post"], url_path="bulk-create")
    def bulk_create(self, request: Request) -> Response:
        """Create several stories; what fails stops no other."""

        def act(given: dict[str, Any]) -> dict[str, Any]:
            story = self.do_create(given)
            return {"id": story.pk, "version": story.version, "status": status.HTTP_201_CREATED}

        return self._each(NewStory, act)

    @action(detail=False, methods=["post"], url_path="bulk-change")
    def bulk_change(self, request: Request) -> Response:
        """Change fields of several stories, each as it is said; what fails stops no other."""

        def act(given: dict[str, Any]) -> dict[str, Any]:
            story = self.one(given.pop("story"))
            with self.telling(story, given):
                changed = self.do_change(story, given)
            return {"id": changed.pk, "version": changed.version}

        return self._each(OneChanged, act)

    @action(detail=False, methods=["post"], url_path="bulk-move")
    def bulk_move(self, request: Request) -> Response:
        """Move several stories, one after the other; what fails stops no other."""

        def act(given: dict[str, Any]) -> dict[str, Any]:
            story = self.do_move(given.pop("story"), given)
            return {"id": story.pk, "version": story.version}

        return self._each(OneMoved, act)

    def do_create(self, given: Mapping[str, Any]) -> Story:
        """Create one. The noun says how."""
        raise NotImplementedError

    def do_change(self, story: Story, given: Mapping[str, Any]) -> Story:
        """Change one. The noun says how."""
        raise NotImplementedError

    def do_move(self, key: Mapping[str, Any], given: Mapping[str, Any]) -> Story:
        """Move one. The noun says how."""
        raise NotImplementedError

    def visible(self) -> QuerySet[Any]:
        """Those of the teams that the person sees; a list with `deleted=true`: the deleted ones instead."""
        if self.action == "list" and self.request.query_params.get("deleted") == "true":
            return restorable_stories(self.person)
        return self.of_seen_teams(Story.objects.present().order_by())

    def _each(self, form: type[Input], act: Any) -> Response:
        items = self.filled()["items"]
        return Response({"results": results_of(self, items, form, act)})
