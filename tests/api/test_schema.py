"""The description of the API: it is valid, says all there is, and a client made from it works."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import OpenAPIV31SpecValidator
from pytest_django.live_server_helper import LiveServer

from api.kernel.problems import KINDS
from api.schema.description import description
from api.schema.problems import MEANINGS
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace.organisation.models import Department

Made = Callable[..., Program]

METHODS = ("get", "post", "put", "patch", "delete")
UNDESCRIBED = {"nowhere", "docs"}
"""What is below /api/ and no part of the API: what leads nowhere, and the page that shows the description."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each operation with its address and method."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def routes(resolver: Any, before: str = "/") -> Iterator[tuple[str, str, set[str]]]:
    """Each address of the resolver: its name, its route as OpenAPI writes it, and the methods that it takes."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern) and route.startswith("/api/") and pattern.name not in UNDESCRIBED:
            taken = set(getattr(pattern.callback, "actions", {})) & set(METHODS)
            yield str(pattern.name), _as_openapi(route), taken


def _as_openapi(route: str) -> str:
    parts = [part.strip("<>").rpartition(":")[2] if part.startswith("<") else part for part in route.split("/")]
    marked = route.split("/")
    return "/".join(
        f"{{{'id' if part == 'pk' else part}}}" if mark.startswith("<") else part
        for part, mark in zip(parts, marked, strict=True)
    )


def test_it_is_valid_openapi_3_1() -> None:
    told = description()
    assert told["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(told).iter_errors()] == []


def test_every_address_and_method_is_described() -> None:
    known = {(name, path, method) for name, path, methods in routes(get_resolver()) for method in methods}
    described = {(path, method) for path, method, _operation in operations()}
    assert {(path, method) for _name, path, method in known} == described
    ids = [operation["operationId"] for _path, _method, operation in operations()]
    assert len(set(ids)) == len(ids)


def test_every_operation_says_what_it_does_takes_answers_and_asks_for() -> None:
    missing = []
    for path, method, operation in operations():
        name = f"{method.upper()} {path}"
        if not operation["summary"] or len(operation["description"]) < 15:
            missing.append(f"{name}: no text; give the action a docstring")
        if operation["x-scope"] not in ("none", "read", "write", "admin"):
            missing.append(f"{name}: no scope")
        gone_well = [code for code in operation["responses"] if code.startswith("2")]
        if len(gone_well) != 1 or not (gone_well == ["204"] or operation["responses"][gone_well[0]].get("content")):
            missing.append(f"{name}: no answer")
        if method in ("put", "patch") and "requestBody" not in operation:
            missing.append(f"{name}: takes nothing; name its form in `takes`")
        missing += [
            f"{name}: {each['name']} has no text"
            for each in operation["parameters"]
            if each["in"] != "path" and not each.get("description")
        ]
    assert missing == []


def test_every_refusal_of_the_kernel_is_declared() -> None:
    assert set(MEANINGS) == set(KINDS)
    for path, method, operation in operations():
        codes = set(operation["responses"])
        least = {"400", "406", "500"}
        if operation["x-scope"] != "none":
            least |= {"401", "403", "404", "429"}
        if method != "get":
            least |= {"409", "413", "415", "422"}
        if any(each["name"] == "If-Match" and each["required"] for each in operation["parameters"]):
            least |= {"412", "428"}
        assert least <= codes, f"{method} {path}"
    for response in description()["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_the_examples_are_examples_of_their_schemas() -> None:
    told = description()
    for name, schema in told["components"]["schemas"].items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": told["components"]}
        for example in schema.get("examples", ()):
            errors = [error.message for error in Draft202012Validator(whole).iter_errors(example)]
            assert errors == [], name


def test_every_filter_order_and_field_of_a_list_is_a_parameter() -> None:
    from api.urls import router

    view: Any
    for _prefix, view, basename in router.registry:
        described = description()["paths"].get(f"/api/v1/{getattr(view, 'plural', '')}/", {})
        if "get" not in described or not view.orderings:  # the log has an order of its own
            continue
        known = {each["name"]: each for each in described["get"]["parameters"]}
        filters = view.filterset_class.known() if view.filterset_class else ()
        assert {*filters, "fields", "ordering", "limit", "cursor"} <= set(known), basename
        assert set(known["ordering"]["schema"]["items"]["enum"]) == {s + n for n in view.orderings for s in ("", "-")}
        assert known["fields"]["schema"]["items"]["enum"] == list(view.shape.names())


def test_the_index_the_description_and_the_problems_are_found(cast: Cast, program: Made) -> None:
    asks = program(cast.guest, "read")
    index = asks.get("/api/v1/").data
    assert {"name", "address", "about"} == set(index["nouns"][0])
    assert "http://testserver/api/v1/departments/" in [noun["address"] for noun in index["nouns"]]
    first = asks.get(index["schema"].removeprefix("http://testserver"))
    assert first.data["paths"].keys() == description()["paths"].keys()
    assert asks.get("schema/", If_None_Match=first["ETag"]).status_code == 304
    stranger = Program()
    refused = problem(stranger.get("schema/"), 401, "not-signed-in")
    assert stranger.get(refused["type"]).data["title"] == refused["title"]
    assert {each["type"] for each in stranger.get("problems/").data["items"]} == {
        f"/api/v1/problems/{code}/" for code in KINDS
    }
    problem(stranger.get("problems/nothing/"), 404, "unknown")


@pytest.mark.django_db(transaction=True)
def test_a_typed_client_made_from_it_reads_creates_changes_and_is_refused(
    cast: Cast, program: Made, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(description()))
    (tmp_path / "config.yml").write_text(
        "package_name_override: throughline_client\npost_hooks: []\nliteral_enums: true\n"
    )
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none"]
    more = ["--config", "config.yml", "--output-path", "throughline_client"]
    made = subprocess.run([*command, *more], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (made.returncode, "ERROR" in made.stdout) == (0, False), made.stdout[-3000:] + made.stderr[-3000:]
    warned = re.findall(r"WARNING parsing (\S+ \S+)", made.stdout + made.stderr)
    assert warned == ["GET /api/v1/attachments/{id}/file/"], f"a file is no model; else: {made.stderr[-3000:]}"
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        _use_client(cast, program(cast.administrator, "admin").sent["Authorization"].split()[1], live_server.url)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "throughline_client"]:
            del sys.modules[name]


def _use_client(cast: Cast, secret: str, address: str) -> None:
    """Read, create, change, and be refused, with nothing but what the client knows."""
    client = importlib.import_module("throughline_client").AuthenticatedClient(base_url=address, token=secret)
    models = importlib.import_module("throughline_client.models")

    def call(name: str, *args: Any, **more: Any) -> Any:
        module = importlib.import_module(f"throughline_client.api.departments.{name}")
        return module.sync_detailed(*args, client=client, **more)

    page = call("department_list", ordering=["name"], limit=2, include=["unit"]).parsed
    assert [each.name for each in page.items] == ["Billing", "Care"]
    assert isinstance(page.items[0], models.Department)
    assert page.included.business_units[str(cast.service.pk)].name == "Service"
    part = call("department_retrieve", cast.care.pk, fields=["name"]).parsed
    assert isinstance(part, models.DepartmentPart)
    assert (part.name, bool(part.version)) == ("Care", False)
    created = call("department_create", body=models.NewDepartment(name="Legal", code="LEGAL", unit=cast.retail.pk))
    assert (created.status_code, created.parsed.code) == (201, "LEGAL")
    body, tag = models.ChangedDepartment(name="Law"), created.headers["ETag"]
    changed = call("department_change", created.parsed.id, body=body, if_match=tag)
    assert (changed.status_code, changed.parsed.name) == (200, "Law")
    refused = call("department_change", created.parsed.id, body=body, if_match=tag)
    assert (refused.status_code, type(refused.parsed)) == (412, models.Problem)
    assert (refused.parsed.status, refused.parsed.version) == (412, changed.parsed.version)
    assert Department.objects.get(pk=created.parsed.id).name == "Law"
