"""What people fill in about sprints, the backlog, approvals and absences. The commands decide what may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprints.rules.teams import LARGEST_BUDGET
from workspace import clock
from workspace.editing import Edit

Choices = Iterable[tuple[Any, Any]]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, picked from a calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class AbsenceForm(forms.Form):
    """The first and the last day on which somebody does not work."""

    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["starts_on"].initial = self.fields["ends_on"].initial = today

    def clean(self) -> dict[str, Any]:
        """An absence does not end before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        _in_order(self, cleaned)
        return cleaned


def _in_order(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Say beside the last day that it lies before the first."""
    starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        form.add_error(
            "ends_on",
            _("The last day, %(end)s, lies before the first, %(start)s.")
            % {"end": ends_on.isoformat(), "start": starts_on.isoformat()},
        )


def _goal() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Goal"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What is true at the end that is not true now."),
    )


class NewSprintForm(forms.Form):
    """A sprint that is to come."""

    goal = _goal()
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))

    def clean(self) -> dict[str, Any]:
        """A sprint does not end before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        _in_order(self, cleaned)
        return cleaned


class SprintForm(Edit):
    """A sprint that is planned or under way."""

    goal = _goal()
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))
    interrupt_points = forms.IntegerField(
        label=gettext_lazy("Interrupt budget in points"), required=False, min_value=0, max_value=LARGEST_BUDGET
    )

    def clean(self) -> dict[str, Any]:
        """A sprint does not end before it begins."""
        cleaned = super().clean()
        _in_order(self, cleaned)
        return cleaned


class StartSprintForm(forms.Form):
    """Nothing to fill in: what will be frozen is shown above the button."""

    template_name = "sprints/sprint_start_form.html"

    def __init__(self, *args: Any, told: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = told

    def get_context(self) -> dict[str, Any]:
        """The form with what it tells."""
        return super().get_context() | {"told": self.told}


class CloseSprintForm(StartSprintForm):
    """Where unfinished work goes."""

    template_name = "sprints/sprint_close_form.html"
    unfinished_to = forms.ChoiceField(label=gettext_lazy("It goes to"), choices=(), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unfinished_to"].choices = list(choices)  # type: ignore[attr-defined]


class PointsForm(forms.Form):
    """An estimate as it was typed; empty for none. The command says what is no estimate."""

    points = forms.CharField(label=gettext_lazy("Points"), required=False, max_length=50)


class QuickAddForm(forms.Form):
    """The title of a new story, and in which sprint it is to stand (empty: the backlog)."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    sprint = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class DropForm(forms.Form):
    """Where a story was dropped: in which sprint (0: the backlog), after or before which story, by their ids."""

    sprint = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


PLACES = [
    ("top", gettext_lazy("first")),
    ("up", gettext_lazy("one further up")),
    ("down", gettext_lazy("one further down")),
    ("bottom", gettext_lazy("last")),
    ("after", gettext_lazy("after the story")),
]


class PlaceForm(forms.Form):
    """Where a story is to stand: in which sprint, and at which place there."""

    sprint = forms.TypedChoiceField(label=gettext_lazy("In"), coerce=int)
    place = forms.ChoiceField(label=gettext_lazy("Place"), choices=PLACES, initial="top")
    after = forms.CharField(
        label=gettext_lazy("Story"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Its number, such as GROW-42 or 42, if the place is after a story."),
    )

    def __init__(self, *args: Any, sprints: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sprint"].choices = list(sprints)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place after a story needs the story."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("place") == "after":
            number = str(cleaned.get("after") or "").rpartition("-")[2].strip()
            if not number.isdecimal() or len(number) > 9:
                self.add_error(
                    "after", _("“%(value)s” is no number of a story.") % {"value": cleaned.get("after") or ""}
                )
            else:
                cleaned["number"] = int(number)
        return cleaned


class ChangesWantedForm(forms.Form):
    """What is to be changed before it can be approved."""

    note = forms.CharField(
        label=gettext_lazy("What has to change"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
