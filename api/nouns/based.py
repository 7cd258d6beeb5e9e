"""Nouns of the organisation, whose changes can name the version that they were made for in the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from api.kernel.inputs import Input
from api.nouns.inside import InsideView
from workspace.organisation import commands

BASE = "base_version"


class Based(Input):
    """What may be sent with the version that it was made for."""

    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: what others changed elsewhere since stays."
    )


class BasedView(InsideView):
    """A unit, department or person: its changes merge with those that others made elsewhere in it."""

    def change_of_fields(self, thing: Any, act: Callable[..., object]) -> Response:
        """Change the fields that were sent; without `base_version`, If-Match has to be sent. `act` takes them."""
        given = self.filled()
        fields = [name for name in given if name != BASE]
        return self.changed(thing, lambda: self._based(thing, act, given, *fields), is_required=BASE not in given)

    def step(self, thing: Any, act: Callable[..., object], *fields: str) -> Response:
        """Take a step that touches these fields. `act` takes what was sent."""
        given = self.filled()
        return self.changed(thing, lambda: self._based(thing, act, given, *fields), is_required=False)

    def _based(self, thing: Any, act: Callable[..., object], given: dict[str, Any], *fields: str) -> None:
        """Do it unless one of the fields was changed since the `base_version` that was sent. Raises StaleWrite."""
        sent = {name: value for name, value in given.items() if name != BASE}
        commands.unless_changed(thing, lambda: act(thing, **sent, actor=self.person), *fields, since=given.get(BASE))
