"""The labels of teams."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, linked, number, reference, text
from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.of_teams import SeenTeam, teams_of
from api.nouns.teams import TeamsView
from sprints import commands
from sprints.models import Label, StoryLabel, Team
from workspace import db

TONE = "One of the 8 colours of the house, from 1 to 8."


class LabelShape(Shape):
    """A word that a team puts on its stories."""

    example = {"name": "Campaign"}

    id = serializers.IntegerField()
    team = serializers.IntegerField(source="team_id")
    name = serializers.CharField()
    tone = serializers.IntegerField(help_text=TONE)
    version = serializers.IntegerField()


class NewLabel(Input):
    """A label that is to be."""

    example = {"name": "Campaign"}

    team = SeenTeam()
    name = serializers.CharField(max_length=50)
    tone = serializers.IntegerField(min_value=1, max_value=Label.TONES, default=1, help_text=TONE)


class ChangedLabel(Input):
    """What can be changed of a label."""

    example = {"name": "Campaign"}

    name = serializers.CharField(max_length=50, required=False)
    tone = serializers.IntegerField(min_value=1, max_value=Label.TONES, required=False, help_text=TONE)


class LabelsView(NounView):
    """Labels: the words that teams put on their stories."""

    noun, plural = "label", "labels"
    shape = LabelShape
    is_of_a_team = True
    takes = {"create": NewLabel, "partial_update": ChangedLabel}
    filterset_class = filters_of(
        "LabelFilters",
        reference("id", "pk"),
        reference("team"),
        text("name"),
        number("tone"),
        number("version"),
        linked("story", StoryLabel._base_manager.all, "label", "story"),
    )
    orderings = {"id": Key("pk"), "team": Key("team_id"), "name": Key("name"), "tone": Key("tone")}
    ordering = ("team", "name")
    includes = {"team": Included("team", TeamsView)}

    def visible(self) -> QuerySet[Any]:
        """Those of the teams that the request reaches."""
        return Label.objects.filter(team__in=teams_of(self).values("pk"))

    def hold(self, thing: Any) -> None:
        """First the team, as the commands do."""
        db.lock_row(Team, thing.team_id)
        super().hold(thing)

    def create(self, request: Request) -> Response:
        """Create a label of a team."""
        self.check_limits()
        return self.created(commands.create_label(**self.filled(), actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Give it another name or tone; the cards that carry it show it."""
        label, given = self.one(), self.filled()
        return self.changed(label, lambda: commands.change_label(label, **given, actor=self.person))

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it off all stories, and away."""
        label = self.one()
        return self.removed(label, lambda: commands.remove_label(label, actor=self.person))
