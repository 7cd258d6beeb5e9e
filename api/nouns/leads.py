"""Who leads a department, and who deputises."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils.translation import gettext_lazy
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, reference
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.by_person import ByPersonView
from api.nouns.consequences import ConsequencesShape, told
from api.nouns.departments import DepartmentsView
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from workspace.organisation import commands
from workspace.organisation.models import DepartmentLead, Person
from workspace.organisation.queries.consequences import of_lead_removal
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_appoint_lead

LEAD, DEPUTY = "lead", "deputy"
ROLES = ((LEAD, gettext_lazy("lead")), (DEPUTY, gettext_lazy("deputy")))
BOTH = "A deputy has the rights of a lead."


class LeadShape(Shape):
    """Somebody who speaks for a department."""

    department = serializers.IntegerField(source="department_id")
    person = serializers.IntegerField(source="person_id")
    role = serializers.ChoiceField(choices=ROLES, help_text=BOTH)


class NewLead(Input):
    """Who is to lead the department, or to deputise."""

    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())
    role = serializers.ChoiceField(choices=ROLES, default=LEAD, help_text=BOTH)


class ChangedLead(Input):
    """As what they are appointed."""

    role = serializers.ChoiceField(choices=ROLES, help_text=BOTH)


class LeadsView(ByPersonView, InsideView):
    """The leads and deputies of a department, each under the id of the person. They have no version."""

    noun, plural = "lead", "departments/<int:department>/leads"
    within = DepartmentsView
    shape = LeadShape
    takes = {"create": NewLead, "partial_update": ChangedLead}
    gives = {"consequences": ConsequencesShape}
    filterset_class = filters_of("LeadFilters", reference("person"), choice("role", ROLES))
    orderings = {"person": Key("person_id"), "name": Key("person__name")}
    ordering = ("person",)
    includes = {"person": Included("person", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """Those of a department. Raises Unknown for one that is not there."""
        role = Case(When(is_deputy=True, then=Value(DEPUTY)), default=Value(LEAD), output_field=CharField())
        return DepartmentLead.objects.filter(department=self.holder()).annotate(role=role).order_by()

    def create(self, request: Request, department: int) -> Response:
        """Appoint a lead or a deputy; somebody who is the one already becomes the other."""
        of, given = self.holder(), self.filled()
        is_deputy = given["role"] == DEPUTY
        lead = commands.add_lead(of, person=given["person"], is_deputy=is_deputy, actor=self.person)
        return self.added(lead.person_id)

    def partial_update(self, request: Request, department: int, pk: int) -> Response:
        """Make a lead a deputy, or a deputy a lead."""
        lead, given = self.one(), self.filled()
        is_deputy = given["role"] == DEPUTY
        commands.add_lead(lead.department, person=lead.person, is_deputy=is_deputy, actor=self.person)
        return self.answer({"pk": lead.pk})

    def destroy(self, request: Request, department: int, pk: int) -> Response:
        """End it: they stay in the house, and keep what they answer for in person."""
        lead = self.one()
        commands.remove_lead(lead.department, person=lead.person, actor=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["get"])
    def consequences(self, request: Request, department: int, pk: int) -> Response:
        """What would come of it if they led the department no longer; for those who may end it."""
        lead = self.one()
        may_appoint_lead(standing_of(self.person), unit_id=lead.department.unit_id).or_not_allowed()
        return self.versioned(told(of_lead_removal(lead.department, lead.person)))
