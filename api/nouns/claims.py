"""Claims: who asks to own a touchpoint, and who decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, day, filters_of, moment, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.journeys import JourneysView
from api.nouns.owning import reason_field
from api.nouns.owning_shapes import OF_CLAIM, ClaimShape
from api.nouns.people import PeopleView
from api.nouns.timed import TimedView, last_steps
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys import commands
from journeys.models import Claim, Touchpoint
from workspace import db


class Approval(Input):
    """Why it is approved, if there is something to say."""

    reason = reason_field(is_required=False)


class Denial(Input):
    """Why it is denied, for the claimant."""

    reason = reason_field()


class ClaimsView(TimedView):
    """Claims: departments that ask to own a touchpoint. They are made at the touchpoint."""

    noun, plural = "claim", "claims"
    shape = ClaimShape
    times = OF_CLAIM
    takes = {"approve": Approval, "deny": Denial}
    filterset_class = filters_of(
        "ClaimFilters",
        reference("id", "pk"),
        reference("touchpoint"),
        reference("journey", "touchpoint__stage__journey_id"),
        reference("unit", "touchpoint__business_unit_id"),
        reference("department"),
        text("reason"),
        reference("claimed_by"),
        moment("made_at"),
        choice("state", Claim.State.choices),
        day("due_on"),
        day("denied_on"),
        reference("decided_by", is_optional=True),
        moment("decided_at", is_optional=True),
        text("decision_reason"),
        last_steps(*OF_CLAIM),
    )
    orderings = {
        "id": Key("pk"),
        "made_at": Key("made_at"),
        "due_on": Key("due_on"),
        "denied_on": Key("denied_on"),
        "decided_at": Key("decided_at", True),
    }
    ordering = ("-made_at", "-id")
    includes = {
        "touchpoint": Included("touchpoint", TouchpointsView),
        "journey": Included("journey", JourneysView),
        "department": Included("department", DepartmentsView),
        "unit": Included("unit", UnitsView),
        "claimed_by": Included("claimed_by", PeopleView),
        "decided_by": Included("decided_by", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All, decided ones too."""
        return Claim.objects.visible_to(self.person)

    def hold(self, thing: Claim) -> None:
        """Hold its touchpoint, as whoever decides does."""
        db.lock_row(Touchpoint, thing.touchpoint_id)

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: int) -> Response:
        """Let the department own the touchpoint; other claims on it are superseded."""
        return self._step(commands.approve_claim)

    @action(detail=True, methods=["post"])
    def deny(self, request: Request, pk: int) -> Response:
        """Refuse it, with a reason."""
        return self._step(commands.deny_claim)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take it back, by whoever speaks for the department."""
        return self._step(commands.withdraw_claim)

    def _step(self, command: Callable[..., Any]) -> Response:
        claim, given = self.one(), self.filled()
        return self.changed(claim, lambda: command(claim, **given, actor=self.person), is_required=False)
