"""What the ownerships that are to be confirmed can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Ownership
from journeys.queries.attesting import answered_by
from journeys.queries.directory import Directory
from workspace.organisation.rules.standing import Standing

EVERYBODY = "all"
DISPUTED = "disputed"


class AttestationFilter(filters.FilterSet):  # type: ignore[misc]
    """By department and by words of the touchpoint, its stage or journey.

    Without a department: what the viewer answers for. `state` is taken by the page.
    """

    q = filters.CharFilter(label=_("Touchpoint, stage or journey"), method="by_words")
    department = filters.ChoiceFilter(
        label=_("Department"), method="by_department", empty_label=_("Mine, and those that I lead"), choices=[]
    )
    state = filters.ChoiceFilter(
        label=_("State"), method="by_state", choices=[(DISPUTED, _("Not ours"))], widget=forms.HiddenInput
    )

    class Meta:
        model = Ownership
        fields: list[str] = []

    def __init__(self, *args: Any, standing: Standing, known: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        every = (EVERYBODY, _("All departments"))
        self.form.fields["department"].choices = [every, *known.by_unit(list(known.departments.values()))]

    def filter_queryset(self, queryset: QuerySet[Ownership]) -> QuerySet[Ownership]:
        """Narrow by the fields that hold a value; one's own where no department does."""
        narrowed: QuerySet[Ownership] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("department")
        return narrowed if asked else narrowed.filter(answered_by(self.standing))

    def by_words(self, queryset: QuerySet[Ownership], _name: str, value: str) -> QuerySet[Ownership]:
        """Those whose touchpoint, stage or journey carries these words."""
        named = Q()
        for field in ("name", "stage__name", "stage__journey__name"):
            named |= Q(**{f"touchpoint__{field}__icontains": value.strip()})
        return queryset.filter(named)

    def by_department(self, queryset: QuerySet[Ownership], _name: str, value: str) -> QuerySet[Ownership]:
        """Those of a department, or of all of them."""
        return queryset if value == EVERYBODY else queryset.filter(department=int(value))

    def by_state(self, queryset: QuerySet[Ownership], _name: str, _value: str) -> QuerySet[Ownership]:
        """Which of the two lists it is was decided before."""
        return queryset
