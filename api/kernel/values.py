"""What the filters of lists look for: each kind of value, and what is none of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.utils.translation import gettext as _

LARGEST = 2**63 - 1
"""No database counts farther."""


class SetOf(filters.BaseInFilter):  # type: ignore[misc]
    """Several values, with commas between."""


class _Whole(forms.IntegerField):
    """A whole number as far as databases count: there is nothing beyond."""

    def to_python(self, value: Any) -> int | None:
        number = super().to_python(value)
        return None if number is None else max(-LARGEST, min(int(number), LARGEST))


class _Number(forms.DecimalField):
    """A number; one that no database holds is taken as the largest, or the smallest, that one does."""

    def to_python(self, value: Any) -> Any:
        """The number that is meant."""
        number = super().to_python(value)
        if number is None or not number.is_finite():
            return number
        return max(Decimal(-LARGEST), min(number, Decimal(LARGEST)))


class AnyNumber(filters.NumberFilter):  # type: ignore[misc]
    """A number."""

    field_class = _Number


class WholeNumber(filters.NumberFilter):  # type: ignore[misc]
    """A whole number."""

    field_class = _Whole


class NumberSet(SetOf, WholeNumber):
    """Several whole numbers."""


class WordSet(SetOf, filters.CharFilter):  # type: ignore[misc]
    """Several words."""


class _TrueOrFalse(forms.Field):
    """`true` or `false`, and nothing that is silently taken for neither."""

    def to_python(self, value: Any) -> bool | None:
        """Raises ValidationError."""
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Say true or false."))
        return bool(value == "true")


class YesNo(filters.BooleanFilter):  # type: ignore[misc]
    """`true` or `false`."""

    field_class = _TrueOrFalse


def in_utc(moment: datetime) -> datetime:
    """A moment as databases take it, which know not each offset that ISO 8601 does. Raises ValidationError."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise forms.ValidationError(_("No calendar reaches this moment.")) from error


class _Moment(filters.fields.IsoDateTimeField):  # type: ignore[misc]
    """A moment in UTC."""

    def to_python(self, value: Any) -> datetime | None:
        """Raises ValidationError."""
        told = super().to_python(value)
        return None if told is None else in_utc(told)


class Moment(filters.IsoDateTimeFilter):  # type: ignore[misc]
    """A moment."""

    field_class = _Moment


class Empty(YesNo):
    """`true` for what is not set, `false` for what is."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="isnull", **kwargs)


class NumbersSet(SetOf, AnyNumber):
    """Several numbers."""


class ChoicesSet(SetOf, filters.ChoiceFilter):  # type: ignore[misc]
    """Several of a few words."""
