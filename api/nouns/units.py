"""Business units."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.views import ADMIN
from api.kernel.wanted import Included
from api.nouns.based import Based, BasedView
from api.nouns.consequences import ConsequencesShape, told
from api.nouns.people import PeopleView
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Person
from workspace.organisation.queries.consequences import of_unit_archive
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_administer


class UnitShape(Shape):
    """A business unit."""

    example = {"name": "Logistics"}

    id = serializers.IntegerField()
    name = serializers.CharField()
    head = serializers.IntegerField(source="head_id", allow_null=True, help_text="The person who heads it.")
    archived_at = serializers.DateTimeField(allow_null=True)
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True, help_text="Its successor.")
    version = serializers.IntegerField()


class NewUnit(Input):
    """A unit that is to be."""

    example = {"name": "Logistics"}

    name = serializers.CharField(max_length=200)
    head = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, default=None)


class ChangedUnit(Based):
    """What can be changed of a unit."""

    example = {"name": "Logistics"}

    name = serializers.CharField(max_length=200, required=False)
    head = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, required=False)


class UnitSuccessor(Input):
    """Who comes after a unit that is archived."""

    example = {"merged_into": 7}

    merged_into = serializers.PrimaryKeyRelatedField(
        queryset=BusinessUnit.objects.all(), allow_null=True, default=None, help_text="Its successor."
    )


class UnitsView(BasedView):
    """Business units: the parts of the company, each with a head."""

    noun, plural = "business unit", "business-units"
    shape = UnitShape
    scopes = dict.fromkeys(("create", "partial_update", "archive", "restore", "successor", "consequences"), ADMIN)
    takes = {
        "create": NewUnit,
        "partial_update": ChangedUnit,
        "archive": UnitSuccessor,
        "successor": UnitSuccessor,
    }
    gives = {"consequences": ConsequencesShape}
    filterset_class = filters_of(
        "UnitFilters",
        reference("id", "pk"),
        text("name"),
        reference("head", is_optional=True),
        reference("merged_into", is_optional=True),
        moment("archived_at", is_optional=True),
        whole("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "archived_at": Key("archived_at", True)}
    ordering = ("name", "id")
    includes = {"head": Included("head", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All, archived ones too."""
        return BusinessUnit.objects.all()

    def create(self, request: Request) -> Response:
        """Create a unit."""
        self.check_limits()
        unit = commands.create_unit(**self.filled(), actor=self.person)
        return self.created(unit.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename it, or appoint another head."""

        def act(unit: BusinessUnit, *, actor: Person, **given: Any) -> None:
            if "name" in given:
                commands.rename_unit(unit, name=given["name"], actor=actor)
            if "head" in given:
                commands.set_unit_head(unit, head=given["head"], actor=actor)

        return self.change_of_fields(self.one(), act)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Archive it; its departments have to be archived or moved before."""
        unit, given = self.one(), self.filled()

        def act() -> None:
            commands.archive_unit(unit, merged_into=given["merged_into"], actor=self.person)

        return self.changed(unit, act, is_required=False)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Open an archived unit again."""
        unit = self.one()
        self.filled()
        return self.changed(unit, lambda: commands.restore_unit(unit, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def successor(self, request: Request, pk: int) -> Response:
        """Name who came after a unit that is archived already, or nobody."""
        unit, given = self.one(), self.filled()

        def act() -> None:
            commands.set_unit_successor(unit, successor=given["merged_into"], actor=self.person)

        return self.changed(unit, act, is_required=False)

    @action(detail=True, methods=["get"])
    def consequences(self, request: Request, pk: int) -> Response:
        """What would come of archiving it, and what stands in the way."""
        unit = self.one()
        may_administer(standing_of(self.person)).or_not_allowed()
        return self.versioned(told(of_unit_archive(unit)), unit.version)
