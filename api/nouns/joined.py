"""Filters by what a thing is joined to by links of one kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from api.kernel.filters import NumberSet, WholeNumber, YesNo

Rows = QuerySet[Any]


def joined(
    name: str, links: Callable[[], Rows], subject: str, other: str, *, about: str = ""
) -> dict[str, filters.Filter]:
    """The id of a thing on the other side of one of these links, or one of several; and whether there is none."""

    def to(queryset: Rows, _name: str, value: Any) -> Rows:
        ids = value if isinstance(value, list) else [value]
        return queryset.filter(pk__in=links().filter(**{f"{other}__in": ids}).values(subject))

    def to_none(queryset: Rows, _name: str, value: bool) -> Rows:
        found = links().values(subject)
        return queryset.exclude(pk__in=found) if value else queryset.filter(pk__in=found)

    return {
        name: WholeNumber(method=to, help_text=about),
        f"{name}__in": NumberSet(method=to),
        f"{name}__isnull": YesNo(lookup_expr="isnull", method=to_none),
    }
