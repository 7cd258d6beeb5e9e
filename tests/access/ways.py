"""Who may go which way: an address with a method and what is sent, and the kinds of people who try it.

Each module in `tests/access/routes` has `ways(cast) -> list[Way]`; `test_every_way.py` goes each of them as everybody.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from journeys.models import Journey
from tests.access import routes
from tests.cast import Cast
from workspace import clock
from workspace.organisation.commands import deactivate_person, set_leaving_date
from workspace.organisation.models import Share

STRANGERS = ("anonymous", "deactivated", "left")
GUESTS = ("guest", "invited_guest")  # nothing is shared with the first; with the second, the journey of the cast
INSIDERS = (
    "member", "other_member", "lead", "other_lead", "head", "other_head", "executive", "administrator",
)  # fmt: skip
KINDS = (*STRANGERS, *GUESTS, *INSIDERS)
EVERYBODY = KINDS

IN_CAST = {
    "invited_guest": "guest",
    "lead": "billing_lead",
    "other_lead": "shops_lead",
    "head": "service_head",
    "other_head": "retail_head",
}
"""Of Service: `lead` (Billing), `head` and `other_member` (both Care). Of Retail: `member` and `other_lead` (Shops)."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Way:
    """An address with one method. Those in `by` may go it and are answered with `done`; the others:

    strangers are sent to sign in (302), guests find nothing there (404), insiders are refused with the reason (403).
    `answers` are the exceptions, kind by kind. What changes something leaves an event, unless `is_recorded` is False.
    A method that an address has no row for is answered with 405.
    """

    route: str
    """Name in the resolver, with its namespace: `journeys:claim`."""
    path: str
    method: str = "GET"
    by: Collection[str] = INSIDERS
    data: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    """Status for those who may; 0 is 302 for what changes something and 200 for what shows something."""
    is_recorded: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    """What it asks of a token; "" is `read` for what shows something and `write` for what changes something."""
    owner: str = ""
    """Whose the thing is, where all others administer it: a token of theirs with a smaller scope finds nothing."""
    limited: int = 403
    """What a token is answered with that is limited to a team which is not there."""

    @property
    def is_of_api(self) -> bool:
        """Whether it is for programs: strangers are told that they are (401), not led to the sign-in."""
        return self.route.startswith("api:")

    @property
    def address(self) -> str:
        """The path without its parameters."""
        return self.path.partition("?")[0]

    @property
    def is_safe(self) -> bool:
        """Whether it only shows something."""
        return self.method in ("GET", "HEAD", "OPTIONS")

    def answer(self, kind: str) -> int:
        """The status that this kind of person is answered with."""
        if kind in self.answers:
            return self.answers[kind]
        if kind in self.by:
            return self.done or (200 if self.is_safe or self.is_of_api else 302)
        if kind in STRANGERS:
            return 401 if self.is_of_api else 302
        return 404 if kind in GUESTS else 403

    def is_written(self, kind: str) -> bool:
        """Whether it leaves an event when this kind of person goes it."""
        return not self.is_safe and self.is_recorded and kind in self.by and kind not in self.answers


def both(route: str, path: str, **fields: Any) -> list[Way]:
    """The form (GET) and what it does (POST), for the same people."""
    return [Way(route, path, "GET", **fields), Way(route, path, "POST", **fields)]


def modules() -> list[str]:
    """The modules that name ways."""
    return [module.name for module in pkgutil.iter_modules(routes.__path__)]


def ways_of(module: str, cast: Cast) -> list[Way]:
    """The ways of one module; what they need is there afterwards."""
    listed = importlib.import_module(f"{routes.__name__}.{module}").ways(cast)
    assert isinstance(listed, list)
    return listed


def person_of(cast: Cast, kind: str) -> Any:
    """The person of the cast who plays this kind."""
    return cast.member if kind in STRANGERS else getattr(cast, IN_CAST.get(kind, kind))


def enter(client: Client, cast: Cast, kind: str) -> None:
    """Sign the person in; the deactivated one and the one who left had a live session when it happened."""
    if kind == "anonymous":
        return
    person = person_of(cast, kind)
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    if kind == "deactivated":
        deactivate_person(person, actor=cast.administrator)
    if kind == "left":
        set_leaving_date(person, on=clock.today(), actor=cast.administrator)
    if kind == "invited_guest":
        Share.objects.create(
            noun=Journey.NOUN,
            subject_id=cast.journey.pk,
            guest=person,
            ends_on=clock.today() + timedelta(days=30),
            granted_by=cast.executive,
            granted_at=clock.now(),
        )


class Visitor:
    """A client that stands where it stood before each request, whatever an earlier answer did to its cookies."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.session = client.cookies["sessionid"].value if "sessionid" in client.cookies else None

    def go(
        self,
        path: str,
        method: str,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer to one request; programs send JSON."""
        self.client.cookies = SimpleCookie({"sessionid": self.session} if self.session else {})
        if path.startswith("/api/"):
            body = json.dumps(dict(data or {})) if method in ("POST", "PATCH", "PUT") else ""
            return self.client.generic(method, path, body, "application/json", headers=dict(headers or {}))
        sent = dict(data) if data and method in ("GET", "POST") else None
        answer: HttpResponse = getattr(self.client, method.lower())(path, sent)
        return answer


def addresses() -> Iterator[tuple[str, str, str]]:
    """Every address of the house: its namespace, its name (both may be ""), and its route."""
    yield from _addresses(get_resolver(), "", "")


def _addresses(resolver: URLResolver, namespace: str, before: str) -> Iterator[tuple[str, str, str]]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield namespace, pattern.name or "", route
        else:
            yield from _addresses(pattern, ":".join(filter(None, (namespace, pattern.namespace))), route)
