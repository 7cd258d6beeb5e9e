"""Pages by cursor: the next page begins after the last row of this one, so that rows which come in shift nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from api.kernel.problems import Wrong, not_valid

LIMIT, MOST = 50, 500
_SIGNER = signing.Signer(salt="api.cursor")


@dataclass(frozen=True, slots=True)
class Key:
    """A column to order by. Where it may be empty, empty ones come last, whichever way."""

    column: str
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A key and which way it runs."""

    key: Key
    is_down: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The rows that were read, behind their columns what they are ordered by, and the next page's cursor, or ""."""

    rows: list[tuple[Any, ...]]
    cursor: str


def limit_of(request: Request) -> int:
    """How many rows are wanted. Raises a problem for no number from 1 to 500."""
    text = request.query_params.get("limit", "")
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise not_valid(Wrong("limit", _("This is no number from 1 to %(most)d.") % {"most": MOST}, text))
    return int(text)


def turns_of(request: Request, known: Mapping[str, Key], default: Sequence[str]) -> list[Turn]:
    """The order that is wanted, with the id at its end. Raises a problem for a column that nothing is ordered by."""
    text = request.query_params.get("ordering", "")
    names = [name.strip() for name in text.split(",")] if text else list(default)
    wrong = [name for name in names if name.removeprefix("-") not in known]
    if wrong or len({name.removeprefix("-") for name in names}) < len(names):
        said = _("Choose among: %(known)s; “-” before a name turns it round.") % {"known": ", ".join(known)}
        raise not_valid(Wrong("ordering", _("Nothing is ordered by this, or by the same twice."), text, said))
    turns = [Turn(known[name.removeprefix("-")], name.startswith("-")) for name in names]
    if not any(turn.key.column == "pk" for turn in turns):
        turns.append(Turn(Key("pk"), turns[-1].is_down if turns else False))
    return turns


def page_of(
    queryset: QuerySet[Any], columns: Sequence[str], *, request: Request, turns: Sequence[Turn], limit: int, noun: str
) -> Page:
    """The page that the request's cursor leads to: 1 statement. Raises a problem for a cursor of another list."""
    mark = _mark(request, noun)
    if cursor := request.query_params.get("cursor", ""):
        queryset = queryset.filter(_after(queryset, turns, _opened(cursor, mark, len(turns))))
    keys = [turn.key.column for turn in turns]
    rows = list(in_turns(queryset, turns).values_list(*columns, *keys)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    following = _sealed(rows[-1][len(columns) :], mark) if more else ""
    return Page(rows, following)


def in_turns(queryset: QuerySet[Any], turns: Sequence[Turn]) -> QuerySet[Any]:
    """The rows in this order."""
    return queryset.order_by(*(_term(turn) for turn in turns))


def _term(turn: Turn) -> Any:
    column = F(turn.key.column)
    nulls = {"nulls_last": True} if turn.key.is_optional else {}
    return column.desc(**nulls) if turn.is_down else column.asc(**nulls)


def _after(queryset: QuerySet[Any], turns: Sequence[Turn], values: Sequence[Any]) -> Q:
    """The condition that a row comes after these values."""
    condition, equal = Q(pk__in=()), Q()
    for turn, told in zip(turns, values, strict=True):
        column = turn.key.column
        if told is None:
            equal &= Q(**{f"{column}__isnull": True})
            continue
        value = _read(queryset, column, told)
        after = Q(**{f"{column}__{'lt' if turn.is_down else 'gt'}": value})
        if turn.key.is_optional:
            after |= Q(**{f"{column}__isnull": True})
        condition |= equal & after
        equal &= Q(**{column: value})
    return condition


def _read(queryset: QuerySet[Any], column: str, told: Any) -> Any:
    """The value as the column holds it; annotations are taken as they were told."""
    model, field = queryset.model, None
    try:
        for part in column.split("__"):
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            model = getattr(field, "related_model", None) or model
        return field.to_python(told) if isinstance(field, Field) else told
    except FieldDoesNotExist:
        return told
    except ValidationError:
        raise _no_cursor(str(told)) from None


def _mark(request: Request, noun: str) -> str:
    """What a cursor belongs to: a list with its filters and order, as this person asks for it."""
    asked = sorted(
        (name, value)
        for name, value in request.query_params.items()
        if name not in ("cursor", "limit", "fields", "include")
    )
    return hashlib.sha256(repr((noun, asked)).encode()).hexdigest()[:16]


def _sealed(values: Sequence[Any], mark: str) -> str:
    told = [_sealable(value) for value in values]
    return _SIGNER.sign_object([mark, told])


def _sealable(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value


def _opened(cursor: str, mark: str, count: int) -> list[Any]:
    try:
        whose, values = _SIGNER.unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError):
        raise _no_cursor(cursor) from None
    if whose != mark or len(values) != count:
        raise not_valid(
            Wrong(
                "cursor",
                _("This cursor belongs to another list, filter or order."),
                cursor,
                _("Follow `next` as it is, or begin without a cursor."),
            )
        )
    return list(values)


def _no_cursor(text: str) -> Exception:
    return not_valid(
        Wrong("cursor", _("This is no cursor."), text, _("Follow `next` as it is, or begin without a cursor."))
    )
