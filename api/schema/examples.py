"""Made-up things for the description, the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMED: dict[str, Any] = {
    "id": 7,
    "version": 3,
    "index": 0,
    "status": 200,
    "name": "Online Store",
    "code": "WEB",
    "email": "olga.online@example.com",
    "job_title": "Head of the online store",
    "time_zone": "Europe/Berlin",
    "title": "Compare machines side by side",
    "reason": "We run the page since March.",
    "text": "Visitors ask for it in the shops.",
    "color": "#3366cc",
    "url": "https://example.com/",
    "next": None,
}
FORMATS = {
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
    "time": "09:30:00",
    "email": "olga.online@example.com",
    "uri": "https://example.com/",
    "uuid": "7b0f4c1e-5a41-4f0e-9a39-0d5c1d0e7a11",
    "decimal": "13.5",
}
DEEPEST = 6


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
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return _thing(schema, known, depth)
    if kind == "array":
        is_too_deep = depth > DEEPEST or "items" not in schema
        return [] if is_too_deep else [example_of(schema["items"], known, _singular(name), depth + 1)]
    return _value(kind, schema, name)


def _thing(schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth > DEEPEST:
        return {}
    properties = schema.get("properties", {})
    if not properties and isinstance(values := schema.get("additionalProperties"), Mapping) and values:
        return {"7": example_of(values, known, "", depth + 1)}
    return {
        name: example_of(each, known, name, depth + 1)
        for name, each in properties.items()
        if name not in ("included", "current", "problem")
    }


def _value(kind: str, schema: Mapping[str, Any], name: str) -> Any:
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        least, most = schema.get("minimum", 0), schema.get("maximum", 10**9)
        value = NAMED[name] if isinstance(NAMED.get(name), int) else 7
        return min(max(value, least), most)
    if (made := FORMATS.get(schema.get("format", ""))) is not None:
        return made
    told = NAMED.get(name)
    if not isinstance(told, str):
        told = f"some {name.replace('_', ' ')}".strip()
    return told[: schema.get("maxLength", 200)]


def _singular(name: str) -> str:
    return name.removesuffix("s")
