"""What people fill in to share something with a guest. The commands decide what may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspace import clock
from workspace.organisation.models import Person
from workspace.organisation.rules.sharing import LONGEST


class UntilForm(forms.Form):
    """The last day on which a guest may see something. The command says how far away it may be."""

    until = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("It ends by itself after this day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        until = self.fields["until"]
        until.initial = today + timedelta(days=90)
        until.widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}


class ShareForm(UntilForm):
    """A guest who is here already, and until when."""

    guest = forms.ModelChoiceField(label=_("Guest"), queryset=Person.objects.none(), empty_label=_("Choose a guest"))
    field_order = ("guest", "until")

    def __init__(self, *args: Any, guests: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["guest"]
        field.queryset = guests
        field.label_from_instance = lambda guest: f"{guest.name} · {guest.email}"


class NewGuestForm(UntilForm):
    """Somebody from outside, and until when."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"))
    field_order = ("name", "email", "until")
