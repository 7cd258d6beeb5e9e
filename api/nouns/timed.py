"""Nouns that take steps and have no text to change: what their version is, is when the last step was taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import django_filters as filters
from django.db.models import Q, QuerySet

from api.kernel.shapes import Made
from api.kernel.values import NumberSet, WholeNumber
from api.nouns.inside import InsideView

FIRST, EPOCH, LAST = (datetime(*day, tzinfo=UTC) for day in ((1, 1, 1), (1970, 1, 1), (9999, 12, 31)))
STEP = "A number that every step raises."


def newest(*times: datetime | None) -> int:
    """The latest of these moments, in microseconds."""
    return max(round(time.timestamp() * 1_000_000) for time in times if time is not None)


def last_step(*times: str) -> Made:
    """The version of things whose steps leave these moments."""
    return Made(newest, times)


def last_steps(*times: str) -> dict[str, filters.Filter]:
    """Filters by the `version` of things whose steps leave these moments."""

    def least(version: int) -> Q:
        return Q(*[Q(**{f"{name}__gte": _moment_of(version)}) for name in times], _connector=Q.OR)

    def most(version: int) -> Q:
        end = _moment_of(version)
        return Q(*[Q(**{f"{name}__lte": end}) | Q(**{f"{name}__isnull": True}) for name in times])

    def just(version: int) -> Q:
        return least(version) & most(version)

    def one_of(versions: Sequence[int]) -> Q:
        return Q(*[just(version) for version in versions], _connector=Q.OR)

    def by(condition: Callable[[Any], Q]) -> Callable[[QuerySet[Any], str, Any], QuerySet[Any]]:
        return lambda queryset, _name, value: queryset.filter(condition(value))

    return {
        "version": WholeNumber(method=by(just)),
        "version__in": NumberSet(method=by(one_of)),
        "version__gte": WholeNumber(lookup_expr="gte", method=by(least)),
        "version__lte": WholeNumber(lookup_expr="lte", method=by(most)),
        "version__gt": WholeNumber(lookup_expr="gt", method=by(lambda version: least(version + 1))),
        "version__lt": WholeNumber(lookup_expr="lt", method=by(lambda version: most(version - 1))),
    }


def _moment_of(version: int) -> datetime:
    """When a step of this number was; the first or the last moment that there is, where that is beyond them."""
    try:
        return EPOCH + timedelta(microseconds=version)
    except OverflowError:
        return LAST if version > 0 else FIRST


class TimedView(InsideView):
    """A noun for people of the house that takes steps; `times` are the moments that these leave."""

    times: ClassVar[Sequence[str]] = ()

    def version_of(self, thing: Any) -> int:
        """When it took its last step."""
        return newest(*(getattr(thing, name) for name in self.times))
