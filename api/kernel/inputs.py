"""What can be sent to change something."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.kernel.problems import Wrong, not_valid, wrong_fields

_WHOLE = re.compile(r"-?[0-9]+")


class Input(serializers.Serializer):  # type: ignore[type-arg]
    """What can be sent to change something. A field that it does not know is refused, and the known ones are named."""

    example: ClassVar[Mapping[str, Any]] = {}
    """What the description's example of it says, where names of fields do not tell."""
    example_without: ClassVar[Collection[str]] = ()
    """Fields that stand instead of others, and in no example."""

    def to_internal_value(self, data: Any) -> Any:
        """What was sent, read. Raises ValidationError, and a problem for unknown fields."""
        if isinstance(data, Mapping):
            if unknown := [name for name in data if name not in self.fields]:
                known = _("Known are: %(known)s.") % {"known": ", ".join(self.fields) or "–"}
                reason = _("There is no such field here.")
                raise not_valid(*(Wrong(name, reason, data[name], known) for name in unknown))
            if odd := [name for name, field in self.fields.items() if name in data and _is_odd(field, data[name])]:
                raise serializers.ValidationError({name: [_("This is no whole number.")] for name in odd})
        return super().to_internal_value(data)


def _is_odd(field: Any, value: Any) -> bool:
    """Whether what stands for an id or another whole number is none, though it could be read as one: 1.5, "1_0"."""
    match field:
        case serializers.ManyRelatedField():
            return isinstance(value, list) and any(_is_odd(field.child_relation, each) for each in value)
        case serializers.ListField():
            return isinstance(value, list) and any(_is_odd(field.child, each) for each in value)
        case serializers.PrimaryKeyRelatedField() | serializers.IntegerField():
            if isinstance(value, str):
                return value != "" and _WHOLE.fullmatch(value) is None
            return isinstance(value, float) and not value.is_integer()
    return False


def taken_by(form: type[serializers.Serializer[Any]], sent: Any, view: Any) -> dict[str, Any]:
    """What was sent, as the form takes it. Raises a problem that names each wrong field with its value."""
    taken = form(data=sent, context={"view": view})
    if not taken.is_valid():
        raise not_valid(*wrong_fields(taken.errors, sent))
    return dict(taken.validated_data)
