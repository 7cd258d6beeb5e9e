"""Coverage: how much of what customers meet is owned, now and day by day."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import FloatField, QuerySet, Value
from django.db.models.functions import Cast, NullIf
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import StrictFilters, check_parameters, choice, filters_of, number, reference, text, whole
from api.kernel.paging import Key
from api.kernel.shapes import Made, Shape, dressed, plan_of
from api.kernel.values import NumberSet, WholeNumber
from api.nouns.inside import InsideView
from journeys.models import CoverageSnapshot
from journeys.queries.coverage import Coverage, coverage_now
from journeys.rules.past import has_come
from workspace import clock

Scope = CoverageSnapshot.Scope
ON_DAYS = ("as_of", "from", "until")
OF_NOW = {"fields"}
"""What the coverage of now takes beside its filters: it is counted at once, and comes in one page."""


def _if_known(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda fact, wanted: fact is not None and compare(fact, wanted)


FITS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "in": lambda fact, wanted: fact in wanted,
    "gte": _if_known(operator.ge),
    "lte": _if_known(operator.le),
    "gt": _if_known(operator.gt),
    "lt": _if_known(operator.lt),
    "isnull": lambda fact, wanted: (fact is None) == wanted,
    "contains": lambda fact, wanted: wanted.casefold() in fact.casefold(),
    "startswith": lambda fact, wanted: fact.casefold().startswith(wanted.casefold()),
}


class PastDay(forms.DateField):
    """A day that has come."""

    def clean(self, value: Any) -> date | None:
        """The day. Raises ValidationError for one that is still to come."""
        day: date | None = super().clean(value)
        if day is not None and not (decision := has_come(day, today=clock.today())):
            raise ValidationError(f"{decision.reason} {decision.next_step}")
        return day


class AsOfDay(filters.DateFilter):  # type: ignore[misc]
    """What was noted on a day that has come."""

    field_class = PastDay


def _of(scope: str) -> Callable[[Any, QuerySet[Any], str, Any], QuerySet[Any]]:
    def narrowed(_filters: Any, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        ids = value if isinstance(value, list) else [value]
        return queryset.filter(scope=scope, scope_id__in=ids)

    return narrowed


def _id_in(scope: str) -> Made:
    return Made(lambda held, held_id: int(held_id) if held == scope else None, ("scope", "scope_id"))


def _share(live: int, owned: int) -> float | None:
    return owned / live if live else None


class CoverageShape(Shape):
    """Live touchpoints, and how many of them are owned: of everything, a unit, a journey or a channel."""

    id = serializers.IntegerField(allow_null=True, help_text="Null for what is counted now.")
    on = serializers.DateField()
    scope = serializers.ChoiceField(choices=Scope.choices)
    unit = serializers.IntegerField(allow_null=True)
    journey = serializers.IntegerField(allow_null=True)
    channel = serializers.CharField(allow_blank=True, help_text="Empty for touchpoints without one, and other scopes.")
    live = serializers.IntegerField()
    owned = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Owned ÷ live, from 0 to 1; null where nothing is live.")

    parts = {
        "unit": _id_in(Scope.UNIT),
        "journey": _id_in(Scope.JOURNEY),
        "share": Made(_share, ("live", "owned")),
    }


class CoverageView(InsideView):
    """Coverage. With a day it is what was noted on it, and stays as it is; without one, what is counted now."""

    noun, plural = "coverage", "coverage"
    shape = CoverageShape
    filterset_class = filters_of(
        "CoverageFilters",
        {
            "as_of": AsOfDay(field_name="on", help_text="What was noted on this day."),
            "from": filters.DateFilter(field_name="on", lookup_expr="gte", help_text="Noted on this day or later."),
            "until": filters.DateFilter(field_name="on", lookup_expr="lte", help_text="Noted on this day or before."),
            "unit": WholeNumber(method="of_units"),
            "unit__in": NumberSet(method="of_units"),
            "journey": WholeNumber(method="of_journeys"),
            "journey__in": NumberSet(method="of_journeys"),
        },
        reference("id", "pk"),
        choice("scope", Scope.choices),
        text("channel"),
        whole("live"),
        whole("owned"),
        number("share", is_optional=True),
        of_units=_of(Scope.UNIT),
        of_journeys=_of(Scope.JOURNEY),
    )
    orderings = {
        "id": Key("pk"),
        "on": Key("on"),
        "scope": Key("scope"),
        "channel": Key("channel"),
        "live": Key("live"),
        "owned": Key("owned"),
    }
    ordering = ("on", "id")

    def visible(self) -> QuerySet[Any]:
        """What was noted."""
        live = NullIf(Cast("live", FloatField()), Value(0.0))
        noted: QuerySet[Any] = CoverageSnapshot.objects.annotate(share=Cast("owned", FloatField()) / live)
        return noted

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what was noted, `as_of` a day or `from` one `until` another (both count); without a day, what is so now.

        What is so now is counted at once and comes in one page: it takes filters and `fields`, and nothing else.
        """
        if any(name in request.query_params for name in ON_DAYS):
            return super().list(request, *args, **kwargs)
        self.check_limits()
        check_parameters(request.query_params, OF_NOW.union(self.filterset_class.known()))
        StrictFilters().filter_queryset(request, self.visible().none(), self)
        return self.versioned({"items": self._counted(coverage_now()), "next": None})

    def _counted(self, counted: Iterable[Coverage]) -> Any:
        """What is counted now, as far as it is asked for, as it goes on the wire."""
        plan = plan_of(self.shape, self.fields_wanted())
        asked = self.filterset_class(self.request.query_params, queryset=self.visible().none(), request=self.request)
        given = asked.form.cleaned_data if asked.is_valid() else {}
        wanted = {name: _counted_with(value) for name, value in given.items() if value not in (None, "")}
        today = clock.today()
        rows = []
        for one in counted:
            held = {
                "pk": None,
                "on": today,
                "scope": one.scope,
                "scope_id": one.scope_id,
                "channel": one.channel,
                "live": one.live,
                "owned": one.owned,
            }
            if _fits(one, wanted):
                rows.append([held[column] for column in plan.columns])
        return dressed(rows, plan, self.person)


def _counted_with(value: Any) -> Any:
    """The value of a filter, to be held against what is counted: numbers with a fraction are floats there."""
    if isinstance(value, list):
        return [_counted_with(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _fits(one: Coverage, wanted: dict[str, Any]) -> bool:
    """Whether all conditions hold for it."""
    facts: dict[str, Any] = {
        "id": None,
        "scope": one.scope,
        "unit": one.scope_id if one.scope == Scope.UNIT else None,
        "journey": one.scope_id if one.scope == Scope.JOURNEY else None,
        "channel": one.channel,
        "live": one.live,
        "owned": one.owned,
        "share": _share(one.live, one.owned),
    }
    asked = ((*name.partition("__"), value) for name, value in wanted.items())
    return all(FITS[sign](facts[name], value) for name, _line, sign, value in asked)
