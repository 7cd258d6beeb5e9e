"""Choosing how one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from workspace.activity import audiences
from workspace.activity.models import Mail
from workspace.activity.queries.notifications import Chosen

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class NotificationFilter(forms.Form):
    """Which notifications are listed. What is not among the choices narrows nothing."""

    group = forms.ChoiceField(label=_("About"), required=False)
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Anything")), *((group.code, group.label) for group in audiences.groups())]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]

    @property
    def narrowed(self) -> Mapping[str, Any]:
        """What the address says, as far as it can be taken."""
        self.is_valid()
        return {"group": self.cleaned_data.get("group", ""), "all": self.cleaned_data.get("all", False)}


class ChoicesForm(forms.Form):
    """For each group, whether it stands on the page, and when it is mailed; and the hour of the digest."""

    hour = forms.TypedChoiceField(label=_("Daily mail at"), coerce=int, choices=HOURS)

    def __init__(self, *args: Any, chosen: Sequence[Chosen], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        for each in chosen:
            code, label = each.group.code, each.group.label
            self.fields[f"app-{code}"] = forms.BooleanField(
                label=_("%(group)s: here") % {"group": label}, required=False, initial=each.in_app
            )
            self.fields[f"mail-{code}"] = forms.ChoiceField(
                label=_("%(group)s: by mail") % {"group": label}, choices=Mail.choices, initial=each.mail
            )

    @property
    def lines(self) -> list[tuple[audiences.Group, BoundField, BoundField]]:
        """Each group with its two fields."""
        return [(each.group, self[f"app-{each.group.code}"], self[f"mail-{each.group.code}"]) for each in self.chosen]

    @property
    def choices(self) -> dict[str, tuple[bool, str]]:
        """What was chosen, by group."""
        taken = self.cleaned_data
        return {
            each.group.code: (taken[f"app-{each.group.code}"], taken[f"mail-{each.group.code}"]) for each in self.chosen
        }
