"""What a noun is answered with: the whole of it or a part, in a page or alone, and what is sent along."""

from __future__ import annotations

from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from api.kernel.nouns import NounView

PART = "Part"


def ref_to(name: str) -> dict[str, Any]:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def whole_or_part(name: str) -> dict[str, Any]:
    """The thing; where `fields` is sent, the part of it. `with_parts` makes the part."""
    return {"anyOf": [ref_to(name), ref_to(f"{name}{PART}")]}


def with_parts(schemas: dict[str, Any], used: str) -> dict[str, Any]:
    """The schemas, and beside each thing that is answered in parts the same with nothing required."""
    parts = {}
    for name, schema in schemas.items():
        if ref_to(f"{name}{PART}")["$ref"] in used:
            about = f"The fields of it that `fields` asked for. {schema.get('description', '')}".strip()
            parts[f"{name}{PART}"] = {**schema, "description": about, "required": []}
    return dict(sorted({**schemas, **parts}.items()))


def note_included(schema: Any, view: NounView, name: str) -> dict[str, Any]:
    """Add what `include` sends along to the thing's schema; it is empty for a noun that includes nothing."""
    nouns: dict[str, Any] = {}
    for one in view.includes.values():
        ref = schema.resolve_serializer(one.view.shape, "response").ref
        nouns[one.view.plural] = {"type": "object", "additionalProperties": ref}
    if not nouns:
        return {}
    properties = schema.registry[name, ResolvedComponent.SCHEMA].schema["properties"]
    usual = {"type": "object", "properties": {}, "description": "What `include` asked for, by noun and id."}
    along: dict[str, Any] = properties.setdefault("included", usual)
    along["properties"] |= nouns
    return {**usual, "properties": nouns}


def page_of(schema: Any, view: NounView, name: str, along: dict[str, Any]) -> dict[str, Any]:
    """A page of a list."""
    address = "The address of the next page; null on the last."
    page = {
        "type": "object",
        "description": f"A page: {type(view).__doc__}",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": whole_or_part(name)},
            "next": {"type": ["string", "null"], "format": "uri", "description": address},
        }
        | ({"included": along} if along else {}),
    }
    called = "".join(word.capitalize() for word in str(view.basename).replace("-", "_").split("_")) + "Page"
    component = ResolvedComponent(called, ResolvedComponent.SCHEMA, page, type(view))  # type: ignore[no-untyped-call]
    schema.registry.register_on_missing(component)
    return ref_to(called)
