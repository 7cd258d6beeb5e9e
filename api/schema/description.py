"""The whole description: what all operations share, and how it is made once."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from api.schema.examples import MARK, example_of
from api.schema.headers import HEADERS, OF_PROBLEMS
from api.schema.problems import OF_STATUS, problem_schemas, response
from api.schema.shapes import with_parts

ABOUT = """\
What people do on pages, programs do here: through the same commands and the same rules.

**Coming in.** Send `Authorization: Bearer` and a token from your account page. `x-scope` says which scope an operation
asks for: `read`, `write`, or `admin`; a larger one reaches what a smaller one does.

**Reading.** Lists come in pages: follow `next` until it is null. Every field is a filter; what is no filter is refused.
`fields` sends less, `include` more. An ETag sent as `If-None-Match` is answered with 304 while nothing has changed.

**Writing.** A change of fields says with `If-Match` which version it was made for. With an `Idempotency-Key`, a request
may be sent again. A field that does not exist is refused.

**Refusals** are problem details (RFC 9457): what is wrong, where, and what to do next.
"""


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The description of the API, as OpenAPI 3.1; made once in each process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def finish(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Add what all operations share (a hook of drf-spectacular)."""
    result["info"] |= {"description": ABOUT}
    result["servers"] = [{"url": "/", "description": "This installation."}]
    result["tags"] = _tags(generator)
    components = result["components"]
    components["headers"] = HEADERS
    components["responses"] = {f"Problem{each}": response(each, OF_PROBLEMS.get(each, ())) for each in OF_STATUS}
    schemas = components["schemas"] | problem_schemas()
    schemas = with_parts(
        _without(schemas, "x-spec-enum-id"), json.dumps(result["paths"], default=str) + json.dumps(schemas, default=str)
    )
    for schema in schemas.values():
        if schema.get("type") == "object" and schema.get("properties"):
            schema.setdefault("examples", [example_of(schema, schemas)])
    components["schemas"] = _without(schemas, MARK)
    return result


def _tags(generator: Any) -> list[dict[str, str]]:
    """The nouns, each as the view says it whose address is the shortest."""
    told: dict[str, tuple[str, str]] = {}
    for path, _regex, _method, view in generator._get_paths_and_endpoints():
        tag = path.removeprefix(settings.SPECTACULAR_SETTINGS["SCHEMA_PATH_PREFIX"]).strip("/").partition("/")[0]
        shortest = told.get(tag or "start")
        if shortest is None or len(path) < len(shortest[0]):
            told[tag or "start"] = (path, str(type(view).__doc__ or ""))
    return [{"name": tag, "description": " ".join(about.split())} for tag, (_path, about) in sorted(told.items())]


def _without(schema: Any, mark: str) -> Any:
    """Without a mark that is of no use to readers: drf-spectacular leaves one on choices, `note_example` another."""
    if isinstance(schema, dict):
        return {name: _without(each, mark) for name, each in schema.items() if name != mark}
    return [_without(each, mark) for each in schema] if isinstance(schema, list) else schema
