"""What administrators fill in. Forms say what is missing or unknown; the commands decide what may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.organisation.fields import GroupedDepartments, PersonField
from workspace.organisation.models import BusinessUnit, Department, Person

MOVE, LEAVE = "move", "leave"


def open_departments(*, but: Department | None = None) -> list[Department]:
    """Departments that can be chosen, in the order of their units: 1 statement."""
    rows = Department.objects.current().select_related("unit").order_by("unit__name", "name", "code")
    return [row for row in rows if but is None or row.pk != but.pk]


class Edit(forms.Form):
    """A form about something that others may change meanwhile.

    What it showed goes along in hidden fields: only what this person has changed is passed on, as `changed`.
    """

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_version"].initial = version
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "base_version"

    def clean(self) -> dict[str, Any]:
        """What was filled in, and which of it differs from what the form had shown."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return cleaned | {"changed": frozenset(self.changed_data) - {"base_version"}}


class Confirmation(forms.Form):
    """Nothing to fill in; it knows which version was looked at."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_version"].initial = version


class TakeBackForm(forms.Form):
    """Why somebody's token is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stands in the history of the person, who reads it there."),
    )


class EraseForm(forms.Form):
    """The address of whoever is erased, typed once more: it cannot be undone."""

    email = forms.CharField(label=gettext_lazy("Their e-mail address, to be sure"), max_length=254)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meant = email
        self.fields["email"].widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        """Refuse any other address."""
        typed = str(self.cleaned_data["email"]).strip().lower()
        if typed != self.meant:
            raise forms.ValidationError(_("“%(typed)s” is not the address of this person.") % {"typed": typed})
        return typed


def _name(longest: int = 200) -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Name"), max_length=longest)


class NewUnitForm(forms.Form):
    """A business unit and its head."""

    name = _name()
    head = PersonField(label=gettext_lazy("Head"), required=False)


class UnitForm(Edit):
    """A business unit and its head."""

    name = _name()
    head = PersonField(label=gettext_lazy("Head"), required=False)


class NewDepartmentForm(forms.Form):
    """A department in a unit."""

    name = _name()
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=50,
        help_text=gettext_lazy("What files call it. It stays when the name changes."),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Business unit"), queryset=BusinessUnit.objects.current().order_by("name")
    )


class DepartmentForm(Edit):
    """The name of a department."""

    name = _name()


class LeadForm(forms.Form):
    """Who leads, or deputises."""

    person = PersonField(label=gettext_lazy("Person"))
    is_deputy = forms.TypedChoiceField(
        label=gettext_lazy("As"),
        choices=[("no", gettext_lazy("Lead")), ("yes", gettext_lazy("Deputy, with the same rights"))],
        coerce=lambda value: value == "yes",
    )


class NewPersonForm(forms.Form):
    """A person, before they are invited."""

    name = _name(longest=150)
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=150, required=False)
    department = GroupedDepartments(label=gettext_lazy("Home department"), nothing=gettext_lazy("None"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(role.value, role.label.capitalize()) for role in Person.Role],
        initial=Person.Role.MEMBER,
    )

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].offer(departments)  # type: ignore[attr-defined]


class PersonForm(Edit):
    """Name, title, home and time zone of a person."""

    name = _name(longest=150)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=150, required=False)
    department = GroupedDepartments(label=gettext_lazy("Home department"), nothing=gettext_lazy("None"), required=False)
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Such as Europe/Berlin. Empty: that of the installation."),
    )

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].offer(departments)  # type: ignore[attr-defined]


class EmailForm(Edit):
    """Another address to sign in with."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))


class DelegateForm(Edit):
    """Who stands in for somebody."""

    delegate = PersonField(label=gettext_lazy("Delegate"), required=False)


class SuccessorForm(forms.Form):
    """Who takes over from a department, and whether everything goes there now."""

    successor = GroupedDepartments(
        label=gettext_lazy("Successor"), nothing=gettext_lazy("No successor"), required=False
    )
    holdings = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[
            (MOVE, gettext_lazy("Goes to the successor now, if one is chosen")),
            (LEAVE, gettext_lazy("Stays, and is flagged until somebody takes it over")),
        ],
        initial=MOVE,
    )

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].offer(departments)  # type: ignore[attr-defined]


class UnitSuccessorForm(forms.Form):
    """The unit that came after an archived one."""

    successor = forms.ModelChoiceField(
        label=gettext_lazy("Successor"),
        queryset=BusinessUnit.objects.none(),
        required=False,
        empty_label=gettext_lazy("No successor"),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = units  # type: ignore[attr-defined]


class OtherUnitForm(forms.Form):
    """The unit that a department moves to."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("New business unit"),
        queryset=BusinessUnit.objects.none(),
        empty_label=gettext_lazy("Choose a unit"),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class TakeOverForm(forms.Form):
    """Who takes over from a person who goes, and whether that is as lead and head as well."""

    to = PersonField(label=gettext_lazy("Who takes over"), required=False)
    with_leads = forms.TypedChoiceField(
        label=gettext_lazy("Departments that they lead, units that they head"),
        choices=[
            ("no", gettext_lazy("Stay with the other leads, or with nobody")),
            ("yes", gettext_lazy("Go to whoever takes over")),
        ],
        coerce=lambda value: value == "yes",
        empty_value="",
        required=False,
    )


class LeavingForm(TakeOverForm):
    """The first day on which somebody is gone."""

    on = forms.DateField(
        label=gettext_lazy("Leaving date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The first day on which they are gone. Empty: they stay."),
    )
    field_order = ("on", "to", "with_leads")


class RoleForm(forms.Form):
    """What somebody is to the whole organisation."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, role.label.capitalize()) for role in Person.Role]
    )


class InviteForm(NewPersonForm):
    """Somebody who is to come in. `roles` are offered; the command has the last word on any other."""

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(roles)
        self.fields["role"].widget.choices = [(role, Person.Role(role).label.capitalize()) for role in offered]
        self.fields["role"].initial = Person.Role.MEMBER if Person.Role.MEMBER in offered else offered[-1]


class WelcomeForm(forms.Form):
    """The password that an invited person chooses, twice."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 10 characters; not one of those that everybody takes."),
    )
    again = forms.CharField(
        label=gettext_lazy("Password, again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """A password that is not easily guessed."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned
