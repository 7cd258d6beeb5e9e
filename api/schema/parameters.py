"""What can stand in an address and in the headers of a request, as the description says it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import django_filters as filters
from rest_framework import serializers

from api.kernel.filters import AT_MOST, LONGEST
from api.kernel.nouns import NounView
from api.kernel.paging import LIMIT, MOST
from api.kernel.values import Empty, WholeNumber
from api.kernel.views import LONGEST_KEY

Parameter = dict[str, Any]

LOOKUPS = {
    "exact": "Just this.",
    "icontains": "Holds these words, in any case.",
    "istartswith": "Begins with them, in any case.",
    "in": "One of several, with commas between.",
    "isnull": "`true`: not set; `false`: set.",
    "gte": "This or later, or more.",
    "lte": "This or earlier, or less.",
    "gt": "Later, or more, than this.",
    "lt": "Earlier, or less, than this.",
}

_TYPES: tuple[tuple[type[filters.Filter], dict[str, Any]], ...] = (
    (WholeNumber, {"type": "integer"}),
    (filters.NumberFilter, {"type": "number"}),
    (filters.BooleanFilter, {"type": "boolean"}),
    (filters.IsoDateTimeFilter, {"type": "string", "format": "date-time"}),
    (filters.DateTimeFilter, {"type": "string", "format": "date-time"}),
    (filters.DateFilter, {"type": "string", "format": "date"}),
)

IDEMPOTENCY_KEY: Parameter = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Something new for each thing to be done: sent again within 24 hours, it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
}
IF_NONE_MATCH: Parameter = {
    "in": "header",
    "name": "If-None-Match",
    "description": "The ETag of what you have: 304, if it is still so.",
    "schema": {"type": "string"},
}


def if_match(*, is_required: bool) -> Parameter:
    """The version that a change was made for."""
    missing = "428 without it." if is_required else "It counts where it is sent."
    return {
        "in": "header",
        "name": "If-Match",
        "description": f"The ETag of what you read; `*` means any version. {missing} 412 if somebody was faster.",
        "required": is_required,
        "schema": {"type": "string", "examples": ["*"]},
    }


def words(name: str, known: Collection[str], about: str) -> Parameter:
    """Several of some words, with commas between."""
    items = {"type": "string", "enum": list(known)}
    return _query(name, {"type": "array", "items": items, "uniqueItems": True}, about)


def of_one(view: NounView, action: str) -> Iterator[Parameter]:
    """What the address of one thing takes."""
    yield words("fields", view.shape.names(), "Only these fields.")
    if view.includes:
        yield words("include", view.includes, "What is to be sent along in `included`, by noun and id.")
    yield from of_action(view, action)


def of_action(view: NounView, action: str) -> Iterator[Parameter]:
    """What only this action takes."""
    own = view.parameters.get(action, ())
    for name in own:
        field = own[name] if isinstance(own, Mapping) else serializers.CharField()
        yield _query(name, _of_field(field), str(field.help_text or "A parameter of this address alone."))
    if action in view.narrowed:
        yield _order(view)
        yield from _filters(view)


def of_list(view: NounView) -> Iterator[Parameter]:
    """What the address of a list takes."""
    yield from of_one(view, "list")
    if view.orderings:
        yield _order(view)
        yield _query("cursor", {"type": "string"}, "Where the page begins: follow `next` as it is.")
    if view.is_paged:
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}
        yield _query("limit", limit, "So many in one page.")
    yield from _filters(view)


def _order(view: NounView) -> Parameter:
    orders = [sign + name for name in view.orderings for sign in ("", "-")]
    usual = ",".join(view.ordering)
    return words("ordering", orders, f"“-” turns it round; empty values come last either way. Usual: `{usual}`.")


def _filters(view: NounView) -> Iterator[Parameter]:
    known = view.filterset_class.known() if view.filterset_class is not None else {}
    for name, one in known.items():
        yield _filter(name, one)


def _filter(name: str, one: filters.Filter) -> Parameter:
    made = _described(name, one)
    return made | {"required": True} if one.extra.get("required") else made


def _described(name: str, one: filters.Filter) -> Parameter:
    about = str(one.extra.get("help_text") or one.__dict__.get("label") or LOOKUPS.get(one.lookup_expr, ""))
    single = _of_filter(one)
    if isinstance(one, filters.BaseInFilter):
        return _query(name, {"type": "array", "items": single, "minItems": 1, "maxItems": AT_MOST}, LOOKUPS["in"])
    return _query(name, single, about or LOOKUPS["exact"])


def _of_filter(one: filters.Filter) -> dict[str, Any]:
    if isinstance(one, filters.ChoiceFilter):
        choices = one.extra["choices"]
        return {
            "type": "string",
            "enum": [str(value) for value, _name in (choices() if callable(choices) else choices)],
        }
    if isinstance(one, Empty):
        return {"type": "boolean"}
    for kind, schema in _TYPES:
        if isinstance(one, kind):
            return dict(schema)
    return {"type": "string", "minLength": 1, "maxLength": LONGEST}


def _of_field(field: serializers.Field[Any, Any, Any, Any]) -> dict[str, Any]:
    for kind, schema in (
        (serializers.IntegerField, {"type": "integer"}),
        (serializers.PrimaryKeyRelatedField, {"type": "integer"}),
        (serializers.BooleanField, {"type": "boolean"}),
        (serializers.DateTimeField, {"type": "string", "format": "date-time"}),
        (serializers.DateField, {"type": "string", "format": "date"}),
    ):
        if isinstance(field, kind):
            return dict(schema)
    if isinstance(field, serializers.ChoiceField):
        return {"type": "string", "enum": list(field.choices)}
    return {"type": "string"}


def _query(name: str, schema: dict[str, Any], about: str) -> Parameter:
    made: Parameter = {"in": "query", "name": name, "description": about, "schema": schema}
    if schema["type"] == "array":
        made |= {"style": "form", "explode": False}
    return made
