"""Initiatives."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.nouns.inside import InsideView
from sprints import commands
from sprints.models import Initiative
from workspace import db


class InitiativeShape(Shape):
    """What several stories, also of several teams, are for."""

    example = {"name": "Sell more machines online", "description": "Until summer."}

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True, help_text="Set: it takes no new stories.")
    version = serializers.IntegerField()


class NewInitiative(Input):
    """An initiative that is to be."""

    example = {"name": "Sell more machines online", "description": "Until summer."}

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(allow_blank=True, default="")


class ChangedInitiative(Input):
    """What can be changed of an initiative."""

    example = {"name": "Sell more machines online", "description": "Until summer."}

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(allow_blank=True, required=False)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: what others changed of other fields stays."
    )


class InitiativesView(InsideView):
    """Initiatives: what stories of several teams are for."""

    noun, plural = "initiative", "initiatives"
    shape = InitiativeShape
    takes = {"create": NewInitiative, "partial_update": ChangedInitiative}
    filterset_class = filters_of(
        "InitiativeFilters",
        reference("id", "pk"),
        text("name"),
        text("description"),
        moment("closed_at", is_optional=True),
        number("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "closed_at": Key("closed_at", True)}
    ordering = ("name", "id")

    def visible(self) -> QuerySet[Any]:
        """All, closed ones too."""
        return Initiative.objects.all()

    def hold(self, thing: Any) -> None:
        """First all names, as the commands do."""
        db.lock("sprints.initiatives")
        super().hold(thing)

    def create(self, request: Request) -> Response:
        """Create an initiative."""
        self.check_limits()
        given = self.filled()
        made = commands.create_initiative(given["name"], description=given["description"], actor=self.person)
        return self.created(made.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Give it another name or description; the cards of its stories show it."""
        initiative, given = self.one(), self.filled()
        return self.changed(
            initiative,
            lambda: commands.change_initiative(initiative, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """Close it: it keeps its stories, and takes no new ones."""
        initiative = self.one()
        self.filled()
        return self.changed(
            initiative, lambda: commands.close_initiative(initiative, actor=self.person), is_required=False
        )

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Open a closed one again."""
        initiative = self.one()
        self.filled()
        return self.changed(
            initiative, lambda: commands.reopen_initiative(initiative, actor=self.person), is_required=False
        )
