"""What people fill in to build journeys: the journey, its stages, its touchpoints. The commands decide what may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from journeys.models import Journey, Persona, System, Touchpoint
from journeys.queries.editing import AFTER, BEFORE
from workspace.editing import Edit
from workspace.organisation.fields import PersonField
from workspace.organisation.models import BusinessUnit

LARGEST = 2**63 - 1

Choices = Iterable[tuple[Any, Any]]

EMOTIONS = [
    ("", _("Not known")), (2, _("+2 very good")), (1, _("+1 good")), (0, _("0 neutral")), (-1, _("−1 bad")),
    (-2, _("−2 very bad")),
]  # fmt: skip


class NameForm(forms.Form):
    """The name of something new."""

    name = forms.CharField(label=_("Name"), max_length=200)


class StageForm(Edit):
    """The name of a stage."""

    name = forms.CharField(label=_("Name"), max_length=200)


class NothingForm(forms.Form):
    """Nothing to fill in: what will happen is said, and done when that is confirmed."""


class PlaceField(forms.ChoiceField):
    """One of the places that there are. A drop may also say “after”: the list says “before” of the next one instead."""

    def valid_value(self, value: Any) -> bool:
        """Whether it is one of the choices, or behind one."""
        return super().valid_value(str(value).replace(f":{AFTER}:", f":{BEFORE}:"))


class PlaceForm(forms.Form):
    """A place in the order of a journey, out of those that there are."""

    place = PlaceField(
        label=_("Place"),
        error_messages={"invalid_choice": _("The place “%(value)s” is not there any more. Choose another one.")},
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices  # type: ignore[attr-defined]


class _TouchpointFields(forms.Form):
    """What a touchpoint is, in the order in which one thinks of it."""

    name = forms.CharField(label=_("Name"), max_length=300)
    business_unit = forms.ModelChoiceField(
        label=_("Business unit"), queryset=BusinessUnit.objects.none(), empty_label=_("Choose a unit")
    )
    channel = forms.CharField(
        label=_("Channel"), required=False, max_length=50, widget=forms.TextInput(attrs={"list": "known-channels"})
    )
    visibility = forms.ChoiceField(
        label=_("Visibility"), choices=Touchpoint.Visibility.choices, initial=Touchpoint.Visibility.FRONTSTAGE
    )
    emotion = forms.TypedChoiceField(
        label=_("Emotion"),
        required=False,
        choices=EMOTIONS,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("Emotion %(value)s is out of range. It goes from −2 to +2.")},
    )
    moment_of_truth = forms.BooleanField(label=_("Moment of truth"), required=False)
    volume = forms.IntegerField(
        label=_("Volume"), required=False, min_value=0, max_value=LARGEST, help_text=_("Customer contacts per year")
    )
    system = forms.ModelChoiceField(
        label=_("System"), required=False, queryset=System.objects.order_by("name"), empty_label=_("None")
    )
    pain_point = forms.CharField(
        label=_("Open pain point"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    lifecycle = forms.ChoiceField(
        label=_("Lifecycle"),
        choices=Touchpoint.Lifecycle.choices,
        initial=Touchpoint.Lifecycle.LIVE,
        help_text=_("A retired one leaves the map and is kept in the history."),
    )

    def __init__(self, *args: Any, units: Any, channels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["business_unit"].queryset = units  # type: ignore[attr-defined]
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in channels))
        self.fields["channel"].help_text = format_html('<datalist id="known-channels">{}</datalist>', options)


class NewTouchpointForm(_TouchpointFields, PlaceForm):
    """A touchpoint, and where it goes."""

    field_order = ("name", "place")


class TouchpointForm(_TouchpointFields, Edit):
    """A touchpoint that is there already."""

    def __init__(self, *args: Any, touchpoint: Touchpoint, **kwargs: Any) -> None:
        initial = {name: getattr(touchpoint, name) for name in _TouchpointFields.base_fields}
        super().__init__(*args, version=touchpoint.version, initial=initial, **kwargs)


class NewJourneyForm(forms.Form):
    """What a journey is."""

    name = forms.CharField(label=_("Name"), max_length=300)
    persona = forms.ModelChoiceField(
        label=_("Persona"), required=False, queryset=Persona.objects.order_by("name"), empty_label=_("None")
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=Journey.State.choices,
        initial=Journey.State.CURRENT,
        help_text=_("Only the current state is watched for gaps."),
    )
    accountable = PersonField(label=_("Accountable person"), required=False)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )


class JourneyForm(NewJourneyForm, Edit):
    """A journey that is there already."""

    def __init__(self, *args: Any, journey: Journey, **kwargs: Any) -> None:
        initial = {name: getattr(journey, name) for name in NewJourneyForm.base_fields}
        super().__init__(*args, version=journey.version, initial=initial, **kwargs)


def of_lane(lanes: str, key: str) -> Mapping[str, Any]:
    """What a touchpoint of this lane has at first."""
    field = {"unit": "business_unit", "channel": "channel", "visibility": "visibility"}.get(lanes)
    return {field: key} if field and key else {}
