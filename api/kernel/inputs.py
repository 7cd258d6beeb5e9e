"""What can be sent to change something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.kernel.problems import Wrong, not_valid, wrong_fields


class Input(serializers.Serializer):  # type: ignore[type-arg]
    """What can be sent to change something. A field that it does not know is refused, and the known ones are named."""

    def to_internal_value(self, data: Any) -> Any:
        """What was sent, read. Raises ValidationError, and a problem for unknown fields."""
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            known = _("Known are: %(known)s.") % {"known": ", ".join(self.fields) or "–"}
            raise not_valid(*(Wrong(name, _("There is no such field here."), data[name], known) for name in unknown))
        return super().to_internal_value(data)


def taken_by(form: type[serializers.Serializer[Any]], sent: Any, view: Any) -> dict[str, Any]:
    """What was sent, as the form takes it. Raises a problem that names each wrong field with its value."""
    taken = form(data=sent, context={"view": view})
    if not taken.is_valid():
        raise not_valid(*wrong_fields(taken.errors, sent))
    return dict(taken.validated_data)
