"""Who owned what before and after: what is owned otherwise at the end of one day than at the end of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.kernel.filters import choice, filters_of, moment, reference, text
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Made, Shape
from api.kernel.values import NumberSet, WholeNumber
from api.kernel.wanted import Included
from api.nouns.coverage import PastDay
from api.nouns.departments import DepartmentsView
from api.nouns.inside import InsideView
from api.nouns.journeys import JourneysView
from api.nouns.people import PeopleView
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys.downloads import changes_file
from journeys.past_filters import WAYS
from journeys.queries.directory import directory
from journeys.queries.owner_changes import acts_behind, compared, with_ends
from journeys.queries.past import first_day
from journeys.rules.past import is_in_order

TOLD = ("by", "reason")
"""What a statement of its own tells of the changes of a page."""


class OwnershipChangeShape(Shape):
    """A touchpoint with its owner at the end of each of the two days. What changed and changed back is no change."""

    touchpoint = serializers.IntegerField(source="pk")
    journey = serializers.IntegerField(source="stage.journey_id", help_text="Where the touchpoint is now.")
    unit = serializers.IntegerField(
        source="business_unit_id", help_text="The business unit in which the touchpoint happens now."
    )
    way = serializers.ChoiceField(choices=WAYS, help_text="From nobody, to nobody, or from one to another.")
    before = serializers.IntegerField(source="old", allow_null=True, help_text="The department that owned it.")
    after = serializers.IntegerField(source="new", allow_null=True, help_text="The department that owned it then.")
    changed_at = serializers.DateTimeField(help_text="When the last change between the two was.")
    by = serializers.IntegerField(source="approver", allow_null=True, help_text="Who decided it, where that is known.")
    reason = serializers.CharField(allow_blank=True)

    parts = {"reason": Made(str, ())}


def _of_departments(_filters: Any, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
    ids = value if isinstance(value, list) else [value]
    return queryset.filter(Q(old__in=ids) | Q(new__in=ids))


def _read_already(_filters: Any, queryset: QuerySet[Any], _name: str, _value: date) -> QuerySet[Any]:
    return queryset


class OwnershipChangesView(InsideView):
    """Changes of owners between the ends of two days: who owned it before, and who after."""

    noun, plural = "ownership change", "ownerships/changes"
    shape = OwnershipChangeShape
    files = {"export": "text/csv"}
    narrowed = ("export",)
    filterset_class = filters_of(
        "OwnershipChangeFilters",
        {
            "from": filters.DateFilter(method="of_days", required=True, help_text="Compare with the end of this day."),
            "until": filters.DateFilter(method="of_days", required=True, help_text="The end of this day, or so far."),
            "department": WholeNumber(method="of_departments", help_text="The owner before or after."),
            "department__in": NumberSet(method="of_departments"),
        },
        reference("touchpoint", "pk"),
        text("touchpoint_name", "name"),
        text("channel"),
        reference("journey", "stage__journey_id"),
        reference("unit", "business_unit_id"),
        choice("way", WAYS),
        reference("before", "old", is_optional=True),
        reference("after", "new", is_optional=True),
        moment("changed_at"),
        of_days=_read_already,
        of_departments=_of_departments,
    )
    orderings = {"changed_at": Key("changed_at"), "touchpoint": Key("pk"), "before": Key("old", True),
                 "after": Key("new", True)}  # fmt: skip
    ordering = ("-changed_at", "touchpoint")
    includes = {
        "touchpoint": Included("touchpoint", TouchpointsView),
        "journey": Included("journey", JourneysView),
        "unit": Included("unit", UnitsView),
        "before": Included("before", DepartmentsView),
        "after": Included("after", DepartmentsView),
        "by": Included("by", PeopleView),
    }

    def export(self, request: Request) -> HttpResponseBase:
        """All that the filters leave as CSV, in the order that is asked for: the columns are those of the page."""
        return changes_file(self.narrowed_rows(), self._days(), directory())

    def visible(self) -> QuerySet[Any]:
        """What is owned otherwise: 1 statement for the day on which the history begins."""
        return with_ends(compared(*self._days(), first_day()))

    def _days(self) -> tuple[date, date]:
        """The two days. Raises a problem for what is none, has not come, or is in the wrong order."""
        first, last = self._day("from"), self._day("until")
        decision = is_in_order(first, last)
        if not decision:
            raise not_valid(Wrong("until", decision.reason, last.isoformat(), decision.next_step))
        return first, last

    def _day(self, name: str) -> date:
        told = self.request.query_params.get(name, "")
        try:
            day = PastDay().clean(told)
        except ValidationError as error:
            raise not_valid(Wrong(name, " ".join(error.messages), told, _("Name a day, as 2026-03-31."))) from None
        assert day is not None  # a day that is missing is not valid
        return day

    def fields_read(self) -> tuple[str, ...]:
        """Who and why is found by what changed, and when."""
        names = super().fields_read()
        needed = ("touchpoint", "changed_at") if set(TOLD) & set(names) else ()
        return (*names, *(name for name in needed if name not in names))

    def along(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What is sent along with the items; before, who decided the changes and why: 1 statement."""
        wanted = set(TOLD) & set(self.fields_read())
        acts = acts_behind({item["touchpoint"]: item["changed_at"] for item in items}) if wanted else {}
        rows: Any = items
        for item in rows:
            if (act := acts.get(item["touchpoint"])) is not None:
                told = {"by": item.get("by") or act.by, "reason": act.reason}
                item.update((name, told[name]) for name in wanted)
        return super().along(items)
