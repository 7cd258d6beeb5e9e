"""As whom, and how far, a request acts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import check_parameters
from api.kernel.shapes import plan_of, rows_of
from api.kernel.views import ApiView
from api.nouns.people import PersonShape
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


class MeShape(serializers.Serializer[Any]):
    """As whom, and how far, a request acts."""

    example = {"limits": {"team": [7]}}

    person = PersonShape()
    scope = serializers.ChoiceField(choices=["read", "write", "admin"])
    limits = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    leads = serializers.ListField(child=serializers.IntegerField(), help_text="Departments that the person leads.")
    heads = serializers.ListField(child=serializers.IntegerField(), help_text="Units that the person heads.")


class MeView(ApiView):
    """Who the token belongs to, and how far it reaches."""

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """For the schema."""
        return MeShape

    def list(self, request: Request) -> Response:
        """As whom, and how far, this request acts."""
        check_parameters(request.query_params, set())
        access, standing = access_of(request), standing_of(self.person)
        plan = plan_of(PersonShape, PersonShape.names())
        return self.versioned(
            {
                "person": rows_of(Person.objects.filter(pk=self.person.pk), plan, self.person)[0],
                "scope": access.scope,
                "limits": access.limits,
                "leads": sorted(standing.leads),
                "heads": sorted(standing.heads),
            }
        )
