"""What people fill in about ownership and flags. Forms say what is missing; the commands decide what may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from journeys.limits import LIMITS
from journeys.models import Ownership
from workspace import clock
from workspace.organisation.models import Department, Person

Choices = Iterable[tuple[Any, Any]]


def _reason(*, required: bool, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=_("Reason"), required=required, max_length=2000, widget=widget, help_text=help_text)


class ReasonForm(forms.Form):
    """Why, in words: for a denial, a release, a decline."""

    reason = _reason(required=True)


class ApprovalForm(forms.Form):
    """Why a claim is approved, if there is something to say."""

    reason = _reason(required=False)


class DepartmentForm(forms.Form):
    """A department, and why. `choices` tells what is offered; the command has the last word on any other."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.order_by())
    reason = _reason(required=False)

    def __init__(self, *args: Any, choices: Callable[[], Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = ("", _("Choose a department"))
        self.fields["department"].widget.choices = CallableChoiceIterator(lambda: [none, *choices()])


class ClaimForm(DepartmentForm):
    """The department to claim for, and what the claimant was told would happen."""

    at_once = forms.ChoiceField(required=False, choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)


class PersonForm(forms.Form):
    """The accountable person, or nobody."""

    person = forms.ModelChoiceField(
        label=_("Accountable person"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class SilenceForm(forms.Form):
    """Until when, and why. The command says how long is too long."""

    until = forms.DateField(label=_("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    reason = _reason(required=True, help_text=_("For whoever looks at it next."))

    def __init__(self, *args: Any, waiver: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = LIMITS.longest_waiver_days if waiver else LIMITS.longest_snooze_days
        today = clock.today()
        until = self.fields["until"]
        until.initial = today + timedelta(days=90 if waiver else 7)
        until.widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=longest)).isoformat(),
        }


class HandoffForm(forms.Form):
    """What is handed over, and how fast."""

    what = forms.CharField(
        label=_("What is handed over"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the next department knows and has when the customer arrives."),
    )
    within_hours = forms.IntegerField(label=_("Within how many hours"), required=False, min_value=1, max_value=24 * 365)


class AttestationForm(forms.Form):
    """The answer to “is this still yours?”, about one ownership."""

    ownership = forms.ModelChoiceField(queryset=Ownership.objects.order_by(), widget=forms.HiddenInput)
    mine = forms.ChoiceField(choices=[("yes", _("Still ours")), ("no", _("Not ours"))])


class JourneySearch(forms.Form):
    """Words of a journey's name or persona."""

    q = forms.CharField(label=_("Search journeys"), required=False, max_length=200)
