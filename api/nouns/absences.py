"""When people are away."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import day, filters_of, reference
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.values import NumberSet, WholeNumber
from api.kernel.wanted import Included
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from sprints import commands
from sprints.models import Absence, Membership
from workspace.organisation.models import Person


def _of_teams(_filters: Any, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
    """Those of the members of these teams."""
    teams = value if isinstance(value, list) else [value]
    members = Membership.objects.filter(team__in=teams).order_by().values("person")
    return queryset.filter(person__in=members)


class AbsenceShape(Shape):
    """Days on which somebody does not work; why is nobody's business."""

    id = serializers.IntegerField()
    person = serializers.IntegerField(source="person_id")
    starts_on = serializers.DateField(help_text="The first day.")
    ends_on = serializers.DateField(help_text="The last day.")


class NewAbsence(Input):
    """Who is away, and when."""

    person = serializers.PrimaryKeyRelatedField(
        queryset=Person.objects.all(), required=False, help_text="Left out: yourself."
    )
    starts_on = serializers.DateField(help_text="The first day.")
    ends_on = serializers.DateField(help_text="The last day.")


class AbsencesView(InsideView):
    """Absences: the capacity of teams counts people out on these days. They are added and removed, never changed."""

    noun, plural = "absence", "absences"
    shape = AbsenceShape
    takes = {"create": NewAbsence}
    filterset_class = filters_of(
        "AbsenceFilters",
        reference("id", "pk"),
        reference("person"),
        day("starts_on"),
        day("ends_on"),
        {
            "team": WholeNumber(method="of_teams", help_text="Of the members of this team."),
            "team__in": NumberSet(method="of_teams"),
        },
        of_teams=_of_teams,
    )
    orderings = {"id": Key("pk"), "starts_on": Key("starts_on"), "ends_on": Key("ends_on")}
    ordering = ("starts_on", "id")
    includes = {"person": Included("person", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All, past ones too: everybody inside sees who is away."""
        return Absence.objects.all()

    def create(self, request: Request) -> Response:
        """Enter an absence of one’s own, or of a member of a team that one runs; administrators anybody’s."""
        self.check_limits()
        given = self.filled()
        person = given.pop("person", self.person)
        return self.created(commands.enter_absence(person, **given, actor=self.person).pk)

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove it: it does not take place."""
        commands.remove_absence(self.one(), actor=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)
