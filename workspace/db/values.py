"""SQL of values: JSON, placeholders with a type, and many values as one parameter."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models.expressions import RawSQL

from workspace.db.engine import is_postgresql
from workspace.db.statements import Sql, adapt

FEW = 500
"""So many ids stand in a statement themselves."""


def json_object(*columns: str, **expressions: str) -> str:
    """SQL that makes a JSON object of columns under their own names and of SQL expressions under the names given."""
    parts = {column: column for column in columns} | expressions
    inner = ", ".join(f"'{name}', {expression}" for name, expression in parts.items())
    return f"jsonb_build_object({inner})" if is_postgresql() else f"json_object({inner})"


def json_normal(column: str) -> str:
    """SQL of a JSON column in the form in which two of them can be compared."""
    return column if is_postgresql() else f"json({column})"


def typed_place(kind: str) -> str:
    """A placeholder whose type is said: `bigint`, `integer`, `text`, `date` or `json`."""
    if not is_postgresql():
        return "%s"
    return f"%s::{'jsonb' if kind == 'json' else kind}"


def one_of(kind: str, values: Iterable[int | str]) -> RawSQL:
    """Values of a kind (`bigint` or `text`) for an `…__in`, as one JSON parameter.

    A thousand parameters take longer to plan than to look up.
    """
    listed = [json.dumps(list(values))]
    if is_postgresql():
        picked = f"SELECT value::{kind} FROM jsonb_array_elements_text(%s::jsonb) AS listed (value)"
    else:
        picked = "SELECT value FROM json_each(%s)"
    return RawSQL(picked, listed)  # noqa: S611 - no part of it comes from outside


def listed(ids: Collection[int]) -> Sql:
    """What stands in `IN (…)` for these ids: themselves, so that the planner sees how many; very many as JSON."""
    if len(ids) <= FEW:
        return ", ".join(str(int(pk)) for pk in ids), ()
    many = one_of("bigint", ids)
    return many.sql, tuple(many.params)


def among(column: str, ids: Collection[int]) -> Sql:
    """The condition that a column holds one of these ids, with one parameter where the engine takes a list as one."""
    if is_postgresql():
        return f"{column} = ANY(%s::bigint[])", (f"{{{','.join(str(int(pk)) for pk in ids)}}}",)
    places, params = listed(ids)
    return f"{column} IN ({places})", params


def rows_as_table(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sql:
    """SQL that yields these rows again, columns of these kinds (see `typed_place`): few as they are, many as JSON."""
    if len(rows) <= 100:
        cells = ", ".join(typed_place(kind) for kind in kinds)
        return f"VALUES {', '.join([f'({cells})'] * len(rows))}", tuple(cell for row in rows for cell in row)
    carried = (json.dumps(rows, ensure_ascii=False, default=in_json),)
    if is_postgresql():
        types = ["jsonb" if kind == "json" else kind for kind in kinds]
        picked = ", ".join(f"(r.value->>{place})::{kind}" for place, kind in enumerate(types))
        return f"SELECT {picked} FROM jsonb_array_elements(%s::jsonb) AS r (value)", carried
    picked = ", ".join(f"json_extract(r.value, '$[{place}]')" for place in range(len(kinds)))
    return f"SELECT {picked} FROM json_each(%s) AS r", carried


def in_json(value: Any) -> Any:
    """What JSON does not know, as text."""
    adapted = adapt(value)
    return adapted if isinstance(adapted, str) else value.isoformat()
