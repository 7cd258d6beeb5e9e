"""Personas."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.nouns.guests import GuestsView
from journeys import commands
from journeys.models import Persona
from journeys.queries.listed import listed_personas


class PersonaShape(Shape):
    """The kind of customer whose way a journey describes."""

    example = {"name": "Nora, who compares", "description": "Buys her first machine."}

    id = serializers.IntegerField()
    name = serializers.CharField()
    description = serializers.CharField(source="told", allow_blank=True, help_text="Empty for guests.")


class NewPersona(Input):
    """A persona that is to be."""

    example = {"name": "Nora, who compares", "description": "Buys her first machine."}

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, default="")


class ChangedPersona(Input):
    """What can be changed of a persona."""

    example = {"name": "Nora, who compares", "description": "Buys her first machine."}

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)


class PersonasView(GuestsView):
    """Personas: whose ways the journeys are. Guests see those of the journeys that are shared with them.

    They have no version: If-Match is not asked for.
    """

    noun, plural = "persona", "personas"
    shape = PersonaShape
    takes = {"create": NewPersona, "partial_update": ChangedPersona}
    filterset_class = filters_of(
        "PersonaFilters",
        reference("id", "pk"),
        text("name"),
        text("description", "told"),
    )
    orderings = {"id": Key("pk"), "name": Key("name")}
    ordering = ("name", "id")

    def visible(self) -> QuerySet[Any]:
        """All; to guests those of the journeys that they see."""
        return listed_personas(self.person)

    def create(self, request: Request) -> Response:
        """Create a persona."""
        self.check_limits()
        persona = commands.create_persona(**self.filled(), actor=self.person)
        return self.created(persona.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change its name or description."""
        persona: Persona = self.one()
        commands.change_persona(persona, **self.filled(), actor=self.person)
        return self.answer({"pk": pk})
