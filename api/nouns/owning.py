"""What can be done about who owns a touchpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.shapes import Shape, plan_of, rows_of
from api.nouns.owning_shapes import CallShape, ClaimShape, OwnershipShape
from journeys import commands
from journeys.models import Claim, Ownership, OwnershipCall, Touchpoint
from journeys.rules.calls import USUAL
from workspace import clock
from workspace.errors import RuleBroken
from workspace.organisation.models import Department, Person

LONGEST_REASON = 2000


def reason_field(*, is_required: bool = True, help_text: str = "") -> serializers.CharField:
    """Why, in words."""
    more: dict[str, Any] = {} if is_required else {"default": "", "allow_blank": True}
    return serializers.CharField(max_length=LONGEST_REASON, help_text=help_text, **more)


class NewClaim(Input):
    """For which department a touchpoint is claimed."""

    department = serializers.PrimaryKeyRelatedField(queryset=Department.objects.all())
    reason = reason_field(is_required=False)
    at_once = serializers.BooleanField(
        allow_null=True,
        default=None,
        help_text="What you expect: owned at once (true), or decided by somebody (false). If it is not so: 409.",
    )


class NewOwner(Input):
    """The department that gets it, and who answers for it there."""

    department = serializers.PrimaryKeyRelatedField(queryset=Department.objects.all())
    person = serializers.PrimaryKeyRelatedField(
        queryset=Person.objects.all(), allow_null=True, default=None, help_text="The accountable person."
    )
    reason = reason_field(is_required=False)


class GivenUp(Input):
    """Why it is given up."""

    reason = reason_field()


class Attestation(Input):
    """The answer to “is this still yours?”."""

    mine = serializers.BooleanField(help_text="False: “not ours”; the owner stays until somebody takes it over.")
    reason = reason_field(is_required=False)
    ownership = serializers.PrimaryKeyRelatedField(
        queryset=Ownership.objects.all(),
        required=False,
        help_text="The ownership that was looked at; if it has ended: 422. Left out, the current one.",
    )


class AccountablePerson(Input):
    """Who answers for it in the owning department; null is nobody in particular."""

    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True)


class NewCall(Input):
    """Why another owner is called for, and until when."""

    reason = reason_field()
    ends_on = serializers.DateField(required=False, help_text="Within 90 days; left out, in 14.")


class SeenOwner(Input):
    """The owner that was looked at."""

    owner = serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.all(), required=False, help_text="If another department owns it by now: 409."
    )


class OwningActions(NounView):
    """The steps of owning, for the view of touchpoints; `takes`, `gives` and `statuses` of that view are added here."""

    takes = {
        "claim": NewClaim,
        "assign": NewOwner,
        "transfer": NewOwner,
        "release": GivenUp,
        "attest": Attestation,
        "accountable_person": AccountablePerson,
        "approve_owner": SeenOwner,
        "call": NewCall,
    }
    gives = {"claim": ClaimShape, "attest": OwnershipShape, "call": CallShape}
    statuses = {"claim": status.HTTP_201_CREATED, "call": status.HTTP_201_CREATED}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.takes = {**OwningActions.takes, **cls.takes}
        cls.gives = {**OwningActions.gives, **cls.gives}
        cls.statuses = {**OwningActions.statuses, **cls.statuses}

    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: int) -> Response:
        """Ask to own it: it is owned at once (`accepted`), or waits for whoever decides, until `denied_on`."""
        touchpoint, given = self._to_own(), self.filled()
        made: list[Claim] = []
        self.unless_stale(
            touchpoint,
            lambda: made.append(commands.claim_touchpoint(touchpoint, **given, actor=self.person)),
            is_required=False,
        )
        return self._answer_other(Claim, ClaimShape, made[-1].pk, "api:claim-detail")

    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: int) -> Response:
        """Give it, while nobody owns it, to a department."""
        return self._step(commands.assign_ownership)

    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: int) -> Response:
        """Hand it over from its owner to another department."""
        return self._step(commands.transfer_ownership)

    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: int) -> Response:
        """Give it up: nobody owns it then."""
        return self._step(commands.release_ownership)

    @action(detail=True, methods=["post"], url_path="accountable-person")
    def accountable_person(self, request: Request, pk: int) -> Response:
        """Name who answers for it in the owning department."""
        return self._step(commands.set_accountable_person)

    @action(detail=True, methods=["post"], url_path="approve-owner")
    def approve_owner(self, request: Request, pk: int) -> Response:
        """Approve that a department of another business unit owns it."""
        touchpoint, given = self._to_own(), self.filled()
        seen = given["owner"].pk if "owner" in given else None
        return self.changed(
            touchpoint,
            lambda: commands.approve_outside_owner(touchpoint, seen=seen, actor=self.person),
            is_required=False,
        )

    @action(detail=True, methods=["post"])
    def attest(self, request: Request, pk: int) -> Response:
        """Answer whether it is still theirs. “Not ours” raises a flag; the owner stays until somebody takes it over."""
        touchpoint, given = self._to_own(), self.filled()
        ownership = given.pop("ownership", None) or _current(touchpoint)
        if ownership.touchpoint_id != touchpoint.pk:
            raise RuleBroken(
                _("That ownership is about another touchpoint."), next_step=_("Leave it out, or name the current one.")
            )
        self.unless_stale(
            touchpoint,
            lambda: commands.attest_ownership(ownership, **given, actor=self.person),
            is_required=False,
        )
        return self._answer_other(Ownership, OwnershipShape, ownership.pk)

    @action(detail=True, methods=["post"])
    def call(self, request: Request, pk: int) -> Response:
        """Call for another owner: the department stays the owner until somebody takes it, and has agreed to that."""
        touchpoint, given = self._to_own(), self.filled()
        given.setdefault("ends_on", clock.today() + USUAL)
        made: list[OwnershipCall] = []
        self.unless_stale(
            touchpoint,
            lambda: made.append(commands.call_for_owner(touchpoint, **given, actor=self.person)),
            is_required=False,
        )
        return self._answer_other(OwnershipCall, CallShape, made[-1].pk, "api:call-detail")

    def _step(self, command: Callable[..., Any]) -> Response:
        """Do it to the touchpoint with what was sent, and answer with the touchpoint."""
        touchpoint, given = self._to_own(), self.filled()
        return self.changed(touchpoint, lambda: command(touchpoint, **given, actor=self.person), is_required=False)

    def _to_own(self) -> Touchpoint:
        """The touchpoint that the address names; who owns it is no business of guests. Raises Unknown."""
        self.check_limits()
        if self.person.is_guest:
            raise self.unknown(self.key_of(self.kwargs))
        touchpoint: Touchpoint = self.one()
        return touchpoint

    def _answer_other(self, model: type[Model], shape: type[Shape], pk: int, route: str = "") -> Response:
        """The other thing that came of it; with a route, it is new, and that is its address."""
        row = rows_of(model._base_manager.filter(pk=pk), plan_of(shape, shape.names()), self.person)[0]
        code = self.statuses.get(self.action or "", status.HTTP_200_OK)
        response = self.versioned(row, row["version"], code=code)
        if route:
            response.headers["Location"] = reverse(route, args=[pk])
        return response


def _current(touchpoint: Touchpoint) -> Ownership:
    """Who is accountable now. Raises RuleBroken where nobody owns it."""
    current = Ownership.objects.current().accountable().filter(touchpoint=touchpoint).first()
    if current is None:
        raise RuleBroken(_("Nobody owns %(name)s.") % {"name": touchpoint.name}, next_step=_("Claim it first."))
    return current
