"""What a change would bring about, told before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from workspace.organisation.registry import Matter

TONES = (
    ("bad", gettext_lazy("nobody owns, leads or answers any more")),
    ("warn", gettext_lazy("somebody has to do something")),
    ("good", gettext_lazy("it goes over to somebody")),
    ("", gettext_lazy("merely told")),
)


class NamedShape(serializers.Serializer[Any]):
    """A thing by its name."""

    name = serializers.CharField(source="text")
    page = serializers.CharField(
        source="url", allow_blank=True, help_text="Its page, below the installation’s address."
    )


class MatterShape(serializers.Serializer[Any]):
    """One thing that comes of it, counted."""

    code = serializers.CharField(help_text="What it is about, such as `leaderless`.")
    count = serializers.IntegerField()
    text = serializers.CharField(help_text="In words.")
    tone = serializers.ChoiceField(
        choices=TONES,
        allow_blank=True,
        help_text="`bad`: nobody owns, leads or answers any more; `warn`: somebody has to do something; `good`: it "
        "goes over to somebody; empty: merely told.",
    )
    first = NamedShape(many=True, help_text="The first 20 of them.")
    page = serializers.CharField(source="url", allow_blank=True, help_text="The page with all of them; empty: none.")


class ConsequencesShape(serializers.Serializer[Any]):
    """What would come of it. Where the thing has versions, the ETag is good as If-Match for doing it."""

    items = MatterShape(many=True)


def told(matters: Sequence[Matter]) -> dict[str, Any]:
    """Matters as they go on the wire."""
    return {"items": MatterShape(matters, many=True).data}
