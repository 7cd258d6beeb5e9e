"""What was changed about a journey, a stage or a touchpoint since somebody looked at it: read from the event log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from journeys import events
from journeys.models import Journey, Persona, Stage, System, Touchpoint
from workspace.activity.models import Event

Row = Journey | Persona | Stage | System | Touchpoint
Versioned = Journey | Stage | System | Touchpoint

SHOWN = 80
"""Characters of a text that are told whole."""


def plain(value: Any) -> Any:
    """A value as an event keeps it: ids, never names of people."""
    return value.pk if isinstance(value, Model) else value


def values_of(row: Row, fields: Collection[str]) -> dict[str, Any]:
    """These fields of a row, as an event keeps them."""
    return {field: plain(getattr(row, field)) for field in fields}


def changes_of(row: Row, old: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a change: the fields, with the values that they had and those that they have now."""
    new = values_of(row, old)
    return {"fields": ", ".join(sorted(old)), "old": dict(old), "new": new}


def changed_since(row: Versioned, version: int, fields: Collection[str]) -> tuple[list[str], str]:
    """Those of the fields that were changed after this version, in their order, and who did it last: 1 statement.

    Where the log does not tell of every version in between, each of them may have been.
    """
    told = _acts(row, version)
    known = {number for number, _who, _new in told} >= set(range(version + 1, row.version + 1))
    changed = {field for _number, _who, new in told for field in new}
    names = [field for field in fields if field in changed or not known]
    whose = [who for _number, who, new in told if set(new) & set(names)]
    return names, next(iter(whose), _("somebody"))


def _acts(row: Versioned, version: int) -> list[tuple[int, str, Mapping[str, Any]]]:
    """The changes after a version, the last one first: version, who, and the new values."""
    since = Event.objects.filter(
        subject_kind=row.NOUN, subject_id=row.pk, subject_version__gt=version, subject_version__lte=row.version
    )
    rows = since.order_by("-pk").values_list("subject_version", "actor__name", "data")
    return [(number or 0, who or _("Throughline"), data.get("new") or {}) for number, who, data in rows]


def order_at_removal(stage: Stage) -> list[int]:
    """The order of the stages of the journey, by id, when this one was removed last: 1 statement."""
    removed = Event.objects.filter(kind=events.STAGE_REMOVED, subject_kind=Stage.NOUN, subject_id=stage.pk)
    told = removed.order_by("-pk").values_list("data", flat=True).first()
    return list(told["order"]) if told is not None else []


def in_words(row: Row, fields: Collection[str]) -> str:
    """What these fields are now: “Emotion is −1 now; name is “Till” now”."""
    return "; ".join(_told(row, field) for field in fields)


def _told(row: Row, field: str) -> str:
    label = capfirst(str(row._meta.get_field(field).verbose_name))  # type: ignore[union-attr]
    display = getattr(row, f"get_{field}_display", None)
    value = display() if display else getattr(row, field)
    if value in (None, ""):
        return _("%(field)s is empty now") % {"field": label}
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    text = str(localize(value)).replace("-", "−") if isinstance(value, int) else str(value)
    if len(text) > SHOWN:
        return _("%(field)s is another text now") % {"field": label}
    return _("%(field)s is “%(value)s” now") % {"field": label, "value": text}
