"""Addresses that lead nowhere, answered as the API answers."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.views import APIView


class Nowhere(APIView):
    """Whatever is below /api/ and is no address of it: 404, after the sign-in or before."""

    authentication_classes = ()
    permission_classes = ()
    schema = None
    http_method_names = ("get", "head", "post", "put", "patch", "delete", "options")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises Http404."""
        raise Http404
