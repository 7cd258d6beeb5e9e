"""Stages of journeys."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.guests import GuestsView
from api.nouns.journeys import JourneysView
from journeys import commands
from journeys.models import Journey, Stage
from journeys.queries.listed import listed_stages
from workspace import db


class StageShape(Shape):
    """A part of a journey, in its order."""

    example = {"name": "Bring back"}

    id = serializers.IntegerField()
    journey = serializers.IntegerField(source="journey_id")
    name = serializers.CharField()
    position = serializers.IntegerField(help_text="Stages of a journey come in this order; numbers may be left out.")
    live = serializers.IntegerField(help_text="Touchpoints that customers meet today.")
    owned = serializers.IntegerField(help_text="Those of them that a department owns.")
    unowned = serializers.IntegerField(help_text="Those of them that nobody owns.")
    version = serializers.IntegerField(help_text="Moving a stage does not raise it.")


class NewStage(Input):
    """A stage that is to be, at the end of a journey."""

    example = {"name": "Bring back"}

    journey = serializers.PrimaryKeyRelatedField(queryset=Journey.objects.all())
    name = serializers.CharField(max_length=200)


class ChangedStage(Input):
    """What can be changed of a stage."""

    example = {"name": "Bring back"}

    name = serializers.CharField(max_length=200)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: refused only if it was renamed since."
    )


class PlaceOfStage(Input):
    """Where a stage goes: behind `after`, or else in front of `before`, or else to the end."""

    example_without = ("before",)

    after = serializers.PrimaryKeyRelatedField(queryset=Stage.objects.all(), allow_null=True, default=None)
    before = serializers.PrimaryKeyRelatedField(queryset=Stage.objects.all(), allow_null=True, default=None)


class StagesView(GuestsView):
    """Stages of journeys, without those that were removed. Guests see those of the journeys shared with them."""

    noun, plural = "stage", "stages"
    shape = StageShape
    takes = {"create": NewStage, "partial_update": ChangedStage, "move": PlaceOfStage}
    filterset_class = filters_of(
        "StageFilters",
        reference("id", "pk"),
        reference("journey"),
        text("name"),
        whole("position"),
        whole("live"),
        whole("owned"),
        whole("unowned"),
        whole("version"),
    )
    orderings = {
        "id": Key("pk"),
        "journey": Key("journey_id"),
        "name": Key("name"),
        "position": Key("position"),
    }
    ordering = ("journey", "position", "id")
    includes = {"journey": Included("journey", JourneysView)}

    def visible(self) -> QuerySet[Any]:
        """Those that were not removed, of the journeys that the person sees."""
        return listed_stages(self.person)

    def hold(self, thing: Stage) -> None:
        """Stages of a journey change one after the other: the commands hold their journey."""
        db.lock_row(Journey, thing.journey_id)

    def create(self, request: Request) -> Response:
        """Add a stage at the end of a journey; `move/` puts it elsewhere."""
        self.check_limits()
        given = self.filled()
        stage = commands.add_stage(given["journey"], name=given["name"], actor=self.person)
        return self.created(stage.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Give it another name."""
        stage, given = self.one(), self.filled()
        return self.changed(
            stage,
            lambda: commands.rename_stage(stage, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove it, if no touchpoint in it is live or a draft; retired ones stay with it in the history."""
        stage = self.one()
        return self.removed(stage, lambda: commands.remove_stage(stage, actor=self.person))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Bring a removed one back to where it stood."""
        self.for_insiders()
        stage = Stage.objects.filter(pk=pk).first()
        if stage is None:
            raise self.unknown({"pk": pk})
        self.filled()
        return self.changed(stage, lambda: commands.restore_stage(stage, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put it elsewhere in its journey; its touchpoints go along."""
        stage, given = self.one(), self.filled()
        return self.changed(stage, lambda: commands.move_stage(stage, **given, actor=self.person), is_required=False)
