"""Ownerships, claims and calls for another owner, as they go on the wire."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rest_framework import serializers

from api.kernel.shapes import Hung, Shape
from api.nouns.timed import STEP, last_step
from journeys.models import Claim, Ownership, OwnershipCall
from journeys.queries.deciding import deciders_of
from workspace.organisation.models import Person

OF_OWNERSHIP = ("held_from", "held_until", "attested_at", "disputed_at")
OF_CLAIM = ("made_at", "decided_at")
OF_CALL = ("made_at", "ended_at")
"""The moments that the steps of these leave."""


class OwnershipShape(Shape):
    """A department's part in a touchpoint, over [held_from, held_until)."""

    id = serializers.IntegerField()
    touchpoint = serializers.IntegerField(source="touchpoint_id")
    journey = serializers.IntegerField(source="touchpoint.stage.journey_id", help_text="Where the touchpoint is now.")
    unit = serializers.IntegerField(
        source="touchpoint.business_unit_id", help_text="The business unit in which the touchpoint happens now."
    )
    department = serializers.IntegerField(source="department_id")
    type = serializers.ChoiceField(source="kind", choices=Ownership.Kind.choices)
    person = serializers.IntegerField(
        source="person_id", allow_null=True, help_text="The accountable person; with `as_of`, that of then."
    )
    held_from = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True, help_text="Null while it holds.")
    approved_by = serializers.IntegerField(source="approved_by_id", allow_null=True)
    outside_approved = serializers.BooleanField(
        help_text="Whether an owner from another unit was approved by the unit's head or an executive."
    )
    outside_approved_by = serializers.IntegerField(source="outside_approved_by_id", allow_null=True)
    claim = serializers.IntegerField(source="claim_id", allow_null=True, help_text="The claim that it came from.")
    attested_at = serializers.DateTimeField(allow_null=True, help_text="When “still ours” was said last.")
    disputed_at = serializers.DateTimeField(allow_null=True, help_text="When “not ours” was said, if that stands.")
    version = serializers.IntegerField(help_text=STEP)

    parts = {"version": last_step(*OF_OWNERSHIP)}


def _who_decides(ids: Collection[int], _viewer: Person) -> Mapping[int, str]:
    return deciders_of(ids)


class ClaimShape(Shape):
    """A department asks to own a touchpoint. `accepted`: it became owner; `waiting`: somebody has to decide."""

    id = serializers.IntegerField()
    touchpoint = serializers.IntegerField(source="touchpoint_id")
    journey = serializers.IntegerField(source="touchpoint.stage.journey_id")
    unit = serializers.IntegerField(source="touchpoint.business_unit_id")
    department = serializers.IntegerField(source="department_id")
    reason = serializers.CharField(allow_blank=True)
    claimed_by = serializers.IntegerField(source="claimed_by_id")
    made_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=Claim.State.choices)
    who_decides = serializers.CharField(allow_null=True, help_text="In words; null unless it waits.")
    due_on = serializers.DateField(help_text="To be decided by this day.")
    denied_on = serializers.DateField(help_text="Still undecided on this day, it is denied.")
    decided_by = serializers.IntegerField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text=STEP)

    parts = {"who_decides": Hung(_who_decides, lambda: None), "version": last_step(*OF_CLAIM)}


class CallShape(Shape):
    """A department wants to give a touchpoint up, and stays its owner until somebody takes it."""

    id = serializers.IntegerField()
    touchpoint = serializers.IntegerField(source="touchpoint_id")
    journey = serializers.IntegerField(source="touchpoint.stage.journey_id")
    unit = serializers.IntegerField(source="touchpoint.business_unit_id")
    department = serializers.IntegerField(source="department_id")
    reason = serializers.CharField()
    made_by = serializers.IntegerField(source="made_by_id", allow_null=True)
    made_at = serializers.DateTimeField()
    ends_on = serializers.DateField(help_text="Unanswered on this day, the head of the unit is asked.")
    state = serializers.ChoiceField(choices=OwnershipCall.State.choices)
    ended_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text=STEP)

    parts = {"version": last_step(*OF_CALL)}
