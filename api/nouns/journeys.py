"""Journeys."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.guests import GuestsView
from api.nouns.people import PeopleView
from api.nouns.personas import PersonasView
from api.nouns.sharing import SharingSteps
from journeys import commands
from journeys.downloads import journey_file
from journeys.models import Journey, Persona
from journeys.queries.listed import listed_journeys
from workspace.organisation.models import Person

STATES = Journey.State.choices


class JourneyShape(Shape):
    """A journey: the way of a persona through our touchpoints."""

    example = {"name": "Buying a coffee machine", "description": "From the first look to the first cup."}

    id = serializers.IntegerField()
    external_id = serializers.CharField(
        source="known_as", allow_null=True, help_text="What an import calls it; null for guests."
    )
    name = serializers.CharField()
    persona = serializers.IntegerField(source="persona_id", allow_null=True)
    state = serializers.ChoiceField(choices=STATES, help_text="Only the current state is watched for gaps.")
    description = serializers.CharField(allow_blank=True)
    accountable = serializers.IntegerField(
        source="answers", allow_null=True, help_text="The person accountable for the whole of it; null for guests."
    )
    accountable_name = serializers.CharField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    live = serializers.IntegerField(help_text="Touchpoints that customers meet today.")
    owned = serializers.IntegerField(help_text="Those of them that a department owns.")
    unowned = serializers.IntegerField(help_text="Those of them that nobody owns.")
    flags = serializers.IntegerField(
        source="speaking", allow_null=True, help_text="Flags that ask for something now; null for guests."
    )
    version = serializers.IntegerField()


class NewJourney(Input):
    """A journey that is to be, without stages yet."""

    example = {"name": "Buying a coffee machine", "description": "From the first look to the first cup."}

    name = serializers.CharField(max_length=300)
    persona = serializers.PrimaryKeyRelatedField(queryset=Persona.objects.all(), allow_null=True, default=None)
    state = serializers.ChoiceField(choices=STATES, default=Journey.State.CURRENT)
    description = serializers.CharField(max_length=5000, allow_blank=True, default="")
    accountable = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, default=None)


class ChangedJourney(Input):
    """What can be changed of a journey."""

    example = {"name": "Buying a coffee machine", "description": "From the first look to the first cup."}

    name = serializers.CharField(max_length=300, required=False)
    persona = serializers.PrimaryKeyRelatedField(queryset=Persona.objects.all(), allow_null=True, required=False)
    state = serializers.ChoiceField(choices=STATES, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    accountable = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, required=False)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: merges with what others changed since."
    )


class JourneysView(SharingSteps, GuestsView):
    """Journeys, archived ones too. Guests see those that are shared with them."""

    noun, plural = "journey", "journeys"
    shape = JourneyShape
    takes = {"create": NewJourney, "partial_update": ChangedJourney}
    files = {"export": "text/csv"}
    filterset_class = filters_of(
        "JourneyFilters",
        reference("id", "pk"),
        text("external_id", "known_as"),
        text("name"),
        reference("persona", is_optional=True),
        choice("state", STATES),
        text("description"),
        reference("accountable", "answers", is_optional=True),
        text("accountable_name"),
        moment("archived_at", is_optional=True),
        whole("live"),
        whole("owned"),
        whole("unowned"),
        whole("flags", "speaking"),
        whole("version"),
    )
    orderings = {
        "id": Key("pk"),
        "name": Key("name"),
        "archived_at": Key("archived_at", True),
    }
    ordering = ("name", "id")
    includes = {"persona": Included("persona", PersonasView), "accountable": Included("accountable", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All, archived ones too; to guests those that are shared with them today."""
        return listed_journeys(self.person)

    def create(self, request: Request) -> Response:
        """Make a journey."""
        self.check_limits()
        journey = commands.create_journey(**self.filled(), actor=self.person)
        return self.created(journey.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; with `base_version` instead of If-Match, other fields may have been changed meanwhile."""
        journey, given = self.one(), self.filled()
        return self.changed(
            journey,
            lambda: commands.change_journey(journey, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Archive it: its touchpoints are live no longer, and its flags close."""
        journey = self.one()
        self.filled()
        return self.changed(journey, lambda: commands.archive_journey(journey, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Open an archived one again, as it was."""
        journey = self.one()
        self.filled()
        return self.changed(journey, lambda: commands.restore_journey(journey, actor=self.person), is_required=False)

    @action(detail=True, methods=["get"])
    def export(self, request: Request, pk: int) -> HttpResponseBase:
        """The whole journey as CSV, which an import of `journeys` takes back."""
        self.for_insiders()
        return journey_file(self.one())
