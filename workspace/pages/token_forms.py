"""The form of a new token."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workspace.organisation.models import Token
from workspace.organisation.rules.tokens import LASTS

TERMS = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (366, _("a year")))


class TokenForm(forms.Form):
    """Which program it is for, how much it may do, how long, and in which teams alone."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program has it: “Nightly sync”."))
    scope = forms.ChoiceField(label=_("It may"), choices=[], widget=forms.RadioSelect, initial=Token.Scope.READ)
    days = forms.TypedChoiceField(label=_("It ends after"), choices=TERMS, coerce=int, initial=LASTS.days)
    teams = forms.TypedMultipleChoiceField(
        label=_("Only in these teams"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everywhere where you may."),
    )

    def __init__(self, *args: Any, may_administer: bool, teams: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = [choice for choice in Token.Scope.choices if may_administer or choice[0] != Token.Scope.ADMIN]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["teams"].choices = list(teams)  # type: ignore[attr-defined]
        if not self.fields["teams"].choices:  # type: ignore[attr-defined]
            del self.fields["teams"]

    @property
    def term(self) -> timedelta:
        """How long it lasts, once the form is valid."""
        return timedelta(days=self.cleaned_data["days"])
