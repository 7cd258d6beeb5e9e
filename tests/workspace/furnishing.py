"""A row in every table, whatever tables there are: what a backup has to bring back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from workspace import clock
from workspace.organisation.models import Department

ALL_AT_ONCE = 20
"""Tables hang on each other; after so many rounds none is left that only waits for another one."""


def every_model() -> list[type[models.Model]]:
    """The models that have a table, those between two others included."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def furnish() -> dict[str, str]:
    """Put a row into every table that has none; why that could not be, by table."""
    refused: dict[str, str] = {}
    for _round in range(ALL_AT_ONCE):
        refused = {}
        for model in every_model():
            if not model._base_manager.exists():
                try:
                    with transaction.atomic():
                        model._base_manager.bulk_create([model(**_values(model))])
                except (IntegrityError, LookupError) as error:
                    refused[model._meta.label] = str(error)
        if not refused:
            break
    return refused


def _values(model: type[models.Model]) -> dict[str, Any]:
    special: dict[str, Any] = SPECIAL.get(model._meta.label, dict)()
    fields = [field for field in model._meta.local_fields if field.column and not isinstance(field, models.AutoField)]
    return {field.name: _value(field) for field in fields if field.name not in special} | special


def _value(field: Any) -> Any:
    """Something that such a column takes, and that is not what it holds by itself, as far as that is possible."""
    if field.is_relation:
        related = field.related_model._base_manager.order_by("pk").last()
        if related is None and not field.null:
            raise LookupError(f"{field.name} needs a row of {field.related_model._meta.label}")
        return related
    if field.choices:
        return list(dict(field.flatchoices))[-1]
    for kinds, value in VALUES:
        if isinstance(field, kinds):
            return value()
    return f"März {field.name}"[: field.max_length]


VALUES: tuple[tuple[Any, Any], ...] = (
    (models.DateTimeField, clock.now),
    (models.DateField, clock.today),
    (models.DurationField, lambda: timedelta(hours=3)),
    (models.BooleanField, lambda: True),
    (models.JSONField, lambda: {"ü": [1, None, "x"]}),
    (models.UUIDField, uuid.uuid4),
    (models.GenericIPAddressField, lambda: "192.0.2.7"),
    (models.EmailField, lambda: "somebody@example.com"),
    ((models.IntegerField, models.DecimalField, models.FloatField), lambda: 1),
    (models.BinaryField, lambda: b"\0\xff"),
)

SPECIAL: dict[str, Any] = {
    "journeys.Handoff": lambda: {"from_department": Department.objects.earliest("pk")},
    "sprints.Approval": lambda: {"outside_email": "", "digest": None},
    "sprints.Team": lambda: {"key": "MAP"},
}
"""Values of tables whose constraints ask for certain ones."""
