"""What somebody outside fills in to answer whether an asset may go out."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from sprints.rules.approvals import LONGEST_NOTE

APPROVED, CHANGES = "approved", "changes"


class AnswerForm(forms.Form):
    """Yes, or changes with a note that says which; which of the two is the button that was pressed."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("If you want changes, say which."),
    )
    answer = forms.ChoiceField(
        choices=[(APPROVED, ""), (CHANGES, "")],
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Choose one of the two buttons.")},
    )
