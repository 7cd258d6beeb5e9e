"""What people fill in about ownership and flags. Forms say what is missing; the commands decide what may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _

from journeys.limits import Limits
from journeys.models import Ownership
from journeys.queries.catalogue import rules
from journeys.queries.limits import limits_now
from journeys.rules.settings import OFF, SETTINGS, Setting, is_setting_allowed
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
    """The department to claim for, and what the claimant was told would happen.

    `at_once`: whether it would be owned at once, or, of several, the departments that would own it so.
    """

    at_once = forms.RegexField(r"^(yes|no|\d{1,18}(,\d{1,18})*)$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].help_text = _("Where somebody has to decide, nothing changes until then.")


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
        limits = limits_now()
        longest = limits.longest_waiver_days if waiver else limits.longest_snooze_days
        today = clock.today()
        until = self.fields["until"]
        until.initial = today + timedelta(days=min(90 if waiver else 7, longest))
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


class ViewNameForm(forms.Form):
    """The name of a saved view, and the filters that it keeps."""

    name = forms.CharField(label=_("Name"), max_length=80)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class NotOursForm(forms.Form):
    """Why it is not theirs."""

    reason = _reason(required=True, help_text=_("For whoever could take it: what it is, and where it belongs."))


def _mark() -> forms.IntegerField:
    """The answer that was looked at, as `mark_of` numbers it; without one, any is meant."""
    return forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)


class DisputeForm(NotOursForm):
    """“Not ours”, about the ownership and the answer that were looked at."""

    ownership = forms.ModelChoiceField(queryset=Ownership.objects.order_by(), widget=forms.HiddenInput)
    seen = _mark()


class AttestationForm(forms.Form):
    """The answer to “is this still yours?”, about one ownership, and the answer that was looked at."""

    ownership = forms.ModelChoiceField(queryset=Ownership.objects.order_by(), widget=forms.HiddenInput)
    seen = _mark()
    mine = forms.ChoiceField(choices=[("yes", _("Still ours")), ("no", _("Not ours"))])
    reason = _reason(required=False)


class SeenOwnerForm(forms.Form):
    """The department that somebody saw as the owner when they pressed the button."""

    owner = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class SettingField(forms.FloatField):
    """The number of one setting; left empty, its default. The rule says what is wrong with another."""

    def __init__(self, setting: Setting, *, initial: float) -> None:
        super().__init__(
            label=setting.label,  # type: ignore[arg-type]
            required=False,
            initial=initial,
            show_hidden_initial=True,
            help_text=_with_default(setting),
            widget=forms.NumberInput(
                attrs={
                    "min": setting.minimum,
                    "max": setting.maximum,
                    "step": "0.1" if setting.is_share else "1",
                    "placeholder": setting.default,
                }
            ),
        )
        self.setting = setting

    def validate(self, value: float | None) -> None:
        """Refuse what no setting may be; infinity and the like count as numbers out of bounds."""
        decision = is_setting_allowed(self.setting, self.setting.default if value is None else value)
        if not decision:
            raise forms.ValidationError(str(decision.reason).removeprefix(f"{self.setting.label}: "))


def _with_default(setting: Setting) -> str:
    default = _("Default: %(value)s %(unit)s.") % {"value": setting.default, "unit": setting.unit}
    return f"{setting.help} {default}".strip()


class RuleSettingsForm(forms.Form):
    """Every switch and number of the rules. Hidden fields carry what the page showed, to notice stale ones."""

    def __init__(self, *args: Any, limits: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule in rules():
            self.fields[f"on_{rule.code}"] = forms.BooleanField(
                label=rule.title,  # type: ignore[arg-type]
                required=False,
                initial=rule.code not in limits.off,
                show_hidden_initial=True,
            )
        for setting in SETTINGS:
            self.fields[setting.key] = SettingField(setting, initial=setting.of(limits))

    def changes(self) -> dict[str, Any]:
        """What was changed against what the page showed, as the command takes it."""
        return {self._key(name): self._value(name, self.cleaned_data[name]) for name in self.changed_data}

    def seen(self) -> Mapping[str, Any]:
        """What the page showed."""
        shown = {}
        for name in self.changed_data:
            field = self.fields[name]
            raw = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
            with suppress(forms.ValidationError):
                shown[self._key(name)] = self._value(name, field.to_python(raw))
        return shown

    def look_again(self, limits: Limits) -> None:
        """Take it that the page now shows these limits, beside what was typed."""
        now = RuleSettingsForm(limits=limits)
        shown = {self.add_initial_prefix(name): field.initial for name, field in now.fields.items()}
        self.data = {**self.data.dict(), **{name: str(value) for name, value in shown.items()}}  # type: ignore[attr-defined]

    def _key(self, name: str) -> str:
        return OFF + name.removeprefix("on_") if name.startswith("on_") else name

    def _value(self, name: str, value: Any) -> Any:
        return not value if name.startswith("on_") else value


class JourneySearch(forms.Form):
    """Words of a journey or a touchpoint."""

    q = forms.CharField(label=_("Search journeys and touchpoints"), required=False, max_length=200)
