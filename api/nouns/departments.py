"""Departments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import check_parameters, filters_of, joined, linked, moment, reference, text, whole
from api.kernel.inputs import Input, taken_by
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Hung, Shape, grouped
from api.kernel.views import ADMIN
from api.kernel.wanted import Included
from api.nouns.based import Based, BasedView
from api.nouns.consequences import ConsequencesShape, told
from api.nouns.people import PeopleView
from api.nouns.units import UnitsView
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.queries.consequences import of_archive, of_unit_change
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_administer


def _leaderships() -> QuerySet[Any]:
    return DepartmentLead.objects.filter(is_deputy=False)


def _deputyships() -> QuerySet[Any]:
    return DepartmentLead.objects.filter(is_deputy=True)


def _people_of(held: QuerySet[Any], ids: Collection[int]) -> Mapping[int, list[int]]:
    held = held.filter(department__in=ids).order_by("department_id", "person_id")
    return grouped(held.values_list("department_id", "person_id"))


def _leads_of(ids: Collection[int], _viewer: Person) -> Mapping[int, list[int]]:
    return _people_of(_leaderships(), ids)


def _deputies_of(ids: Collection[int], _viewer: Person) -> Mapping[int, list[int]]:
    return _people_of(_deputyships(), ids)


class DepartmentShape(Shape):
    """A department."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.IntegerField(source="unit_id")
    leads = serializers.ListField(child=serializers.IntegerField(), help_text="People who lead it.")
    deputies = serializers.ListField(child=serializers.IntegerField(), help_text="People with the rights of a lead.")
    archived_at = serializers.DateTimeField(allow_null=True)
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True, help_text="Its successor.")
    version = serializers.IntegerField()

    parts = {"leads": Hung(_leads_of), "deputies": Hung(_deputies_of)}


class NewDepartment(Input):
    """A department that is to be."""

    example = {"name": "Spare parts", "code": "PARTS"}

    name = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=32)
    unit = serializers.PrimaryKeyRelatedField(queryset=BusinessUnit.objects.all())


class ChangedDepartment(Based):
    """What can be changed of a department."""

    example = {"name": "Spare parts"}

    name = serializers.CharField(max_length=200, required=False)
    unit = serializers.PrimaryKeyRelatedField(queryset=BusinessUnit.objects.all(), required=False)


class DepartmentSuccessor(Input):
    """Who comes after a department that is archived."""

    example = {"merged_into": 7}

    merged_into = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.all(), allow_null=True, default=None, help_text="Its successor."
    )


class MergedDepartment(Input):
    """Who takes over."""

    into = serializers.PrimaryKeyRelatedField(queryset=Department.objects.all())


class DepartmentPlan(Input):
    """What is thought of doing with a department."""

    of = serializers.ChoiceField(
        choices=[
            ("archive", gettext_lazy("archive it; what it holds stays")),
            ("merge", gettext_lazy("bring what it holds to a department, and archive it")),
            ("move", gettext_lazy("move it to a unit")),
        ],
        default="archive",
        help_text="To archive it, to merge it into another department, or to move it to another unit.",
    )
    into = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.all(), required=False, help_text="With `merge`: the department that takes over."
    )
    unit = serializers.PrimaryKeyRelatedField(
        queryset=BusinessUnit.objects.all(), required=False, help_text="With `move`: the unit."
    )


class DepartmentsView(BasedView):
    """Departments: who owns touchpoints."""

    noun, plural = "department", "departments"
    shape = DepartmentShape
    scopes = dict.fromkeys(
        ("create", "partial_update", "archive", "restore", "merge", "successor", "consequences"), ADMIN
    )
    takes = {
        "create": NewDepartment,
        "partial_update": ChangedDepartment,
        "archive": DepartmentSuccessor,
        "merge": MergedDepartment,
        "successor": DepartmentSuccessor,
    }
    gives = {"consequences": ConsequencesShape}
    parameters = {"consequences": DepartmentPlan._declared_fields}
    filterset_class = filters_of(
        "DepartmentFilters",
        reference("id", "pk"),
        text("code"),
        text("name"),
        reference("unit"),
        linked("lead", DepartmentLead._base_manager.all, "department", "person"),
        joined("leads", _leaderships, "department", "person", about="Who leads it; `lead` finds deputies too."),
        joined("deputies", _deputyships, "department", "person"),
        reference("merged_into", is_optional=True),
        moment("archived_at", is_optional=True),
        whole("version"),
    )
    orderings = {"id": Key("pk"), "code": Key("code"), "name": Key("name"), "archived_at": Key("archived_at", True)}
    ordering = ("name", "id")
    includes = {
        "unit": Included("unit", UnitsView),
        "leads": Included("leads", PeopleView),
        "deputies": Included("deputies", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All, archived ones too."""
        return Department.objects.all()

    def create(self, request: Request) -> Response:
        """Create a department in a unit."""
        self.check_limits()
        department = commands.create_department(**self.filled(), actor=self.person)
        return self.created(department.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename it, or move it to another unit."""
        return self.change_of_fields(self.one(), commands.change_department)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Archive it. What it holds stays with it and is flagged; `merge` brings it to another first."""
        department, given = self.one(), self.filled()

        def act() -> None:
            commands.archive_department(department, merged_into=given["merged_into"], actor=self.person)

        return self.changed(department, act, is_required=False)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Open an archived department again."""
        department = self.one()
        self.filled()
        return self.changed(
            department, lambda: commands.restore_department(department, actor=self.person), is_required=False
        )

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Bring its people and all that it holds to another department, and archive it, unless it is already."""
        department, given = self.one(), self.filled()
        return self.changed(
            department,
            lambda: commands.merge_department(department, **given, actor=self.person),
            is_required=False,
        )

    @action(detail=True, methods=["post"])
    def successor(self, request: Request, pk: int) -> Response:
        """Name who came after a department that is archived already, or nobody; nothing moves."""
        department, given = self.one(), self.filled()

        def act() -> None:
            commands.set_department_successor(department, successor=given["merged_into"], actor=self.person)

        return self.changed(department, act, is_required=False)

    @action(detail=True, methods=["get"])
    def consequences(self, request: Request, pk: int) -> Response:
        """What would come of archiving it, of merging it `into` another department, or of moving it to a `unit`."""
        check_parameters(request.query_params, set(DepartmentPlan._declared_fields))
        department = self.one()
        standing = standing_of(self.person)
        may_administer(standing).or_not_allowed()
        plan = taken_by(DepartmentPlan, request.query_params.dict(), self)
        other = {"merge": "into", "move": "unit"}.get(plan["of"])
        for name in ("into", "unit"):
            if (name in plan) is not (name == other):
                why = _("This is missing.") if name == other else _("This means nothing here.")
                raise not_valid(Wrong(name, why, request.query_params.get(name)))
        if other == "unit":
            return self.versioned(told(of_unit_change(department, plan["unit"])), department.version)
        return self.versioned(told(of_archive(department, plan.get("into"), standing)), department.version)
