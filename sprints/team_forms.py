"""What people fill in to set up a team: name, people, columns, labels. The commands decide what may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprints.models import Column, Label, Membership, Team
from sprints.planning_forms import AbsenceForm
from sprints.queries.team_pages import suggested_key
from sprints.rules.columns import LARGEST_LIMIT
from sprints.rules.teams import LARGEST_BUDGET, LONGEST_SPRINT
from workspace.editing import Edit
from workspace.organisation.fields import PersonField
from workspace.organisation.models import Person


class NewTeamForm(forms.Form):
    """A team: its name, its key (empty: made of the name), and how long its sprints are."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, widget=forms.TextInput(attrs={"data-names": ""}))
    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"data-key-of-name": "", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "2 to 10 letters and digits, before the number of each story: GROW-42. Empty: made of the name."
        ),
    )
    sprint_days = forms.IntegerField(
        label=gettext_lazy("Sprint length in days"),
        min_value=1,
        max_value=LONGEST_SPRINT,
        initial=14,
        help_text=gettext_lazy("From the first day to the last, weekends included."),
    )

    def clean(self) -> dict[str, Any]:
        """A key that was left empty is made of the name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "key" in cleaned and not cleaned["key"]:
            cleaned["key"] = suggested_key(cleaned.get("name", ""))
            if not cleaned["key"]:
                self.add_error("key", _("No key can be made of this name; choose one, such as GROW."))
        return cleaned


class TeamForm(Edit):
    """What a team is called and how its sprints go."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    sprint_days = forms.IntegerField(label=gettext_lazy("Sprint length in days"), min_value=1, max_value=LONGEST_SPRINT)
    interrupt_points = forms.IntegerField(
        label=gettext_lazy("Interrupt budget in points"),
        required=False,
        min_value=0,
        max_value=LARGEST_BUDGET,
        help_text=gettext_lazy("For unplanned work in each new sprint. Empty: no budget."),
    )
    unfinished_to = forms.ChoiceField(
        label=gettext_lazy("Unfinished work goes to"),
        choices=Team.Unfinished.choices,
        help_text=gettext_lazy("What closing a sprint proposes."),
    )


class NewMemberForm(forms.Form):
    """Who joins, as what, with how much of their time."""

    person = PersonField(label=gettext_lazy("Person"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.Role.choices, initial="member")
    allocation = forms.IntegerField(
        label=gettext_lazy("Share of their working time, in %"), min_value=0, max_value=100, initial=100
    )


class MemberForm(forms.Form):
    """As what somebody belongs to the team, with how much of their time."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Membership.Role.choices)
    allocation = forms.IntegerField(label=gettext_lazy("Share of their working time, in %"), min_value=0, max_value=100)


def _column_name() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Name"), max_length=100)


def _category() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("What it means that a story is here"), choices=Column.Category.choices, initial="doing"
    )


def _wip_limit() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("WIP limit"),
        required=False,
        min_value=1,
        max_value=LARGEST_LIMIT,
        help_text=gettext_lazy("So many stories at once. Empty: no limit."),
    )


def _wip_blocks() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("At the limit"),
        choices=[("no", gettext_lazy("the board warns")), ("yes", gettext_lazy("nothing more comes in"))],
        coerce=lambda value: value == "yes",
        initial="no",
    )


class NewColumnForm(forms.Form):
    """A column of the board."""

    name = _column_name()
    category = _category()
    wip_limit = _wip_limit()
    wip_blocks = _wip_blocks()


class ColumnForm(Edit):
    """A column of the board."""

    name = _column_name()
    category = _category()
    wip_limit = _wip_limit()
    wip_blocks = _wip_blocks()


class ColumnGoesForm(forms.Form):
    """Where the stories of a column go when it is removed."""

    to = forms.ModelChoiceField(
        label=gettext_lazy("Its stories go to"), queryset=Column.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, columns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = columns  # type: ignore[attr-defined]


TONES = [
    (1, gettext_lazy("grey")), (2, gettext_lazy("red")), (3, gettext_lazy("orange")), (4, gettext_lazy("yellow")),
    (5, gettext_lazy("green")), (6, gettext_lazy("teal")), (7, gettext_lazy("blue")), (8, gettext_lazy("violet")),
]  # fmt: skip


class LabelForm(forms.Form):
    """A word that the team puts on stories, and its colour."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=50)
    tone = forms.TypedChoiceField(label=gettext_lazy("Colour"), choices=TONES, coerce=int, initial=1)

    def clean_tone(self) -> int:
        """One of the colours of the house."""
        tone = int(self.cleaned_data["tone"])
        if not 1 <= tone <= Label.TONES:
            raise ValidationError(_("“%(value)s” is no colour of the house.") % {"value": tone})
        return tone


class MemberAbsenceForm(AbsenceForm):
    """Who is away, from when to when."""

    person = forms.ModelChoiceField(label=gettext_lazy("Member"), queryset=Person.objects.none(), empty_label=None)
    field_order = ("person", "starts_on", "ends_on")

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
