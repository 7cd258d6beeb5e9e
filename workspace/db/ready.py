"""Statements that are made once and asked often: making one takes longer than it takes the database to answer."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Expression, Field, QuerySet

from workspace.db.statements import Sql, adapt

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands among the parameters for a value that is left open."""

    name: str


class Open(Expression):
    """A value that a statement leaves open, under a name; `filled` and `Ready` put it in."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        """A parameter that `_Place` stands for."""
        return "%s", (_Place(self.name),)


def filled(statement: Sql, **values: Any) -> Sql:
    """A statement with these values for what it leaves open. Raises KeyError where one is missing."""
    sql, params = statement
    return sql, tuple(values[param.name] if isinstance(param, _Place) else param for param in params)


def filled_with(statement: Sql, name: str, listed: Sql) -> Sql:
    """A statement with this SQL in the one place that it leaves open under this name.

    Raises ValueError where that is no place or several.
    """
    sql, params = statement
    if params.count(_Place(name)) != 1:
        raise ValueError(f"“{name}” stands in {params.count(_Place(name))} places, not in one, of: {sql}")
    place = params.index(_Place(name))
    pieces = sql.split("%s")
    before, after = "%s".join(pieces[: place + 1]), "%s".join(pieces[place + 1 :])
    places, values = listed
    return f"{before}{places}{after}", (*params[:place], *values, *params[place + 1 :])


def leaves_open(statement: Sql, name: str) -> bool:
    """Whether the statement leaves something open under this name."""
    return _Place(name) in statement[1]


class Ready(Generic[Row]):
    """Rows that are asked for at every turn: the statement of their queryset is made when it is first asked."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[QuerySet[Any, Row], Any, Sql]:
        queryset = self._make()
        compiler = queryset.query.get_compiler(connection=connection)
        return queryset, compiler, compiler.as_sql()

    def ask(self, **values: Any) -> list[Row]:
        """The rows, with these values for what the queryset leaves open: 1 statement. Raises KeyError."""
        queryset, made, statement = self._made
        sql, params = filled(statement, **values)
        compiler = copy(made)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (sql, [adapt(param) for param in params])
        asked = queryset._chain()  # type: ignore[attr-defined]
        asked.query.get_compiler = lambda *_args, **_kwargs: compiler
        return list(asked)
