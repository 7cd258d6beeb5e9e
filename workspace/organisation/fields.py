"""Fields that name a person or a department among very many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.organisation.models import Department, Person


class PersonInput(forms.TextInput):
    """A text field that suggests people while one types."""

    template_name = "organisation/person_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The field with the address of the suggestions."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}_people"
        context["listed"] = listed
        context["widget"]["attrs"] |= {
            "list": listed,
            "autocomplete": "off",
            "spellcheck": "false",
            "hx-get": f"{reverse('organisation:suggest_people')}?field={name}",
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": f"#{listed}",
            "hx-push-url": "false",
            "hx-sync": "this:replace",
        }
        return context


class PersonField(forms.CharField):
    """A person, by e-mail address or by a name that only one has."""

    widget = PersonInput
    default_help = gettext_lazy("An e-mail address, or the whole name.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", self.default_help)
        super().__init__(max_length=254, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The address of a person who is there already."""
        return value.email if isinstance(value, Person) else value

    def clean(self, value: Any) -> Any:
        """The person, or None for an empty field."""
        typed = str(super().clean(value)).strip()
        if not typed:
            return None
        if "@" in typed:
            person = Person.objects.filter(email=typed.lower()).first()
            if person is None:
                raise ValidationError(_("Nobody here has the address “%(value)s”.") % {"value": typed})
            return person
        named = list(Person.objects.active().filter(name__iexact=typed)[:2])
        if not named:
            raise ValidationError(_("Nobody who works here is called “%(value)s”.") % {"value": typed})
        if len(named) > 1:
            raise ValidationError(
                _("More than one person is called “%(value)s”. Use the e-mail address.") % {"value": typed}
            )
        return named[0]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another address stands there."""
        before = initial.email if isinstance(initial, Person) else (initial or "")
        return str(before) != str(data or "").strip()


class GroupedDepartments(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A department among those that a form offers, in a list that is grouped by unit."""

    def __init__(self, *, nothing: Any, **kwargs: Any) -> None:
        super().__init__(Department.objects.order_by(), empty_label=None, **kwargs)
        self.nothing = nothing
        self.offered: list[Department] = []

    def offer(self, departments: Iterable[Department]) -> None:
        """Let one of these be chosen, or none."""
        self.offered = list(departments)
        groups: dict[str, list[tuple[Any, Any]]] = {}
        for department in self.offered:
            groups.setdefault(department.unit.name, []).append((department.pk, department.name))
        self.widget.choices = [("", self.nothing), *groups.items()]

    def to_python(self, value: Any) -> Department | None:
        """The department that was chosen among those offered."""
        if value in self.empty_values:
            return None
        for department in self.offered:
            if str(department.pk) == str(value):
                return department
        raise ValidationError(_("“%(value)s” is no department that can be chosen.") % {"value": value})
