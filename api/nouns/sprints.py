"""Sprints: planning, starting and closing them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, day, filters_of, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.of_teams import OfTeamsView, SeenTeam
from api.nouns.sprint_report import ReportShape, report_of
from api.nouns.teams import BASE, UNFINISHED, TeamsView
from sprints import commands
from sprints.models import Sprint

STATES = Sprint.State.choices


class SprintShape(Shape):
    """A sprint."""

    id = serializers.IntegerField()
    team = serializers.IntegerField(source="team_id")
    number = serializers.IntegerField(help_text="Its number in the team, from 1.")
    goal = serializers.CharField(allow_blank=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Its last day.")
    interrupt_points = serializers.IntegerField(allow_null=True, help_text="Points for unplanned work.")
    state = serializers.ChoiceField(choices=STATES)
    started_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class NewSprint(Input):
    """A sprint that is to be: from the first free day, for as long as the team's take, unless days are given."""

    team = SeenTeam()
    goal = serializers.CharField(max_length=500, allow_blank=True, required=False)
    starts_on = serializers.DateField(allow_null=True, required=False)
    ends_on = serializers.DateField(allow_null=True, required=False)


class ChangedSprint(Input):
    """What can be changed of a sprint until it is closed; its first day until it starts."""

    goal = serializers.CharField(max_length=500, allow_blank=True, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    interrupt_points = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    base_version = serializers.IntegerField(min_value=1, required=False, help_text=BASE)


class Closing(Input):
    """Where what is not done goes; null, or nothing: as the team says."""

    unfinished_to = serializers.ChoiceField(choices=UNFINISHED, allow_null=True, required=False)


class SprintsView(OfTeamsView):
    """Sprints: stretches of days with a goal, one active in a team."""

    noun, plural = "sprint", "sprints"
    shape = SprintShape
    takes = {"create": NewSprint, "partial_update": ChangedSprint, "close": Closing}
    gives = {"report": ReportShape}
    filterset_class = filters_of(
        "SprintFilters",
        reference("id", "pk"),
        reference("team"),
        number("number"),
        text("goal"),
        day("starts_on"),
        day("ends_on"),
        number("interrupt_points", is_optional=True),
        choice("state", STATES),
        moment("started_at", is_optional=True),
        moment("closed_at", is_optional=True),
        number("version"),
    )
    orderings = {
        "id": Key("pk"),
        "team": Key("team_id"),
        "number": Key("number"),
        "starts_on": Key("starts_on"),
        "ends_on": Key("ends_on"),
        "started_at": Key("started_at", True),
        "closed_at": Key("closed_at", True),
    }
    ordering = ("team", "number")
    includes = {"team": Included("team", TeamsView)}

    def visible(self) -> QuerySet[Any]:
        """Those of the teams that the person sees."""
        return self.of_seen_teams(Sprint.objects.order_by())

    def create(self, request: Request) -> Response:
        """Plan the next sprint."""
        given = self.filled()
        return self.created(commands.plan_sprint(given.pop("team"), **given, actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change its goal, days or budget."""
        sprint, given = self.one(), self.filled()
        return self.changed(
            sprint,
            lambda: commands.change_sprint(sprint, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["get"])
    def report(self, request: Request, pk: int) -> Response:
        """What it comes to: as it was frozen when it closed, as it stands while it is open."""
        sprint = self.get_queryset().select_related("team").filter(pk=pk).first()
        if sprint is None:
            raise self.unknown({"pk": pk})
        return self.versioned(report_of(sprint))

    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: int) -> Response:
        """Start it: what is in it now is the commitment."""
        sprint = self.one()
        self.filled()
        return self.changed(sprint, lambda: commands.start_sprint(sprint, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close it: its report is frozen, and what is not done moves on."""
        sprint, given = self.one(), self.filled()
        return self.changed(
            sprint, lambda: commands.close_sprint(sprint, **given, actor=self.person), is_required=False
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a planned sprint; its stories go to the backlog."""
        sprint = self.one()
        self.filled()
        return self.removed(sprint, lambda: commands.remove_sprint(sprint, actor=self.person))
