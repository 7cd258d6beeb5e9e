"""Refusals as problem details (RFC 9457): what is wrong, with which field and value, and what to do next."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from api.kernel.wire import dumps
from workspace.errors import NotAllowed, Refusal, StaleWrite, Text, Unknown
from workspace.organisation.commands.answering import KeyInUse

MEDIA_TYPE = "application/problem+json"
KINDS_AT = "/api/v1/problems/"
SHOWN = 200
"""So many characters of a wrong value are told back."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the last part of its address, its status and its title."""

    code: str
    status: int
    title: Text


def _kinds(*rows: tuple[str, int, Text]) -> dict[str, Kind]:
    return {code: Kind(code, status, title) for code, status, title in rows}


KINDS = _kinds(
    ("not-valid", 400, gettext_lazy("Something in the request cannot be taken")),
    ("not-json", 400, gettext_lazy("The body cannot be read")),
    ("not-signed-in", 401, gettext_lazy("Nobody is signed in")),
    ("not-allowed", 403, gettext_lazy("You may not do this")),
    ("unknown", 404, gettext_lazy("There is no such thing")),
    ("method-not-taken", 405, gettext_lazy("This address does not take this method")),
    ("not-acceptable", 406, gettext_lazy("There is no such form of the answer")),
    ("changed", 409, gettext_lazy("It has changed in the meantime")),
    ("key-in-use", 409, gettext_lazy("This key belongs to another request")),
    ("stale", 412, gettext_lazy("You have an older version")),
    ("too-large", 413, gettext_lazy("The request is too large")),
    ("media-type", 415, gettext_lazy("The body is in a form that is not read here")),
    ("rule-broken", 422, gettext_lazy("A rule forbids this")),
    ("version-missing", 428, gettext_lazy("Say which version you have")),
    ("too-many", 429, gettext_lazy("Too many requests")),
    ("fault", 500, gettext_lazy("Something went wrong here")),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: where (a field, filter or header), what was sent, why, and what could be sent."""

    field: str
    reason: Text
    value: Any = None
    next_step: Text = ""

    @property
    def told(self) -> dict[str, Any]:
        """As it stands in the answer."""
        told: dict[str, Any] = {"field": self.field, "reason": str(self.reason)}
        if self.value is not None:
            told["value"] = shown(self.value)
        if self.next_step:
            told["next_step"] = str(self.next_step)
        return told


class Problem(Exception):
    """A refusal that only the API knows. `more` are members of its own."""

    def __init__(
        self,
        code: str,
        detail: Text,
        *,
        next_step: Text = "",
        errors: list[Wrong] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.kind, self.detail, self.next_step = KINDS[code], str(detail), str(next_step)
        self.errors, self.headers, self.more = errors or [], dict(headers or {}), more
        super().__init__(self.detail)


def not_valid(*wrong: Wrong) -> Problem:
    """Some fields, filters or headers cannot be taken."""
    told = " ".join(f"{each.field}: {each.reason}" for each in wrong)
    return Problem("not-valid", told, next_step=wrong[0].next_step, errors=list(wrong))


def shown(value: Any) -> Any:
    """A value as it can be told back: short."""
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@dataclass(slots=True)
class _Told:
    kind: Kind
    detail: str
    next_step: str = ""
    errors: list[Wrong] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to whatever was raised; a fault of the house is logged, and says nothing of itself."""
    set_rollback()
    told = _told(error)
    if told is None:
        request = context.get("request")
        _note_fault(error, context.get("view"), getattr(request, "_request", request))
        told = _fault()
    return as_response(told.kind, told.detail, told.next_step, told.errors, told.headers, told.more)


def told_of(error: Exception, view: Any) -> dict[str, Any]:
    """The problem details of what went wrong with one of several things; a fault of the house is logged."""
    told = _told(error)
    if told is None:
        _note_fault(error, view, view.request._request)
        told = _fault()
    return _body(told.kind, told.detail, told.next_step, told.errors, told.more)


def early(code: str, reason: str, next_step: str) -> tuple[str, bytes]:
    """The media type and the body for a request that is refused before it comes to a view."""
    return MEDIA_TYPE, dumps(_body(KINDS[code], reason, next_step, [], {}))


def too_large(reason: str, next_step: str) -> tuple[str, bytes]:
    """As `early`, for one that is too large."""
    return early("too-large", reason, next_step)


def _note_fault(error: Exception, view: Any, request: Any) -> None:
    logger.error("A request of the API failed.", exc_info=error)
    got_request_exception.send(sender=type(view), request=request)


def as_response(
    kind: Kind,
    detail: str,
    next_step: str = "",
    errors: list[Wrong] | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Problem details with their media type."""
    body = _body(kind, detail, next_step, errors or [], more or {})
    return Response(body, status=kind.status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def _body(kind: Kind, detail: str, next_step: str, errors: list[Wrong], more: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"{KINDS_AT}{kind.code}/",
        "title": str(kind.title),
        "status": kind.status,
        "detail": detail,
    }
    if next_step:
        body["next_step"] = next_step
    if errors:
        body["errors"] = [each.told for each in errors]
    return {**body, **more}


def _fault() -> _Told:
    return _Told(KINDS["fault"], _("The fault is ours, and was noted."), _("Try again later."))


def _told(error: Exception) -> _Told | None:
    """What is told of an error; None for a fault of the house."""
    if isinstance(error, Problem):
        return _Told(error.kind, error.detail, error.next_step, error.errors, error.headers, error.more)
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, exceptions.ValidationError):
        wrong = wrong_fields(error.detail)
        return _Told(KINDS["not-valid"], " ".join(f"{one.field}: {one.reason}" for one in wrong), "", wrong)
    if isinstance(error, exceptions.Throttled):
        wait = max(1, int(getattr(error, "wait", None) or 1))
        said = _("Wait %(seconds)d s.") % {"seconds": wait}
        return _Told(KINDS["too-many"], _("This token has asked too often."), said, [], {"Retry-After": str(wait)})
    for classes, code, next_step in _OTHERS:
        if isinstance(error, classes):
            is_ours = code in ("unknown", "too-large") or isinstance(error, PermissionDenied | SuspiciousOperation)
            told = str(KINDS[code].title) + "." if is_ours else str(getattr(error, "detail", error))
            header = getattr(error, "auth_header", None)
            return _Told(KINDS[code], told, str(next_step), [], {"WWW-Authenticate": str(header)} if header else {})
    return None


_OTHERS: tuple[tuple[tuple[type[Exception], ...], str, Text], ...] = (
    ((Http404, exceptions.NotFound), "unknown", gettext_lazy("Look at /api/v1/.")),
    (
        (exceptions.NotAuthenticated, exceptions.AuthenticationFailed),
        "not-signed-in",
        gettext_lazy("Send “Authorization: Bearer” and a token."),
    ),
    ((exceptions.PermissionDenied, PermissionDenied), "not-allowed", ""),
    ((exceptions.ParseError,), "not-json", gettext_lazy("Send JSON (RFC 8259) in UTF-8.")),
    ((exceptions.MethodNotAllowed,), "method-not-taken", gettext_lazy("The header Allow names those that are taken.")),
    ((exceptions.NotAcceptable,), "not-acceptable", gettext_lazy("Accept “application/json”.")),
    ((exceptions.UnsupportedMediaType,), "media-type", gettext_lazy("Send “Content-Type: application/json”.")),
    ((RequestDataTooBig,), "too-large", gettext_lazy("Send it in parts.")),
    ((SuspiciousOperation,), "not-valid", ""),
)
"""Errors of the libraries, the kind of problem that they are, and what to do."""


def _refused(error: Refusal) -> _Told:
    codes = {NotAllowed: "not-allowed", Unknown: "unknown", StaleWrite: "changed", KeyInUse: "key-in-use"}
    version = getattr(error, "version", None)
    more = {} if version is None else {"version": version}
    return _Told(KINDS[codes.get(type(error), "rule-broken")], error.reason, error.next_step, more=more)


def wrong_fields(detail: Any, sent: Any = None, place: str = "") -> list[Wrong]:
    """What the library says of fields, however deep, as a flat list, each with what was `sent` there."""
    if isinstance(detail, Mapping):
        parts = [(str(name), each) for name, each in detail.items()]
    elif isinstance(detail, list) and not all(isinstance(each, str) for each in detail):
        parts = [(str(number), each) for number, each in enumerate(detail)]
    else:
        told = " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
        return [Wrong(place or "body", told, sent if place else None)] if told else []
    return [one for name, each in parts for one in wrong_fields(each, _part(sent, name), _in(place, name))]


def _part(sent: Any, name: str) -> Any:
    if isinstance(sent, Mapping):
        return sent.get(name, sent if name == "non_field_errors" else None)
    if isinstance(sent, list) and name.isdigit() and int(name) < len(sent):
        return sent[int(name)]
    return None


def _in(place: str, name: str) -> str:
    if name == "non_field_errors":
        return place
    return f"{place}.{name}" if place else name
