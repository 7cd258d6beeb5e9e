"""What every view of the API has: who asks, how far, how often, and an answer that is given once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from api.kernel.access import Access, ReachesScope, access_of, person_of
from api.kernel.inputs import Input, taken_by
from api.kernel.problems import Wrong, not_valid
from api.kernel.throttling import PerToken
from api.kernel.versions import has_it, tag_of
from api.kernel.wire import canonical, dumps
from workspace.organisation.commands import answer_once
from workspace.organisation.commands.answering import Kept
from workspace.organisation.models import Person

READ, WRITE, ADMIN = "read", "write", "admin"
LONGEST_KEY = 200


class ApiView(GenericViewSet[Any]):
    """What every view of the API has: who asks, how far, how often, and answers that tell their version."""

    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    permission_classes = (ReachesScope,)
    throttle_classes = (PerToken,)
    scopes: ClassVar[Mapping[str, str]] = {}
    """Action → the scope that it asks for, where it is not `read` for looking and `write` for changing."""
    takes: ClassVar[Mapping[str, type[serializers.Serializer[Any]]]] = {}
    """Action → what is sent to it; nothing is sent to others."""
    gives: ClassVar[Mapping[str, type[serializers.Serializer[Any]] | None]] = {}
    """Action → what it answers, where that is not the noun itself; None for an answer without a body."""
    files: ClassVar[Mapping[str, str]] = {}
    """Action → the media type of the file that it answers with, whatever is accepted; `*/*` where that differs."""
    statuses: ClassVar[Mapping[str, int]] = {}
    """Action → the status of an answer that went well, where it is not 200, 201 for `create`, 204 for `destroy`."""

    @property
    def person(self) -> Person:
        """As whom the request acts."""
        return person_of(self.request)

    def scope_of(self) -> str:
        """The scope that the action asks for."""
        is_safe = self.request.method in ("GET", "HEAD", "OPTIONS")
        return self.scopes.get(self.action or "", READ if is_safe else WRITE)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer; a request with an Idempotency-Key is answered once, however often it is sent."""
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method not in ("POST", "PATCH", "PUT", "DELETE"):
            return super().dispatch(request, *args, **kwargs)
        return self._once(key, request, *args, **kwargs)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is sent whatever is accepted: its type is its own."""
        return super().perform_content_negotiation(request, force=force or self.action in self.files)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say how often the token may still ask."""
        response = super().finalize_response(request, response, *args, **kwargs)
        self._tell_rates(response)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def get_throttles(self) -> list[Any]:
        """The throttles, which are asked later how much is left."""
        self._asked = super().get_throttles()
        return self._asked

    def _once(self, key: str, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a request under its key. Who it is has to be known before: keys are each person's own."""
        made = self.initialize_request(request, *args, **kwargs)
        self.request, self.args, self.kwargs, self.headers = made, args, kwargs, self.default_response_headers
        try:
            if len(key) > LONGEST_KEY or not key.isprintable():
                raise not_valid(Wrong("Idempotency-Key", _("A key has at most 200 characters."), key))
            self.initial(made, *args, **kwargs)
            told = _mark_of(made, access_of(made))
            handler = getattr(self, str(request.method).lower(), self.http_method_not_allowed)

            def act() -> Kept:
                response = self.finalize_response(made, handler(made, *args, **kwargs), *args, **kwargs)
                body = response.render().content.decode()
                return Kept(response.status_code, body, _lasting(response))

            kept = answer_once(self.person, key, request=told, act=act)
        except Exception as error:
            self.response = self.finalize_response(made, self.handle_exception(error), *args, **kwargs)
            return self.response
        answer = HttpResponse(kept.body, status=kept.status, headers=dict(kept.headers))
        answer.headers["Idempotency-Replayed"] = str(kept.is_again).lower()
        self._tell_rates(answer)
        return answer

    def _tell_rates(self, response: Any) -> None:
        """Say how often the token may still ask."""
        for throttle in getattr(self, "_asked", ()):
            for name, value in throttle.told().items():
                response.headers.setdefault(name, value)

    def versioned(self, body: Any, version: int | None = None, *, code: int = status.HTTP_200_OK) -> Response:
        """The answer with its ETag; 304 for a caller who has it."""
        sent = dumps(body)
        tag = tag_of(sent, version)
        if code == status.HTTP_200_OK and self.request.method in ("GET", "HEAD") and has_it(self.request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(sent, status=code, headers={"ETag": tag})

    def filled(self, form: type[serializers.Serializer[Any]] | None = None) -> dict[str, Any]:
        """What was sent, as the action (or `form`) takes it. Raises a problem for what it does not take."""
        return taken_by(form or self.takes.get(self.action or "", Input), self.request.data, self)


def _mark_of(request: Request, access: Access) -> str:
    """What makes a request the same as another one: all that it asks, and how far whoever sent it reaches.

    A token that reaches less far than another one of the same person is not told what that one was answered.
    """
    reach = (access.scope, sorted((noun, sorted(ids)) for noun, ids in access.limits.items()))
    asked = (request.method, request.get_full_path(), request.headers.get("If-Match"), request.data, _sums_of(request))
    return hashlib.sha256(canonical((reach, asked))).hexdigest()


def _sums_of(request: Request) -> list[tuple[str, str]]:
    """The SHA-256 of each file that was sent, by its field: another file under the same name is another request."""
    sums = []
    for name, files in request.FILES.lists():
        for file in files:
            digest = hashlib.sha256()
            for piece in file.chunks():
                digest.update(piece)
            sums.append((name, digest.hexdigest()))
    return sums


def _lasting(response: Any) -> dict[str, str]:
    """The headers of an answer that are sent again with it."""
    return {name: value for name, value in response.items() if name in ("Content-Type", "ETag", "Location")}
