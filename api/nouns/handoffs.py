"""Handoffs: what two departments agree on where the customer goes from one to the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.owning import reason_field
from api.nouns.people import PeopleView
from api.nouns.timed import STEP, TimedView, last_step, last_steps
from api.nouns.touchpoints import TouchpointsView
from journeys import commands
from journeys.models import Crossing, Handoff, Touchpoint
from workspace import db

STEPS = ("proposed_at", "from_accepted_at", "to_accepted_at", "broken_at", "ended_at")
MOST_HOURS = 24 * 365


class HandoffShape(Shape):
    """The agreement of two departments on one crossing; void as soon as one of the owners changes."""

    id = serializers.IntegerField()
    crossing = serializers.IntegerField(source="crossing_id")
    from_touchpoint = serializers.IntegerField(
        source="crossing.source_id", help_text="The touchpoint that the customer leaves."
    )
    to_touchpoint = serializers.IntegerField(source="crossing.target_id", help_text="The one that comes next.")
    journey = serializers.IntegerField(source="crossing.journey_id")
    from_department = serializers.IntegerField(source="from_department_id")
    to_department = serializers.IntegerField(source="to_department_id")
    what = serializers.CharField(help_text="What is handed over.")
    within_hours = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=Handoff.State.choices)
    proposed_by = serializers.IntegerField(source="proposed_by_id", allow_null=True)
    proposed_at = serializers.DateTimeField()
    from_accepted_by = serializers.IntegerField(source="from_accepted_by_id", allow_null=True)
    from_accepted_at = serializers.DateTimeField(allow_null=True)
    to_accepted_by = serializers.IntegerField(source="to_accepted_by_id", allow_null=True)
    to_accepted_at = serializers.DateTimeField(allow_null=True)
    broken_by = serializers.IntegerField(source="broken_by_id", allow_null=True)
    broken_at = serializers.DateTimeField(allow_null=True, help_text="Since when one side says that it is not kept.")
    broken_reason = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text=STEP)

    parts = {"version": last_step(*STEPS)}


class NewHandoff(Input):
    """What is proposed, and where: a crossing, or the two touchpoints that it joins."""

    example_without = ("from_touchpoint", "to_touchpoint")

    crossing = serializers.PrimaryKeyRelatedField(queryset=Crossing.objects.all(), required=False)
    from_touchpoint = serializers.PrimaryKeyRelatedField(queryset=Touchpoint.objects.all(), required=False)
    to_touchpoint = serializers.PrimaryKeyRelatedField(queryset=Touchpoint.objects.all(), required=False)
    what = serializers.CharField(max_length=2000, help_text="What the next department knows and has.")
    within_hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find the crossing. Raises a problem where it is named twice, by half, or not there."""
        source, target = attrs.pop("from_touchpoint", None), attrs.pop("to_touchpoint", None)
        ends = sum(end is not None for end in (source, target))
        if ends != (0 if "crossing" in attrs else 2):
            reason = _("Name the crossing, or else its `from_touchpoint` and its `to_touchpoint`.")
            raise not_valid(Wrong("crossing", reason))
        if "crossing" not in attrs:
            found = Crossing.objects.filter(source=source, target=target).first()
            if found is None:
                reason = _("Customers do not go from touchpoint %(source)s to this one.") % {"source": source.pk}
                raise not_valid(Wrong("to_touchpoint", reason, target.pk))
            attrs["crossing"] = found
        return attrs


class WhyDeclined(Input):
    """Why it is declined, for the other department."""

    reason = reason_field()


class WhatIsBroken(Input):
    """What of the agreement does not happen."""

    reason = reason_field()


class HandoffsView(TimedView):
    """Handoffs between departments, those that ended too."""

    noun, plural = "handoff", "handoffs"
    shape = HandoffShape
    times = STEPS
    takes = {"create": NewHandoff, "decline": WhyDeclined, "report_broken": WhatIsBroken}
    filterset_class = filters_of(
        "HandoffFilters",
        reference("id", "pk"),
        reference("crossing"),
        reference("from_touchpoint", "crossing__source_id"),
        reference("to_touchpoint", "crossing__target_id"),
        reference("journey", "crossing__journey_id"),
        reference("from_department"),
        reference("to_department"),
        text("what"),
        whole("within_hours", is_optional=True),
        choice("state", Handoff.State.choices),
        reference("proposed_by", is_optional=True),
        moment("proposed_at"),
        reference("from_accepted_by", is_optional=True),
        moment("from_accepted_at", is_optional=True),
        reference("to_accepted_by", is_optional=True),
        moment("to_accepted_at", is_optional=True),
        reference("broken_by", is_optional=True),
        moment("broken_at", is_optional=True),
        text("broken_reason"),
        moment("ended_at", is_optional=True),
        text("ended_reason"),
        last_steps(*STEPS),
    )
    orderings = {
        "id": Key("pk"),
        "proposed_at": Key("proposed_at"),
        "broken_at": Key("broken_at", True),
        "ended_at": Key("ended_at", True),
    }
    ordering = ("-proposed_at", "-id")
    includes = {
        "from_touchpoint": Included("from_touchpoint", TouchpointsView),
        "to_touchpoint": Included("to_touchpoint", TouchpointsView),
        "from_department": Included("from_department", DepartmentsView),
        "to_department": Included("to_department", DepartmentsView),
        "proposed_by": Included("proposed_by", PeopleView),
        "broken_by": Included("broken_by", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All, ended ones too."""
        return Handoff.objects.visible_to(self.person)

    def hold(self, thing: Handoff) -> None:
        """Hold both touchpoints, the smaller id first, as whoever agrees does."""
        for touchpoint in sorted((thing.crossing.source_id, thing.crossing.target_id)):
            db.lock_row(Touchpoint, touchpoint)

    def create(self, request: Request) -> Response:
        """Propose a handoff; the proposer's own side has accepted with that."""
        self.check_limits()
        handoff = commands.propose_handoff(**self.filled(), actor=self.person)
        return self.created(handoff.pk)

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: int) -> Response:
        """Accept for one's side; one that was not kept is confirmed anew so."""
        return self._step(commands.accept_handoff)

    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: int) -> Response:
        """Decline it, with a reason."""
        return self._step(commands.decline_handoff)

    @action(detail=True, methods=["post"], url_path="report-broken")
    def report_broken(self, request: Request, pk: int) -> Response:
        """Say that what was agreed does not happen; both sides have to confirm it anew then."""
        return self._step(commands.report_broken)

    def _step(self, command: Callable[..., Any]) -> Response:
        handoff, given = self.one(), self.filled()
        return self.changed(handoff, lambda: command(handoff, **given, actor=self.person), is_required=False)
