"""What is filled in to make a story where work is needed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sprints.models import Team


class StoryFromFlagForm(forms.Form):
    """Which team takes it, and what it is called."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=300, required=False)

    def __init__(self, *args: Any, teams: QuerySet[Team], title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.fields["title"].initial = title
