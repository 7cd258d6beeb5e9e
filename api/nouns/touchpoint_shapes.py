"""A touchpoint as it goes on the wire, and what can be sent to add, change or move one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from api.kernel.inputs import Input
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Hung, Shape, grouped
from journeys.commands.known_as import LONGEST
from journeys.models import Crossing, Stage, System, Touchpoint
from workspace.organisation.models import BusinessUnit, Person

VISIBILITIES, LIFECYCLES = Touchpoint.Visibility.choices, Touchpoint.Lifecycle.choices
KNOWN_AS = "What imports and other systems call it; no two touchpoints have the same."
LARGEST = 2**63 - 1
NOT_FOR_GUESTS = "Null for guests."


def active_crossings() -> QuerySet[Any]:
    """Where customers go from one touchpoint to the next now."""
    return Crossing.objects.filter(active=True)


def _before(ids: Collection[int], _viewer: Person) -> Mapping[int, list[int]]:
    met = active_crossings().filter(target__in=ids).order_by("target_id", "source_id")
    return grouped(met.values_list("target_id", "source_id"))


def _after(ids: Collection[int], _viewer: Person) -> Mapping[int, list[int]]:
    met = active_crossings().filter(source__in=ids).order_by("source_id", "target_id")
    return grouped(met.values_list("source_id", "target_id"))


class TouchpointShape(Shape):
    """Where the customer meets us, and who answers for it."""

    example = {"name": "Compare online"}

    id = serializers.IntegerField()
    external_id = serializers.CharField(
        source="known_as", allow_null=True, help_text=f"What an import calls it. {NOT_FOR_GUESTS}"
    )
    name = serializers.CharField()
    journey = serializers.IntegerField()
    stage = serializers.IntegerField(source="stage_id")
    step = serializers.IntegerField(help_text="Its place in the stage; equal steps are alternatives.")
    unit = serializers.IntegerField(
        allow_null=True, help_text=f"The business unit in which it happens. {NOT_FOR_GUESTS}"
    )
    channel = serializers.CharField(allow_blank=True)
    visibility = serializers.ChoiceField(choices=VISIBILITIES)
    lifecycle = serializers.ChoiceField(choices=LIFECYCLES)
    emotion = serializers.IntegerField(allow_null=True, help_text="From -2 (awful) to 2 (delighted).")
    moment_of_truth = serializers.BooleanField()
    volume = serializers.IntegerField(allow_null=True, help_text="Customer contacts a year.")
    pain_point = serializers.CharField(allow_blank=True, help_text="What hurts there now.")
    system = serializers.IntegerField(
        source="technology", allow_null=True, help_text=f"The technology behind it. {NOT_FOR_GUESTS}"
    )
    owner = serializers.IntegerField(allow_null=True, help_text="The accountable department; null: unowned.")
    owner_name = serializers.CharField(allow_null=True)
    owner_unit = serializers.IntegerField(
        allow_null=True, help_text=f"The business unit of its owner. {NOT_FOR_GUESTS}"
    )
    accountable = serializers.IntegerField(
        allow_null=True, help_text=f"The accountable person in the owning department. {NOT_FOR_GUESTS}"
    )
    accountable_name = serializers.CharField(allow_null=True)
    owned_since = serializers.DateTimeField(allow_null=True, help_text=NOT_FOR_GUESTS)
    attested_at = serializers.DateTimeField(
        allow_null=True, help_text=f"When its owner said “still ours” last. {NOT_FOR_GUESTS}"
    )
    disputed_at = serializers.DateTimeField(
        allow_null=True, help_text=f"When its owner said “not ours”, if that stands. {NOT_FOR_GUESTS}"
    )
    is_called = serializers.BooleanField(
        allow_null=True, help_text=f"Whether its owner calls for another. {NOT_FOR_GUESTS}"
    )
    unmatched_owner = serializers.CharField(
        source="named_owner",
        allow_null=True,
        help_text=f"An unknown owner of an import. {NOT_FOR_GUESTS}",
    )
    claims = serializers.IntegerField(
        source="waiting", allow_null=True, help_text=f"Claims that wait. {NOT_FOR_GUESTS}"
    )
    flags = serializers.IntegerField(
        source="speaking", allow_null=True, help_text=f"Flags that ask for something now. {NOT_FOR_GUESTS}"
    )
    before = serializers.ListField(
        child=serializers.IntegerField(), help_text="Touchpoints from which customers come here."
    )
    after = serializers.ListField(child=serializers.IntegerField(), help_text="Touchpoints to which they go next.")
    version = serializers.IntegerField(help_text="Moving it does not raise it.")

    parts = {"before": Hung(_before), "after": Hung(_after)}


class Place(Input):
    """A place in a journey: at the end of a stage, or at a step, or next to another touchpoint."""

    example = {"name": "Compare online"}
    example_without = ("step", "before", "after", "beside")

    stage = serializers.PrimaryKeyRelatedField(
        queryset=Stage.objects.all(), required=False, help_text="Left out: that of its neighbour, or its own."
    )
    step = serializers.IntegerField(
        required=False, help_text="At this step, as an alternative to what stands there. Left out: at the end."
    )
    before = serializers.PrimaryKeyRelatedField(
        queryset=Touchpoint.objects.all(), required=False, help_text="As a step of its own before this touchpoint."
    )
    after = serializers.PrimaryKeyRelatedField(
        queryset=Touchpoint.objects.all(), required=False, help_text="As a step of its own after this touchpoint."
    )
    beside = serializers.PrimaryKeyRelatedField(
        queryset=Touchpoint.objects.all(), required=False, help_text="At the step of this one, as its alternative."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One place, not two. Raises a problem."""
        told = [name for name in ("step", "before", "after", "beside") if name in attrs]
        if len(told) > 1:
            said = _("This names a second place beside “%(first)s”.") % {"first": told[0]}
            raise not_valid(*(Wrong(name, said, self.initial_data[name], _("Name one.")) for name in told[1:]))
        return attrs


def place_of(given: dict[str, Any], *, own: Stage | None = None) -> dict[str, Any]:
    """The place that was sent, as the commands take it, taken out of `given`. Raises a problem without a stage."""
    near = {name: given.pop(name) for name in ("before", "after", "beside") if name in given}
    neighbour = next(iter(near.values()), None)
    stage = given.pop("stage", None) or (neighbour.stage if neighbour else own)
    if stage is None:
        said = _("Name the stage, or a touchpoint next to which it goes.")
        raise not_valid(Wrong("stage", _("This field is required."), None, said))
    if neighbour is None:
        return {"stage": stage} | ({"step": given.pop("step"), "beside": True} if "step" in given else {})
    return {"stage": stage, "next_to": neighbour.pk, "beside": "beside" in near, "after": "after" in near}


class NewTouchpoint(Place):
    """A touchpoint that is to be, with its place."""

    name = serializers.CharField(max_length=300)
    unit = serializers.PrimaryKeyRelatedField(source="business_unit", queryset=BusinessUnit.objects.all())
    channel = serializers.CharField(max_length=50, allow_blank=True, default="")
    visibility = serializers.ChoiceField(choices=VISIBILITIES, default=Touchpoint.Visibility.FRONTSTAGE)
    lifecycle = serializers.ChoiceField(choices=LIFECYCLES, default=Touchpoint.Lifecycle.LIVE)
    emotion = serializers.IntegerField(allow_null=True, default=None)
    moment_of_truth = serializers.BooleanField(default=False)
    volume = serializers.IntegerField(max_value=LARGEST, allow_null=True, default=None)
    pain_point = serializers.CharField(max_length=2000, allow_blank=True, default="")
    system = serializers.PrimaryKeyRelatedField(queryset=System.objects.all(), allow_null=True, default=None)
    external_id = serializers.CharField(max_length=LONGEST, allow_null=True, required=False, help_text=KNOWN_AS)


class ChangedTouchpoint(Input):
    """What can be changed of a touchpoint; its place is changed by `move/`."""

    example = {"name": "Compare online"}

    name = serializers.CharField(max_length=300, required=False)
    unit = serializers.PrimaryKeyRelatedField(
        source="business_unit", queryset=BusinessUnit.objects.all(), required=False
    )
    channel = serializers.CharField(max_length=50, allow_blank=True, required=False)
    visibility = serializers.ChoiceField(choices=VISIBILITIES, required=False)
    lifecycle = serializers.ChoiceField(choices=LIFECYCLES, required=False)
    emotion = serializers.IntegerField(allow_null=True, required=False)
    moment_of_truth = serializers.BooleanField(required=False)
    volume = serializers.IntegerField(max_value=LARGEST, allow_null=True, required=False)
    pain_point = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    system = serializers.PrimaryKeyRelatedField(queryset=System.objects.all(), allow_null=True, required=False)
    external_id = serializers.CharField(max_length=LONGEST, allow_null=True, required=False, help_text=KNOWN_AS)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: merges with what others changed since."
    )


class OneOfChanged(ChangedTouchpoint):
    """Which touchpoint, for which of its versions, and what is to be changed of it."""

    id = serializers.IntegerField()
    base_version = serializers.IntegerField(
        min_value=1, allow_null=True, help_text="Merges with what others changed since; null: any version."
    )
