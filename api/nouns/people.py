"""People."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.kernel.filters import choice, day, filters_of, flag, reference, text
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.nouns.inside import InsideView
from workspace.organisation.models import Person

ROLES = Person.Role.choices


class PersonShape(Shape):
    """A person."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    job_title = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=ROLES)
    department = serializers.IntegerField(source="department_id", allow_null=True, help_text="Home department.")
    delegate = serializers.IntegerField(source="delegate_id", allow_null=True)
    time_zone = serializers.CharField(allow_blank=True, help_text="Empty: that of the installation.")
    is_active = serializers.BooleanField()
    left_on = serializers.DateField(allow_null=True, help_text="First day on which the person is gone.")
    version = serializers.IntegerField()


class PeopleView(InsideView):
    """People: who they are, where their home is, and whether they are here."""

    noun, plural = "person", "people"
    shape = PersonShape
    filterset_class = filters_of(
        "PersonFilters",
        reference("id", "pk"),
        text("name"),
        text("email"),
        text("job_title"),
        choice("role", ROLES),
        reference("department", is_optional=True),
        reference("delegate", is_optional=True),
        flag("is_active"),
        day("left_on", is_optional=True),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "email": Key("email"), "left_on": Key("left_on", True)}
    ordering = ("name", "id")

    def visible(self) -> QuerySet[Any]:
        """Everybody, also those who left."""
        return Person.objects.all()
