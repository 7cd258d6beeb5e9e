"""What hangs on stories: whoever sees the story sees it, and a token limited to teams opens it for these alone."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.kernel.access import access_of
from api.kernel.nouns import NounView
from api.kernel.views import ApiView
from api.kernel.wanted import Included
from api.nouns.stories import StoriesView
from api.nouns.teams import TeamsView
from sprints.models import Story, Team
from workspace import db


def stories_reached(view: ApiView) -> QuerySet[Story]:
    """The stories that the person sees, of the teams that the token opens; deleted ones are nowhere."""
    stories = Story.objects.visible_to(view.person)
    limits = access_of(view.request).limits
    return stories.filter(team__in=limits.get(Team.NOUN, ())) if limits else stories


def team_field() -> serializers.IntegerField:
    """The team of what hangs on a story."""
    return serializers.IntegerField(source="story.team_id", help_text="The team of its story.")


class ReachedStory(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The id of a story that the request reaches."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Story.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Story]:
        """The stories that can be named."""
        return stories_reached(self.context["view"])


class OfStoryView(NounView):
    """A noun that hangs on a story: whoever sees the story sees it."""

    is_of_a_team = True
    includes = {"story": Included("story", StoriesView), "team": Included("team", TeamsView)}

    def on_stories(self, things: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the things whose story the request reaches."""
        return things.filter(story__in=stories_reached(self).order_by().values("pk"))

    def hold(self, thing: Any) -> None:
        """First the story, as the commands do, which count on it."""
        db.lock_row(Story, thing.story_id)
        super().hold(thing)
