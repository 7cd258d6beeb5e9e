"""Crossings: where customers go from one touchpoint to the next, and how the two owners stand to each other."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import F, Q, QuerySet
from rest_framework import serializers

from api.kernel.filters import choice, filters_of, flag, moment, reference
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.values import NumberSet, WholeNumber
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.inside import InsideView
from api.nouns.journeys import JourneysView
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys.models import Handoff
from journeys.queries.overview.crossings import State, judged_crossings

OPEN = [(state.value, state.label) for state in (Handoff.State.PROPOSED, Handoff.State.ACCEPTED)]


class CrossingShape(Shape):
    """From a live touchpoint to one of the next step. It follows from the order of the touchpoints."""

    id = serializers.IntegerField()
    journey = serializers.IntegerField(source="journey_id")
    from_touchpoint = serializers.IntegerField(
        source="source_id", help_text="The touchpoint from which customers come."
    )
    to_touchpoint = serializers.IntegerField(source="target_id", help_text="The touchpoint to which they go.")
    from_unit = serializers.IntegerField(source="source_unit", help_text="The business unit in which it begins.")
    to_unit = serializers.IntegerField(source="target_unit", help_text="The business unit in which it ends.")
    from_department = serializers.IntegerField(
        allow_null=True, help_text="The department that owns where they come from."
    )
    to_department = serializers.IntegerField(allow_null=True, help_text="The department that owns where they go.")
    state = serializers.ChoiceField(choices=State.choices, help_text="How the two owners stand to each other.")
    handoff = serializers.IntegerField(allow_null=True, help_text="The open handoff, proposed or accepted.")
    handoff_state = serializers.ChoiceField(source="agreement", choices=OPEN, allow_null=True)
    handoff_broken_at = serializers.DateTimeField(
        source="broken_at", allow_null=True, help_text="Since when one side says that it is not kept."
    )


def _either(name: str, *columns: str) -> dict[str, filters.Filter]:
    """The id of a thing at one end or the other, or one of several."""

    def to(queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        ids = value if isinstance(value, list) else [value]
        wanted = Q()
        for column in columns:
            wanted |= Q(**{f"{column}__in": ids})
        return queryset.filter(wanted)

    return {name: WholeNumber(method=to), f"{name}__in": NumberSet(method=to)}


class CrossingsView(InsideView):
    """Crossings between live touchpoints of journeys that are not archived."""

    noun, plural = "crossing", "crossings"
    shape = CrossingShape
    filterset_class = filters_of(
        "CrossingFilters",
        reference("id", "pk"),
        reference("journey"),
        reference("from_touchpoint", "source_id"),
        reference("to_touchpoint", "target_id"),
        _either("touchpoint", "source", "target"),
        reference("from_unit", "source__business_unit_id"),
        reference("to_unit", "target__business_unit_id"),
        _either("unit", "source__business_unit", "target__business_unit"),
        reference("from_department", "from_department", is_optional=True),
        reference("to_department", "to_department", is_optional=True),
        _either("department", "from_department", "to_department"),
        choice("state", State.choices),
        flag("is_between_units"),
        reference("handoff", "open_handoff__pk", is_optional=True),
        choice("handoff_state", OPEN, "agreement"),
        moment("handoff_broken_at", "broken_at", is_optional=True),
    )
    orderings = {
        "id": Key("pk"),
        "journey": Key("journey_id"),
        "from_touchpoint": Key("source_id"),
        "to_touchpoint": Key("target_id"),
    }
    includes = {
        "journey": Included("journey", JourneysView),
        "from_touchpoint": Included("from_touchpoint", TouchpointsView),
        "to_touchpoint": Included("to_touchpoint", TouchpointsView),
        "from_unit": Included("from_unit", UnitsView),
        "to_unit": Included("to_unit", UnitsView),
        "from_department": Included("from_department", DepartmentsView),
        "to_department": Included("to_department", DepartmentsView),
    }

    def visible(self) -> QuerySet[Any]:
        """Those that there are now, each with its state and the open handoff."""
        crossings: QuerySet[Any] = judged_crossings().annotate(
            source_unit=F("source__business_unit_id"),
            target_unit=F("target__business_unit_id"),
            is_between_units=~Q(source__business_unit=F("target__business_unit")),
            handoff=F("open_handoff__pk"),
            broken_at=F("open_handoff__broken_at"),
        )
        return crossings
