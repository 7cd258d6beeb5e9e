"""Calls for another owner."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, day, filters_of, moment, reference, text
from api.kernel.paging import Key
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.journeys import JourneysView
from api.nouns.owning_shapes import OF_CALL, CallShape
from api.nouns.people import PeopleView
from api.nouns.timed import TimedView, last_steps
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys import commands
from journeys.models import OwnershipCall, Touchpoint
from workspace import db


class CallsView(TimedView):
    """Calls: departments that want to give a touchpoint up. They are made there, and answered by a claim."""

    noun, plural = "call", "calls"
    shape = CallShape
    times = OF_CALL
    filterset_class = filters_of(
        "CallFilters",
        reference("id", "pk"),
        reference("touchpoint"),
        reference("journey", "touchpoint__stage__journey_id"),
        reference("unit", "touchpoint__business_unit_id"),
        reference("department"),
        text("reason"),
        reference("made_by", is_optional=True),
        moment("made_at"),
        day("ends_on"),
        choice("state", OwnershipCall.State.choices),
        moment("ended_at", is_optional=True),
        last_steps(*OF_CALL),
    )
    orderings = {
        "id": Key("pk"),
        "made_at": Key("made_at"),
        "ends_on": Key("ends_on"),
        "ended_at": Key("ended_at", True),
    }
    ordering = ("-made_at", "-id")
    includes = {
        "touchpoint": Included("touchpoint", TouchpointsView),
        "journey": Included("journey", JourneysView),
        "department": Included("department", DepartmentsView),
        "unit": Included("unit", UnitsView),
        "made_by": Included("made_by", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All, ended ones too."""
        return OwnershipCall.objects.visible_to(self.person)

    def hold(self, thing: OwnershipCall) -> None:
        """Hold its touchpoint, as whoever answers it does."""
        db.lock_row(Touchpoint, thing.touchpoint_id)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take it back: the owner keeps the touchpoint."""
        call = self.one()
        self.filled()
        return self.changed(call, lambda: commands.withdraw_call(call, actor=self.person), is_required=False)
