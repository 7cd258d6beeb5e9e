"""Touchpoints: where the customer meets us, in their order, one by one and several at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.bulk import ResultsShape, results_of, several
from api.kernel.filters import choice, filters_of, flag, joined, moment, reference, text, whole
from api.kernel.paging import Key
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.guests import GuestsView
from api.nouns.journeys import JourneysView
from api.nouns.owning import OwningActions
from api.nouns.people import PeopleView
from api.nouns.stages import StagesView
from api.nouns.systems import SystemsView
from api.nouns.touchpoint_shapes import (
    LIFECYCLES,
    VISIBILITIES,
    ChangedTouchpoint,
    NewTouchpoint,
    OneOfChanged,
    Place,
    TouchpointShape,
    active_crossings,
    place_of,
)
from api.nouns.units import UnitsView
from journeys import commands
from journeys.commands.placing import hold_steps
from journeys.models import Touchpoint
from journeys.queries.listed import listed_touchpoints
from journeys.rules.structure import may_build
from workspace.organisation.queries.people import standing_of


class TouchpointsView(GuestsView, OwningActions):
    """Touchpoints. Guests see those of the journeys that are shared with them, and not what is of the house."""

    noun, plural = "touchpoint", "touchpoints"
    shape = TouchpointShape
    takes = {
        "create": NewTouchpoint,
        "partial_update": ChangedTouchpoint,
        "move": Place,
        "bulk_create": several(NewTouchpoint),
        "bulk_change": several(OneOfChanged),
    }
    gives = {"bulk_create": ResultsShape, "bulk_change": ResultsShape}
    filterset_class = filters_of(
        "TouchpointFilters",
        reference("id", "pk"),
        text("external_id", "known_as"),
        text("name"),
        reference("journey", "stage__journey_id"),
        reference("persona", "stage__journey__persona_id", is_optional=True),
        reference("stage"),
        whole("step"),
        reference("unit", "unit"),
        text("channel"),
        choice("visibility", VISIBILITIES),
        choice("lifecycle", LIFECYCLES),
        whole("emotion", is_optional=True),
        flag("moment_of_truth"),
        whole("volume", is_optional=True),
        text("pain_point"),
        reference("system", "technology", is_optional=True),
        reference("owner", "owner", is_optional=True),
        text("owner_name"),
        reference("owner_unit", "owner_unit", is_optional=True),
        reference("accountable", "accountable", is_optional=True),
        text("accountable_name"),
        moment("owned_since", is_optional=True),
        moment("attested_at", is_optional=True),
        moment("disputed_at", is_optional=True),
        flag("is_called"),
        text("unmatched_owner", "named_owner"),
        whole("claims", "waiting"),
        whole("flags", "speaking"),
        joined("before", active_crossings, "target", "source"),
        joined("after", active_crossings, "source", "target"),
        whole("version"),
    )
    orderings = {
        "id": Key("pk"),
        "name": Key("name"),
        "journey": Key("stage__journey_id"),
        "position": Key("stage__position"),
        "stage": Key("stage_id"),
        "step": Key("step"),
        "channel": Key("channel"),
        "emotion": Key("emotion", True),
        "volume": Key("volume", True),
        "owner_name": Key("owner_name", True),
    }
    includes = {
        "journey": Included("journey", JourneysView),
        "stage": Included("stage", StagesView),
        "unit": Included("unit", UnitsView),
        "system": Included("system", SystemsView),
        "owner": Included("owner", DepartmentsView),
        "owner_unit": Included("owner_unit", UnitsView),
        "accountable": Included("accountable", PeopleView),
    }
    stages_held: Collection[int] = ()
    """Stages whose touchpoints the command at hand holds, too."""

    def visible(self) -> QuerySet[Any]:
        """All, retired ones too; to guests those of the journeys that they see."""
        return listed_touchpoints(self.person)

    def hold(self, thing: Touchpoint) -> None:
        """Hold the touchpoint, and those of the stage to which it goes, in the order of the commands."""
        hold_steps(self.stages_held, thing.pk)

    def create(self, request: Request) -> Response:
        """Add a touchpoint: at the end of `stage`, at its `step`, or `before`, `after` or `beside` another one."""
        self.check_limits()
        given = self.filled()
        touchpoint = commands.add_touchpoint(**place_of(given), **given, actor=self.person)
        return self.created(touchpoint.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; with `base_version` instead of If-Match, other fields may have been changed meanwhile."""
        touchpoint, given = self.one(), self.filled()
        return self.changed(
            touchpoint,
            lambda: commands.change_touchpoint(touchpoint, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put it elsewhere in its journey: to the end of a stage, to a step, or next to another touchpoint."""
        touchpoint, given = self.one(), self.filled()
        place = place_of(given, own=touchpoint.stage)
        self.stages_held = [place["stage"].pk]
        return self.changed(
            touchpoint,
            lambda: commands.place_touchpoint(touchpoint, **place, actor=self.person),
            is_required=False,
        )

    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: int) -> Response:
        """Retire it: customers do not meet it any more. Changing its `lifecycle` brings it back."""
        touchpoint = self.one()
        self.filled()
        return self.changed(
            touchpoint, lambda: commands.retire_touchpoint(touchpoint, actor=self.person), is_required=False
        )

    @action(detail=False, methods=["post"], url_path="bulk-create")
    def bulk_create(self, request: Request) -> Response:
        """Add several, each for itself and with a result of its own."""

        def add(given: dict[str, Any]) -> dict[str, Any]:
            made = commands.add_touchpoint(**place_of(given), **given, actor=self.person)
            return {"id": made.pk, "version": made.version, "status": status.HTTP_201_CREATED}

        return self._several(NewTouchpoint, add)

    @action(detail=False, methods=["post"], url_path="bulk-change")
    def bulk_change(self, request: Request) -> Response:
        """Change several, each for itself and with a result of its own."""

        def change(given: dict[str, Any]) -> dict[str, Any]:
            touchpoint = self.one({"pk": given.pop("id")})
            with self.telling(touchpoint, given):
                changed = commands.change_touchpoint(touchpoint, **given, actor=self.person)
            return {"id": changed.pk, "version": changed.version}

        return self._several(OneOfChanged, change)

    def _several(self, form: Any, act: Any) -> Response:
        self.for_insiders()
        may_build(standing_of(self.person)).or_not_allowed()
        return Response({"results": results_of(self, self.filled()["items"], form, act)})
