"""What lists of this app can be narrowed by, on pages and in the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Flag
from journeys.queries.catalogue import rules
from journeys.queries.directory import Directory, directory
from workspace.organisation.models import Person

SPEAKING, SILENCED, ALL = "speaking", "silenced", "all"
STATES = (
    (Flag.State.OPEN, _("Open")),
    (Flag.State.ACKNOWLEDGED, _("Acknowledged")),
    (SILENCED, _("Snoozed or waived")),
    (ALL, _("Any, closed ones too")),
)


def _rule_choices() -> list[tuple[str, Any]]:
    return [(rule.code, rule.title) for rule in rules()]


class FlagFilter(filters.FilterSet):
    """Flags by rule, unit (either side), department, severity, state, who is asked, and words of their subject.

    Without a state, those that ask for something now: open and acknowledged. A value that is not among the choices
    is said beside its field and narrows nothing.
    """

    q = filters.CharFilter(label=_("Touchpoint or journey"), method="by_words")
    rule = filters.ChoiceFilter(label=_("Rule"), choices=_rule_choices, empty_label=_("Any"))
    unit = filters.ChoiceFilter(label=_("Business unit"), method="by_unit", empty_label=_("Any"), choices=[])
    department = filters.ChoiceFilter(label=_("Department"), empty_label=_("Any"), choices=[])
    state = filters.ChoiceFilter(
        label=_("State"), method="by_state", choices=STATES, empty_label=_("Open or acknowledged")
    )
    asked = filters.ChoiceFilter(
        label=_("Asked"), method="by_asked", choices=[("me", _("Me"))], empty_label=_("Anybody")
    )
    severity = filters.ChoiceFilter(
        label=_("Severity"), choices=Flag.Severity.choices, empty_label=_("Any"), widget=forms.HiddenInput
    )

    class Meta:
        model = Flag
        fields: list[str] = []

    def __init__(self, *args: Any, viewer: Person, known: Directory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        known = known or directory()
        units = [(unit.id, unit.name) for unit in known.units.values()]
        departments = known.by_unit(list(known.departments.values()))
        self.form.fields["unit"].choices = units
        self.form.fields["department"].choices = departments

    def filter_queryset(self, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        """Narrow by the fields that hold a value; a state is always meant."""
        narrowed: QuerySet[Flag] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            narrowed = self.by_state(narrowed, "state", SPEAKING)
        return narrowed

    def by_words(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags whose touchpoint, either end of a crossing, or journey carries these words."""
        named = Q()
        for field in ("touchpoint__name", "crossing__source__name", "crossing__target__name", "journey__name"):
            named |= Q(**{f"{field}__icontains": value.strip()})
        return queryset.filter(named)

    def by_unit(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags that concern the unit, on either side."""
        return queryset.filter(Q(unit=value) | Q(other_unit=value))

    def by_state(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags in a state, or in one of a family of states."""
        families: dict[str, list[str]] = {
            SPEAKING: [Flag.State.OPEN, Flag.State.ACKNOWLEDGED],
            SILENCED: [Flag.State.SNOOZED, Flag.State.WAIVED],
            ALL: Flag.State.values,
        }
        return queryset.filter(state__in=families.get(value, [value]))

    def by_asked(self, queryset: QuerySet[Flag], _name: str, _value: str) -> QuerySet[Flag]:
        """Flags that the viewer is asked about."""
        return queryset.filter(asked=self.viewer)
