"""The examples of the description: each is one of its schema, says something, and is taken as it stands.

What an example of a request names is put in: ids and addresses of what is there, days that are to come, the version
that holds. Everything else is sent as it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from api.kernel.problems import KINDS
from api.schema.description import description
from api.schema.examples import UNKNOWN
from api.schema.problems import OF_STATUS
from journeys.models import System
from sprints.commands import create_initiative, create_label
from sprints.models import Column, Initiative, Label, Sprint, Story, Team
from tests.access.ways import Way, modules, person_of, ways_of
from tests.api.program import Program
from tests.cast import Cast
from tests.journeys.reading import current
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation.commands import make_token

AREAS = [area for area in modules() if area.startswith("api_")]
FILES = {"attachment_create", "import_create"}
"""These take files, which are no JSON."""
REFUSED = {"touchpoint_approve_owner": (422, "The owner is no department from outside the unit.")}
"""What is refused because of how things stand, and why; by the name of the operation."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation that takes something, with its address and method."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation and operation["operationId"] not in FILES:
                yield path, method, operation


def example_of(operation: dict[str, Any]) -> dict[str, Any]:
    """The example of what an operation takes."""
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    (example,) = description()["components"]["schemas"][name]["examples"]
    return dict(example)


def texts_of(value: Any) -> Iterator[str]:
    """All texts in it, however deep."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_of(each)


def test_every_example_says_something() -> None:
    silent = {
        name
        for name, schema in description()["components"]["schemas"].items()
        for text in texts_of(schema.get("examples", []))
        if text.startswith(UNKNOWN)
    }
    assert silent == set(), "name what stands there in api/schema/named.py, or as the `example` of the form or shape"


def test_every_refusal_is_shown_as_what_it_is() -> None:
    components = description()["components"]
    schema = {"$ref": "#/components/schemas/Problem", "components": components}
    shown = [components["schemas"]["Problem"]["examples"][0]]
    for status, kinds in OF_STATUS.items():
        examples = components["responses"][f"Problem{status}"]["content"]["application/problem+json"]["examples"]
        assert list(examples) == [kind.code for kind in kinds]
        shown += [each["value"] for each in examples.values()]
    for example in shown:
        kind = KINDS[example["type"].split("/")[-2]]
        assert (example["status"], example["title"]) == (kind.status, str(kind.title))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(example)] == []
        assert all(each["field"] in example["detail"] for each in example.get("errors", ()))
        if "current" in example:
            department = {"$ref": "#/components/schemas/Department", "components": components}
            assert [error.message for error in Draft202012Validator(department).iter_errors(example["current"])] == []
            assert example["current"]["version"] == example["version"]


class Sender:
    """Sends examples with what is there put in: as the administrator, or else as one of those who may do it."""

    def __init__(self, cast: Cast, area: str) -> None:
        self.cast, self.team = cast, Team.objects.filter(key={"api_talk": "TALK"}.get(area, "LETT")).first()
        if self.team is not None:
            create_label(self.team, name=area, actor=cast.administrator)
            create_initiative(area, actor=cast.administrator)

    def _program(self, way: Way) -> Program:
        kind = "administrator" if "administrator" in way.by or not way.by else next(iter(way.by))
        person = person_of(self.cast, kind)
        scope = "admin" if kind == "administrator" else "write"
        return Program(make_token(person, name="A program", scope=scope, actor=person).secret)

    def answer(self, way: Way, example: dict[str, Any]) -> Any:
        """The answer to the example. What it did is undone."""
        with transaction.atomic():
            asks = self._program(way)
            body = self._filled(example, way, way.data, asks)
            answer = asks.call(way.method, way.path, body, {"If-Match": "*"})
            transaction.set_rollback(True)
        return answer

    def _filled(self, example: dict[str, Any], way: Way, known: Any, asks: Program) -> dict[str, Any]:
        there = self._there() | self._near(way.path.split("/")[3])
        filled = {}
        for name, value in example.items():
            if name == "items":
                filled[name] = [self._filled(value[0], way, (known.get("items") or [{}])[0], asks)]
            elif name in ("base_version", "version"):
                filled[name] = _version(way, known, asks)
            elif name in known and (isinstance(value, int | list) or name in ("email", "until", "story")):
                filled[name] = known[name]
            elif name in there and there[name] is not None:
                filled[name] = [there[name]] if isinstance(value, list) else there[name]
            else:
                filled[name] = value
        return filled

    def _there(self) -> dict[str, Any]:
        cast, team, today = self.cast, self.team, clock.today()
        of_team = {
            name: model._default_manager.filter(team=team).order_by("pk").values_list("pk", flat=True).first()
            for name, model in {"column": Column, "sprint": Sprint, "labels": Label, "story": Story}.items()
        }
        return {
            **of_team,
            "initiative": Initiative.objects.values_list("pk", flat=True).first(),
            "system": System.objects.values_list("pk", flat=True).first(),
            "ownership": current(cast.receipt).pk,
            "event": Event.objects.filter(kind="team.created").values_list("pk", flat=True).last(),
            "team": team and team.pk,
            "unit": cast.retail.pk,
            **dict.fromkeys(("department", "into"), cast.online.pk),
            "owner": cast.billing.pk,
            **dict.fromkeys(("person", "head", "accountable", "delegate", "to", "technology_owner"), cast.care_lead.pk),
            "touchpoints": cast.till.pk,
            "assignees": cast.billing_lead.pk,
            "journey": cast.journey.pk,
            "stage": cast.choose.pk,
            "persona": cast.journey.persona_id,
            **dict.fromkeys(("until", "ends_on", "publish_on"), (today + timedelta(days=40)).isoformat()),
            "starts_on": (today + timedelta(days=30)).isoformat(),
        }

    def _near(self, noun: str) -> dict[str, Any]:
        """What stands for a neighbour and for a successor among things of this noun."""
        cast = self.cast
        near: dict[str, dict[str, Any]] = {
            "stages": {"after": cast.choose.pk},
            "touchpoints": {"after": cast.compare_online.pk},
            "stories": {"after": Story.objects.filter(team=self.team).values_list("pk", flat=True).first()},
            "business-units": {"merged_into": cast.retail.pk},
            "departments": {"merged_into": cast.online.pk},
        }
        return near.get(noun, {})


def _version(way: Way, known: Any, asks: Program) -> Any:
    """The version of what the way leads to, or of what is named in it."""
    noun, thing = way.path.split("/")[3:5]
    thing = str(known.get("id") or known.get("story") or thing)
    return (asks.get(f"{noun}/{thing}/").data or {}).get("version")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _results(answer: Any) -> list[tuple[int, Any]]:
    """The status and the answer; of several things those of each."""
    several = (answer.data or {}).get("results", [])
    return [(answer.status_code, answer.data), *((each["status"], each) for each in several)]


def test_every_example_of_a_request_is_taken(cast: Cast, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**6
    taken = [(operation, method.upper(), _pattern(path)) for path, method, operation in operations()]
    tried, refused, wrong = set(), set(), []
    for area in AREAS:
        ways = ways_of(area, cast)
        sender = Sender(cast, area)
        for operation, method, pattern in taken:
            name = operation["operationId"]
            for way in (way for way in ways if way.method == method and pattern.fullmatch(way.address)):
                tried.add(name)
                for status, told in _results(sender.answer(way, example_of(operation))):
                    if name in REFUSED and REFUSED[name][0] == status:
                        refused.add(name)
                    elif status >= 300:
                        wrong.append(f"{name}: {status} {str(told)[:500]}")
    assert not wrong, "\n".join(wrong)
    assert tried == {operation["operationId"] for operation, _method, _pattern in taken}
    assert refused == set(REFUSED), "is no longer refused"


@pytest.mark.parametrize(("path", "done"), [("/api/v1/attachments/", 201), ("/api/v1/imports/", 202)])
def test_every_example_of_a_file_is_taken(cast: Cast, path: str, done: int) -> None:
    ways_of("api_talk", cast)
    admin = cast.administrator
    program = Program(make_token(admin, name="A program", scope="admin", actor=admin).secret)
    example = example_of(description()["paths"][path]["post"])
    sent = example | {"file": SimpleUploadedFile("file.txt", example["file"].encode())}
    if "story" in sent:
        sent["story"] = Story.objects.get(team__key="TALK").pk
    answer = program.client.post(path, sent, headers=program.sent)
    assert answer.status_code == done, answer.content
