"""Narrowing lists: django-filter on every field; what is no filter is refused, and the known ones are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api.kernel.problems import Wrong, not_valid
from api.kernel.values import (
    AnyNumber,
    ChoicesSet,
    Empty,
    Moment,
    NumberSet,
    NumbersSet,
    WholeNumber,
    WordSet,
    YesNo,
)

AT_MOST = 500
"""So many values one set in a filter may hold."""
LONGEST = 4000
"""So many characters one filter may have."""
LONGEST_OF_SET = 64
"""So many, on average, each value of a set."""

Links = Callable[[], QuerySet[Any]]
"""Rows that join two things."""

OF_LISTS = {"cursor", "limit", "ordering", "fields", "include"}
"""What every list takes beside its filters."""


def text(name: str, column: str | None = None) -> dict[str, filters.Filter]:
    """A text: just so, holding these words in any case, beginning with them, one of several."""
    column = column or name
    return {
        name: filters.CharFilter(field_name=column),
        f"{name}__contains": filters.CharFilter(field_name=column, lookup_expr="icontains"),
        f"{name}__startswith": filters.CharFilter(field_name=column, lookup_expr="istartswith"),
        f"{name}__in": WordSet(field_name=column),
    }


def reference(name: str, column: str | None = None, *, is_optional: bool = False) -> dict[str, filters.Filter]:
    """The id of another thing: just this, one of several; and whether there is none."""
    column = column or f"{name}_id"
    made: dict[str, filters.Filter] = {
        name: WholeNumber(field_name=column),
        f"{name}__in": NumberSet(field_name=column),
    }
    return made | ({f"{name}__isnull": Empty(column)} if is_optional else {})


def number(name: str, column: str | None = None, *, is_optional: bool = False) -> dict[str, filters.Filter]:
    """A number: just this, one of several, at least, at most, above, below; and whether there is none."""
    column = column or name
    made: dict[str, filters.Filter] = {
        name: AnyNumber(field_name=column),
        f"{name}__in": NumbersSet(field_name=column),
    }
    for sign in ("gte", "lte", "gt", "lt"):
        made[f"{name}__{sign}"] = AnyNumber(field_name=column, lookup_expr=sign)
    return made | ({f"{name}__isnull": Empty(column)} if is_optional else {})


def whole(name: str, column: str | None = None, *, is_optional: bool = False) -> dict[str, filters.Filter]:
    """A whole number: just this, one of several, at least, at most, above, below; and whether there is none."""
    column = column or name
    made: dict[str, filters.Filter] = {
        name: WholeNumber(field_name=column),
        f"{name}__in": NumberSet(field_name=column),
    }
    for sign in ("gte", "lte", "gt", "lt"):
        made[f"{name}__{sign}"] = WholeNumber(field_name=column, lookup_expr=sign)
    return made | ({f"{name}__isnull": Empty(column)} if is_optional else {})


def linked(name: str, links: Links, subject: str, other: str, *, about: str = "") -> dict[str, filters.Filter]:
    """The id of a thing on the other side of one of the links, or one of several; each row once."""

    def to(queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        ids = value if isinstance(value, list) else [value]
        return queryset.filter(pk__in=links().filter(**{f"{other}__in": ids}).values(subject))

    return {name: WholeNumber(method=to, help_text=about), f"{name}__in": NumberSet(method=to)}


def joined(name: str, links: Links, subject: str, other: str, *, about: str = "") -> dict[str, filters.Filter]:
    """As `linked`, and whether there is no such link."""

    def to_none(queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        found = links().values(subject)
        return queryset.exclude(pk__in=found) if value else queryset.filter(pk__in=found)

    none = {f"{name}__isnull": YesNo(lookup_expr="isnull", method=to_none)}
    return linked(name, links, subject, other, about=about) | none


def moment(name: str, column: str | None = None, *, is_optional: bool = False) -> dict[str, filters.Filter]:
    """A moment (ISO 8601): since, until, after, before; and whether it is not set."""
    column = column or name
    made: dict[str, filters.Filter] = {}
    for sign in ("gte", "lte", "gt", "lt"):
        made[f"{name}__{sign}"] = Moment(field_name=column, lookup_expr=sign)
    return made | ({f"{name}__isnull": Empty(column)} if is_optional else {})


def day(name: str, column: str | None = None, *, is_optional: bool = False) -> dict[str, filters.Filter]:
    """A day (ISO 8601): just this, since, until, after, before; and whether it is not set."""
    column = column or name
    made: dict[str, filters.Filter] = {name: filters.DateFilter(field_name=column)}
    for sign in ("gte", "lte", "gt", "lt"):
        made[f"{name}__{sign}"] = filters.DateFilter(field_name=column, lookup_expr=sign)
    return made | ({f"{name}__isnull": Empty(column)} if is_optional else {})


def choice(name: str, choices: Iterable[tuple[str, Any]], column: str | None = None) -> dict[str, filters.Filter]:
    """One of a few words: just this, or one of several."""
    column, known = column or name, list(choices)
    return {
        name: filters.ChoiceFilter(field_name=column, choices=known),
        f"{name}__in": ChoicesSet(field_name=column, choices=known),
    }


def flag(name: str, column: str | None = None) -> dict[str, filters.Filter]:
    """`true` or `false`."""
    return {name: YesNo(field_name=column or name)}


class NounFilters(filters.FilterSet):  # type: ignore[misc]
    """The filters of a noun. Only those that are used are made for a request."""

    def __init__(self, data: Mapping[str, Any], *, queryset: QuerySet[Any], request: Request) -> None:
        self.base_filters = {name: one for name, one in self.known().items() if name in data}
        super().__init__(data, queryset=queryset, request=request)
        for name, one in self.filters.items():
            one.label = name  # otherwise one is made of the model

    @cached_property
    def form(self) -> forms.Form:
        """What reads the values: a form with the fields of those that are used, without a class of its own."""
        made = forms.Form(self.data)
        made.fields = {name: one.field for name, one in self.filters.items()}
        return made

    @classmethod
    def known(cls) -> Mapping[str, filters.Filter]:
        """All filters, by name."""
        made: Mapping[str, filters.Filter] = vars(cls)["base_filters"]
        return made


def filters_of(name: str, *parts: Mapping[str, filters.Filter], **methods: Any) -> type[NounFilters]:
    """A class of filters out of such parts."""
    made: dict[str, Any] = {"__doc__": f"Filters of {name}."} | methods
    for part in parts:
        made.update(part)
    return type(name, (NounFilters,), made)


class StrictFilters(BaseFilterBackend):
    """Applies the view's `filterset_class`; raises a problem for what it does not know, and for wrong values."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The narrowed rows."""
        known: type[NounFilters] | None = getattr(view, "filterset_class", None)
        names = set(known.known()) if known is not None else set()
        asked = request.query_params
        check_parameters(asked, names | OF_LISTS)
        if known is None or not names & set(asked):
            return queryset
        for name in names & set(asked):
            _check_value(name, asked)
        made = known(asked, queryset=queryset, request=request)
        if not made.form.is_valid():
            raise not_valid(
                *(
                    Wrong(field, " ".join(map(str, errors)), asked.get(field))
                    for field, errors in made.form.errors.items()
                )
            )
        narrowed: QuerySet[Any] = made.filter_queryset(queryset)
        return narrowed


def check_parameters(asked: Any, known: set[str]) -> None:
    """Raise a problem for a parameter that means nothing here, or that is given twice."""
    wrong = [
        Wrong(
            name,
            _("This is no parameter here."),
            asked.get(name),
            _("Known are: %(known)s.") % {"known": ", ".join(sorted(known))},
        )
        for name in asked
        if name not in known
    ]
    twice = [
        Wrong(
            name,
            _("This is given more than once."),
            ", ".join(asked.getlist(name)),
            _("Put commas between values, in a filter that ends in “__in”."),
        )
        for name in asked
        if name in known and len(asked.getlist(name)) > 1
    ]
    if wrong or twice:
        raise not_valid(*wrong, *twice)


def _check_value(name: str, asked: Any) -> None:
    value = asked[name]
    if not value.strip():
        raise not_valid(
            Wrong(name, _("This filter has no value."), value, _("Leave it out, or say what it is to look for."))
        )
    count = value.count(",") + 1
    if name.endswith("__in") and count > AT_MOST:
        raise not_valid(
            Wrong(
                name,
                _("%(count)d values are more than the %(most)d that one set takes.")
                % {"count": count, "most": AT_MOST},
                value,
                _("Ask in parts."),
            )
        )
    longest = AT_MOST * LONGEST_OF_SET if name.endswith("__in") else LONGEST
    if len(value) > longest:
        reason = _("This has %(count)d characters, and %(most)d is the most that is looked for.")
        raise not_valid(Wrong(name, reason % {"count": len(value), "most": longest}, value, _("Ask for less.")))
    if "\0" in value:
        raise not_valid(Wrong(name, _("This holds a character that no text has."), value, _("Leave out U+0000.")))
