"""A story that is made from a flag."""

from __future__ import annotations

from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api.kernel.inputs import Input
from api.nouns.inside import InsideView
from api.nouns.of_teams import SeenTeam
from api.nouns.story_shapes import StoryShape, told_of_story
from sprints import commands
from sprints.queries.work import flags_for_work
from sprints.rules.stories import TEXT_LIMITS


class StoryOfFlag(Input):
    """Which team takes it, and what it is called: without a title, as the flag."""

    team = SeenTeam()
    title = serializers.CharField(max_length=TEXT_LIMITS["title"], required=False)


class StoryMaking(InsideView):
    """Making stories where flags say that work is needed."""

    @action(detail=True, methods=["post"])
    def story(self, request: Request, pk: int) -> Response:
        """Make a story that works on its touchpoint, or on both ends of its crossing, in the backlog of a team."""
        self.check_limits()
        flag = flags_for_work(self.person).filter(pk=pk).first()
        if flag is None:
            raise self.unknown({"pk": pk})
        made = commands.create_story_from_flag(flag, **self.filled(), actor=self.person)
        joined = {"assignees": [], "labels": [], "touchpoints": sorted(one.pk for one in flag.touchpoints)}
        told = told_of_story(made, StoryShape, self.person, joined)
        response = self.versioned(told, made.version, code=status.HTTP_201_CREATED)
        response.headers["Location"] = reverse("api:story-detail", args=[made.pk])
        return response
