"""Waivers: which flags are silenced, why, and until when."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.kernel.filters import day, filters_of, moment, reference, text
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from api.nouns.timed import STEP, last_step, last_steps
from journeys.models import Waiver

OF_WAIVER = ("granted_at", "ended_at")
"""The moments that its steps leave."""


class WaiverShape(Shape):
    """A waiver silences a flag for a reason, until a date."""

    id = serializers.IntegerField()
    flag = serializers.IntegerField(source="flag_id")
    rule = serializers.CharField(source="flag.rule")
    reason = serializers.CharField()
    until = serializers.DateField(help_text="On this day the flag is looked at again.")
    granted_by = serializers.IntegerField(source="granted_by_id")
    granted_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is in force.")
    version = serializers.IntegerField(help_text=STEP)

    parts = {"version": last_step(*OF_WAIVER)}


class WaiversView(InsideView):
    """Waivers, ended ones too. They are granted and ended at the flag."""

    noun, plural = "waiver", "waivers"
    shape = WaiverShape
    filterset_class = filters_of(
        "WaiverFilters",
        reference("id", "pk"),
        reference("flag"),
        text("rule", "flag__rule"),
        text("reason"),
        day("until"),
        reference("granted_by"),
        moment("granted_at"),
        moment("ended_at", is_optional=True),
        last_steps(*OF_WAIVER),
    )
    orderings = {
        "id": Key("pk"),
        "until": Key("until"),
        "granted_at": Key("granted_at"),
        "ended_at": Key("ended_at", True),
    }
    ordering = ("-granted_at", "-id")
    includes = {"granted_by": Included("granted_by", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All, ended ones too."""
        return Waiver.objects.all()
