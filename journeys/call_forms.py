"""What people fill in when they call for another owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.rules.calls import LONGEST, USUAL
from workspace import clock


class CallForm(forms.Form):
    """Why, and until when. The command says which days can be."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever might take it over."),
    )
    ends_on = forms.DateField(
        label=_("Open until"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Unanswered on that day, the head of the unit is asked."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        ends_on = self.fields["ends_on"]
        ends_on.initial = today + USUAL
        ends_on.widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + LONGEST).isoformat(),
        }
