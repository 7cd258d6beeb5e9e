"""Systems behind touchpoints."""

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
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from journeys import commands
from journeys.models import System
from workspace.organisation.models import Person


class SystemShape(Shape):
    """A piece of technology behind touchpoints."""

    example = {"name": "Product data"}

    id = serializers.IntegerField()
    name = serializers.CharField()
    technology_owner = serializers.IntegerField(
        source="technology_owner_id", allow_null=True, help_text="The person in technology who owns it."
    )
    version = serializers.IntegerField()


class NewSystem(Input):
    """A system that is to be."""

    example = {"name": "Product data"}

    name = serializers.CharField(max_length=200)
    technology_owner = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, default=None)


class ChangedSystem(Input):
    """What can be changed of a system."""

    example = {"name": "Product data"}

    name = serializers.CharField(max_length=200)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: refused only if it was renamed since."
    )


class TechnologyOwner(Input):
    """Who in technology owns it."""

    person = serializers.PrimaryKeyRelatedField(
        queryset=Person.objects.all(), allow_null=True, help_text="Null: nobody."
    )


class SystemsView(InsideView):
    """Systems: the technology behind touchpoints. Somebody in technology has to own each of them."""

    noun, plural = "system", "systems"
    shape = SystemShape
    takes = {"create": NewSystem, "partial_update": ChangedSystem, "technology_owner": TechnologyOwner}
    filterset_class = filters_of(
        "SystemFilters",
        reference("id", "pk"),
        text("name"),
        reference("technology_owner", is_optional=True),
        whole("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name")}
    ordering = ("name", "id")
    includes = {"technology_owner": Included("technology_owner", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All."""
        return System.objects.all()

    def create(self, request: Request) -> Response:
        """Add a system, with who owns it in technology."""
        self.check_limits()
        system = commands.create_system(**self.filled(), actor=self.person)
        return self.created(system.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Give it another name."""
        system, given = self.one(), self.filled()
        return self.changed(
            system,
            lambda: commands.rename_system(system, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"], url_path="technology-owner")
    def technology_owner(self, request: Request, pk: int) -> Response:
        """Name who in technology owns it, or nobody."""
        system, given = self.one(), self.filled()
        return self.changed(
            system, lambda: commands.set_technology_owner(system, **given, actor=self.person), is_required=False
        )
