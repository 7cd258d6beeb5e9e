"""Made-up things for the description, the same each time.

A form or shape whose fields exclude each other, or mean what their names do not say, tells of it: `example` are values
of its fields, and `example_without` the fields that stand instead of others and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.schema.named import FORMATS, NAMED

MARK = "x-example"
"""Where a schema keeps what its form or shape says of its example, until the examples are made."""
UNKNOWN = "some "
"""How a text begins of which nobody says what stands in it; no example has one (tests/api/test_examples.py)."""
DEEPEST = 6


def note_example(schema: dict[str, Any], serializer: Any) -> None:
    """Keep what the form or shape says of its example."""
    told, without = getattr(serializer, "example", {}), getattr(serializer, "example_without", ())
    if told or without:
        schema[MARK] = {"told": told, "without": without}


def example_of(schema: Mapping[str, Any], known: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """An example of what the schema describes; `known` are the schemas that it refers to."""
    if "$ref" in schema:
        return example_of(known[schema["$ref"].rpartition("/")[2]], known, name, depth + 1)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], known, name, depth)
    if "allOf" in schema:
        parts = [example_of(part, known, name, depth) for part in schema["allOf"]]
        return parts[0] if len(parts) == 1 else {key: value for part in parts for key, value in part.items()}
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    if "null" in kind and name in NAMED and NAMED[name] is None:
        return None
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _thing(schema, known, depth)
    if kind == "array":
        if isinstance(NAMED.get(name), list) and "$ref" not in schema.get("items", {}):
            return NAMED[name]
        is_too_deep = depth > DEEPEST or "items" not in schema
        return [] if is_too_deep else [example_of(schema["items"], known, _singular(name), depth + 1)]
    return _value(kind, schema, name)


def _thing(schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth > DEEPEST:
        return {}
    properties = schema.get("properties", {})
    if not properties and isinstance(values := schema.get("additionalProperties"), Mapping) and values:
        return {"7": example_of(values, known, "", depth + 1)}
    mark = schema.get(MARK, {"told": {}, "without": ()})
    return {
        name: mark["told"][name] if name in mark["told"] else example_of(each, known, name, depth + 1)
        for name, each in properties.items()
        if name not in ("included", "current", "problem", *mark["without"])
    }


def _value(kind: str, schema: Mapping[str, Any], name: str) -> Any:
    told = NAMED.get(name)
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        least, most = schema.get("minimum", 0), schema.get("maximum", 10**9)
        is_taken = isinstance(told, int if kind == "integer" else int | float)
        return min(max(told if is_taken else 7, least), most)
    if not isinstance(told, str) and schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if not isinstance(told, str):
        told = f"{UNKNOWN}{name.replace('_', ' ')}"
    return told[: schema.get("maxLength", 200)]


def _singular(name: str) -> str:
    return name.removesuffix("s")
