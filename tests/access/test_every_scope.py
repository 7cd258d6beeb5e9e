"""Every address of the API with every scope of token: a token never reaches farther than its person or its scope."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.access.test_every_way import gone, says_why
from tests.access.ways import GUESTS, INSIDERS, Visitor, Way, enter, modules, person_of, ways_of
from tests.cast import Cast
from workspace.organisation.commands import make_token

SCOPES = ("read", "write", "admin")
HELD = [
    (kind, scope)
    for kind in (*INSIDERS, *GUESTS)
    for scope in (*SCOPES, "limited")
    if scope != "admin" or kind == "administrator"  # nobody else gets one: tests/api/test_tokens.py
]
PAGES = {"api:docs"}
"""Pages among the addresses of the API: they know sessions alone."""
AREAS = [area for area in modules() if area.startswith("api_")]


class Caller(Visitor):
    """A program that brings a token, and no cookie."""

    def __init__(self, secret: str) -> None:
        super().__init__(Client(headers={"Authorization": f"Bearer {secret}"}))


def asked_scope(way: Way) -> str:
    """What the way asks of a token."""
    return way.scope or ("read" if way.is_safe else "write")


@pytest.mark.parametrize(("kind", "scope"), HELD)
@pytest.mark.parametrize("area", AREAS)
def test_each_way_with_each_scope(cast: Cast, client: Client, area: str, kind: str, scope: str) -> None:
    listed = [way for way in ways_of(area, cast) if way.route not in PAGES]
    enter(client, cast, kind)
    person = person_of(cast, kind)
    held, limits = ("write", {"team": [10**6]}) if scope == "limited" else (scope, {})
    caller = Caller(make_token(person, name="A program", scope=held, limits=limits, actor=person).secret)
    wrong = []
    for way in listed:
        is_reached = SCOPES.index(held) >= SCOPES.index(asked_scope(way)) or way.route == "api:nowhere"
        if scope == "limited" and way.route not in ("api:nowhere", "api:me-list"):
            is_reached = False
        is_hidden = way.owner not in ("", kind) and kind in way.by and scope in ("read", "write")
        expected = way.answer(kind) if is_reached else way.limited if scope == "limited" else 403
        expected = 404 if is_reached and is_hidden else expected
        status, is_written, page = gone(caller, way, way.method)
        if (status, is_written) != (expected, is_reached and not is_hidden and way.is_written(kind)):
            wrong.append(f"{way.method} {way.path} ({way.route}): {status}, expected {expected}")
        elif status == 403 and not says_why(page):
            wrong.append(f"{way.method} {way.path} ({way.route}): refused without reason and next step")
    assert not wrong, f"as {kind} with {scope}:\n" + "\n".join(wrong)
