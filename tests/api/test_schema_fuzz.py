"""Every operation of the API, as its description says it: with requests that are known to work, and with made-up ones.

Whatever is sent and whoever sends it, the description knows the answer: its status, media type, headers and body; and
none is a fault of the house. Requests are made up from the description (schemathesis), the same each time, and name
things that are there. Each is undone before the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of_hypothesis
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from api.schema.description import description
from tests.access.ways import Way, modules, ways_of
from tests.api.program import Program
from tests.cast import Cast
from workspace.organisation.commands import make_token

PARTS = 4
EXAMPLES = 3
AREAS = [area for area in modules() if area.startswith("api_")]
CALLERS = {"administrator": "admin", "billing_lead": "write", "member": "read", "guest": "write"}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
ALIASES = {
    **dict.fromkeys(("unit", "business_unit"), "business-units"),
    **dict.fromkeys(("person", "head", "guest", "delegate", "accountable", "assignees"), "people"),
    **dict.fromkeys(("owner", "merged_into", "into"), "departments"),
    **dict.fromkeys(("story", "stories"), "stories"),
    **dict.fromkeys(("source", "target"), "touchpoints"),
}
"""Fields that name things of another noun than the one they are called after."""


@dataclass
class House:
    """The operations, the programs that call them, and the ids that are there, by noun."""

    operations: list[Any]
    callers: Mapping[str, str]
    ids: Mapping[str, list[int]] = field(default_factory=dict)

    def answers_wrong(self, case: Any, caller: str) -> str:
        """What is wrong with the answer to the request; "" for nothing. What it did is undone."""
        headers = {"Authorization": f"Bearer {self.callers[caller]}"}
        with _on_one_connection():
            answer = case.call(headers=headers)
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            told = getattr(failure, "exceptions", [failure])
            why = "; ".join(" ".join(str(each).split())[:300] for each in told)
            return f"{case.operation.label} as {caller}: {why}\n    {_sent(case)} -> {answer.content[:200]!r}"
        return ""

    def real(self, name: str, turn: int) -> int | None:
        """The id of something that a field of this name can mean."""
        plural = ALIASES.get(name, f"{name.replace('_', '-')}s")
        ids = self.ids.get(plural, ())
        return ids[turn % len(ids)] if ids else None

    def with_real_things(self, case: Any, turn: int) -> Any:
        """The request, with things that are there in most of its places."""
        segments = case.operation.path.strip("/").split("/")
        for place, segment in enumerate(segments):
            ids = self.ids.get(segments[place - 1], ())
            if segment.startswith("{") and ids and turn % 4 != 3:
                case.path_parameters[segment.strip("{}")] = ids[turn % len(ids)]
        if "If-Match" in (case.headers or {}) and turn % 3 != 2:
            case.headers["If-Match"] = "*"
        for sent in (case.query, case.body):
            for name in list(sent) if isinstance(sent, dict) else ():
                real = self.real(name, turn)
                if real is not None and turn % 3 != 1:
                    sent[name] = [real] if isinstance(sent[name], list) else real
        return case


@contextmanager
def _on_one_connection() -> Iterator[None]:
    """A request stays within the transaction of the test, as those of Django's own client do, and is undone."""
    between = (request_started, request_finished)
    for signal in between:
        signal.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for signal in between:
            signal.connect(close_old_connections)


def _sent(case: Any) -> str:
    body = "" if case.body is NOT_SET else str(case.body)[:200]
    return f"{case.path_parameters} {dict(case.query or {})} {body}"


@cache
def _operations() -> list[Any]:
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False
    schema = schemathesis.openapi.from_dict(description(), config=config)
    schema.app = get_wsgi_application()
    return [each.ok() for each in schema.get_all_operations()]  # type: ignore[union-attr]


def _ids(secret: str) -> dict[str, list[int]]:
    asks, found = Program(secret), {}
    for path, methods in description()["paths"].items():
        if "get" in methods and path.count("/") == 4 and "cursor" in str(methods["get"]["parameters"]):
            noun = path.split("/")[3]
            found[noun] = [item["id"] for item in asks.get(f"{noun}/").data["items"] if item.get("id")]
    return {noun: ids[:3] + ids[-6:] for noun, ids in found.items() if ids}


@pytest.fixture
def house(cast: Cast, settings: Any) -> House:
    """The operations, and a program of each of some people."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
    callers = {}
    for name, scope in CALLERS.items():
        person = getattr(cast, name)
        callers[name] = make_token(person, name="A program", scope=scope, actor=person).secret
    return House(_operations(), callers)


def _cases_of(house: House, ways: list[Way]) -> Iterator[Any]:
    """The requests that are known to work, as the description says them."""
    plain_first = sorted(house.operations, key=lambda operation: str(operation.path).count("{"))
    known = [(operation, _pattern(operation.path)) for operation in plain_first]
    for way in ways:
        path, _mark, query = way.path.partition("?")
        for operation, pattern in known:
            if operation.method.upper() == way.method and (found := pattern.fullmatch(path)):
                asked = dict(pair.split("=", 1) for pair in query.split("&") if pair)
                sent = {"body": dict(way.data), "media_type": "application/json"} if operation.body else {}
                yield operation.Case(path_parameters=found.groupdict(), query=asked, headers=dict(way.headers), **sent)
                break


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


@pytest.mark.parametrize("area", AREAS)
def test_what_is_known_to_work_is_answered_as_described(house: House, cast: Cast, area: str) -> None:
    ways = ways_of(area, cast)
    tried = (house.answers_wrong(case, caller) for case in _cases_of(house, ways) for caller in CALLERS)
    assert not (wrong := list(filter(None, tried))), "\n".join(wrong)


@pytest.mark.parametrize("area", AREAS)
def test_if_match_is_asked_for_where_it_is_described(cast: Cast, settings: Any, area: str) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**6
    caller = Program(make_token(cast.administrator, name="A program", scope="admin", actor=cast.administrator).secret)
    known = [(operation, _pattern(operation.path)) for operation in _operations()]
    wrong = []
    for way in ways_of(area, cast):
        matching = (one for one, pattern in known if pattern.fullmatch(way.address))
        described = next((one.definition.raw for one in matching if one.method.upper() == way.method), None)
        if described is None or way.method not in ("POST", "PATCH", "DELETE"):
            continue
        asked = [each for each in described["parameters"] if each["name"] == "If-Match"]
        is_required = any(each["required"] for each in asked)
        statuses = []
        for headers in ({}, {"If-Match": "odd"}):
            with _on_one_connection():
                statuses.append(caller.call(way.method, way.path, dict(way.data), headers).status_code)
        without, odd = statuses
        if (is_required and without not in (403, 404, 428)) or (without == 428 and not asked):
            wrong.append(f"{way.method} {way.path} without If-Match: {without}")
        if (without < 300 or without == 428) and (odd == 412) != bool(asked):
            wrong.append(f"{way.method} {way.path} with an odd If-Match: {odd}")
    assert wrong == []


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_made_up_is_answered_as_described(house: House, cast: Cast, part: int) -> None:
    for area in AREAS:
        ways_of(area, cast)
    house.ids = _ids(house.callers["administrator"])
    wrong = [told for operation in house.operations[part::PARTS] for told in _tried(house, operation)]
    assert not wrong, "\n".join(wrong)


def _tried(house: House, operation: Any) -> list[str]:
    wrong: list[str] = []
    callers, turns = list(CALLERS), count()

    @settings_of_hypothesis(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        turn = next(turns)
        case = house.with_real_things(case, turn)
        asking = dict.fromkeys((callers[0], callers[turn % len(callers)]))
        wrong.extend(house.answers_wrong(case, caller) for caller in asking)

    send()
    return list(filter(None, wrong))
