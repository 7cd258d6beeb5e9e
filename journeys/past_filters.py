"""What the past can be asked about: a day or two, and what the lists of them can be narrowed by."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Journey, Ownership, Touchpoint
from journeys.queries.directory import Directory
from journeys.queries.lists import journeys_named
from journeys.queries.owner_changes import GAINED, LOST, TRANSFERRED
from journeys.rules.past import has_come, is_in_order
from workspace import clock
from workspace.organisation.rules.decisions import Decision

WAYS = ((GAINED, _("Gained")), (LOST, _("Lost")), (TRANSFERRED, _("Transferred")))


def _or_invalid(decision: Decision) -> None:
    if not decision:
        raise forms.ValidationError(f"{decision.reason} {decision.next_step}".strip())


class DaysForm(forms.Form):
    """Days that have come, in their order. What is wrong is said by the page, not held back by the browser."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Refuse a day that has not come, and two days in the wrong order."""
        fields: dict[str, Any] = super().clean() or self.cleaned_data
        days = [(name, fields[name]) for name in ("on", "from", "to") if isinstance(fields.get(name), date)]
        for name, day in days:
            decision = has_come(day, today=clock.today())
            if not decision:
                self.add_error(name, f"{decision.reason} {decision.next_step}")
        if len(days) == 2 and not self.errors:
            _or_invalid(is_in_order(days[0][1], days[1][1]))
        return fields


def _day_filter(label: Any) -> filters.DateFilter:
    return filters.DateFilter(
        label=label,
        method="by_day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("This is no day. Write it as 2026-03-31.")},
    )


class _PastSet(filters.FilterSet):  # type: ignore[misc]
    """The days are taken by the page; a value that cannot be is said, and then nothing is shown."""

    def __init__(self, *args: Any, known: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.form.fields
        for name in ("on", "from", "to"):
            if name in fields:
                fields[name].required = True
        fields["unit"].choices = [(unit.id, unit.name) for unit in known.units.values()]
        fields["department"].choices = known.by_unit(list(known.departments.values()))

    def by_day(self, queryset: QuerySet[Any], _name: str, _value: date) -> QuerySet[Any]:
        """The list was read for the day."""
        return queryset


class PastFilter(_PastSet):
    """Who owned what on a day: by words of the touchpoint, its unit, the owner, the journey, or one touchpoint."""

    q = filters.CharFilter(label=_("Touchpoint"), field_name="touchpoint__name", lookup_expr="icontains")
    on = _day_filter(_("Day"))
    unit = filters.ChoiceFilter(
        label=_("Business unit"), field_name="touchpoint__business_unit", empty_label=_("Any"), choices=[]
    )
    department = filters.ChoiceFilter(label=_("Owner"), empty_label=_("Any"), choices=[])
    journey = filters.CharFilter(label=_("Journey or persona"), method="by_journey")
    journey_id = filters.NumberFilter(
        label=_("Journey"), field_name="touchpoint__stage__journey", widget=forms.HiddenInput, max_value=2**63 - 1
    )
    channel = filters.CharFilter(label=_("Channel"), field_name="touchpoint__channel", widget=forms.HiddenInput)
    touchpoint = filters.NumberFilter(label=_("Touchpoint"), widget=forms.HiddenInput, max_value=2**63 - 1)

    class Meta:
        model = Ownership
        form = DaysForm
        fields: list[str] = []

    def by_journey(self, queryset: QuerySet[Ownership], _name: str, value: str) -> QuerySet[Ownership]:
        """Those of the journeys whose name or persona holds these words."""
        named = journeys_named(Journey.objects.order_by(), value).values("pk")
        return queryset.filter(touchpoint__stage__journey__in=named)


class ChangeFilter(_PastSet):
    """What changed between two days: by words of the touchpoint, its unit, the owner before or after, the way."""

    q = filters.CharFilter(label=_("Touchpoint"), field_name="name", lookup_expr="icontains")
    to = _day_filter(_("To"))
    unit = filters.ChoiceFilter(label=_("Business unit"), field_name="business_unit", empty_label=_("Any"), choices=[])
    department = filters.ChoiceFilter(
        label=_("Owner, before or after"), method="by_department", empty_label=_("Any"), choices=[]
    )
    touchpoint = filters.NumberFilter(
        label=_("Touchpoint"), field_name="pk", widget=forms.HiddenInput, max_value=2**63 - 1
    )
    way = filters.ChoiceFilter(label=_("Change"), choices=WAYS, widget=forms.HiddenInput)

    class Meta:
        model = Touchpoint
        form = DaysForm
        fields: list[str] = []

    def by_department(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Those that the department has gained, lost, taken over or handed over."""
        return queryset.filter(Q(old=value) | Q(new=value))


# `from` is a word of the language, so that it has no line of its own above; it comes before `to`.
_from = _day_filter(_("From"))
_from.field_name = "from"
_declared = dict(ChangeFilter.base_filters)
ChangeFilter.base_filters.clear()
ChangeFilter.base_filters.update({"q": _declared.pop("q"), "from": _from, **_declared})
