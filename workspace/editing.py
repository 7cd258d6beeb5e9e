"""Forms about something that others may change meanwhile."""

from __future__ import annotations

from typing import Any

from django import forms


class Edit(forms.Form):
    """A form about something that others may change meanwhile.

    It knows the version that it showed, and what each field held then: only what was changed here is passed on.
    """

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_version"].initial = version
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "base_version"

    def clean(self) -> dict[str, Any]:
        """What was filled in, with `changes`."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changed = {name: cleaned[name] for name in self.changed_data if name in cleaned and name != "base_version"}
        return cleaned | {"changes": changed}
