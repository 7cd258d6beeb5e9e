"""Addresses under which the API tells of itself.

The description holds no data, so everybody who is signed in may read it, guests too: they may have tokens as well. What
a problem means is open to everybody, because the answer to those who are not signed in points there.
"""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import check_parameters
from api.kernel.problems import KINDS
from api.kernel.views import ApiView
from api.schema.description import description
from api.schema.problems import told


class NounShape(serializers.Serializer[Any]):
    """What there is, and where."""

    example = {"name": "departments", "address": "https://example.com/api/v1/departments/", "about": "Departments."}

    name = serializers.CharField()
    address = serializers.URLField()
    about = serializers.CharField()


class IndexShape(serializers.Serializer[Any]):
    """What there is."""

    example = {
        "schema": "https://example.com/api/v1/schema/",
        "docs": "https://example.com/api/v1/docs/",
        "problems": "https://example.com/api/v1/problems/",
    }

    nouns = NounShape(many=True)
    schema = serializers.URLField(help_text="This API as OpenAPI 3.1.")
    docs = serializers.URLField(help_text="The same, to read and to try.")
    problems = serializers.URLField(help_text="What each kind of problem means.")


class KindShape(serializers.Serializer[Any]):
    """A kind of problem, and what it means."""

    example = told(KINDS["not-valid"])

    type = serializers.CharField(help_text="As it stands in the answer.")
    status = serializers.IntegerField()
    title = serializers.CharField()
    when = serializers.CharField()
    next_step = serializers.CharField()


class KindsShape(serializers.Serializer[Any]):
    """All kinds of problems."""

    items = KindShape(many=True)


class SchemaShape(serializers.Serializer[Any]):
    """An OpenAPI document."""

    example = {"openapi": "3.1.0"}

    openapi = serializers.CharField()
    info = serializers.DictField()
    servers = serializers.ListField(child=serializers.DictField())
    tags = serializers.ListField(child=serializers.DictField())
    paths = serializers.DictField()
    components = serializers.DictField()


class IndexView(ApiView):
    """What there is, and where."""

    gives = {"list": IndexShape}

    def list(self, request: Request) -> Response:
        """What there is, and where."""
        check_parameters(request.query_params, set())
        start = request.build_absolute_uri(request.path)
        nouns = [
            {"name": tag["name"], "address": f"{start}{tag['name']}/", "about": tag["description"]}
            for tag in description()["tags"]
            if tag["name"] not in ("start", "schema", "problems")
        ]
        along = {name: f"{start}{name}/" for name in ("schema", "docs", "problems")}
        return self.versioned({"nouns": nouns, **along})


class SchemaView(ApiView):
    """This API as OpenAPI 3.1."""

    gives = {"list": SchemaShape}

    def list(self, request: Request) -> Response:
        """This API as OpenAPI 3.1: clients can be made from it."""
        check_parameters(request.query_params, set())
        return self.versioned(description())


class ProblemsView(ApiView):
    """What each kind of problem means."""

    authentication_classes = ()
    permission_classes = ()  # type: ignore[assignment]
    lookup_url_kwarg = "code"
    lookup_value_converter = "slug"
    gives = {"list": KindsShape, "retrieve": KindShape}

    def list(self, request: Request) -> Response:
        """All kinds of problems."""
        check_parameters(request.query_params, set())
        return self.versioned({"items": [told(kind) for kind in KINDS.values()]})

    def retrieve(self, request: Request, code: str) -> Response:
        """One kind of problem."""
        check_parameters(request.query_params, set())
        if code not in KINDS:
            raise Http404
        return self.versioned(told(KINDS[code]))


@login_not_required
@require_safe
@csp_update({"img-src": [SELF, "data:"]})  # its styles bring their own marks
def docs(request: HttpRequest) -> HttpResponse:
    """The description to read and to try, as whoever is signed in."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return render(request, "api/docs.html")
