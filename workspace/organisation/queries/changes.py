"""What was changed about a unit, department or person since somebody looked at it: read from the event log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from workspace.activity.models import Event
from workspace.activity.queries.history import readable
from workspace.organisation import events
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.rules.versions import was_shown

FIELDS = {
    events.UNIT_RENAMED: {"name"},
    events.UNIT_HEAD_SET: {"head"},
    events.UNIT_ARCHIVED: {"archived_at"},
    events.UNIT_RESTORED: {"archived_at"},
    events.UNIT_SUCCESSOR_SET: {"merged_into"},
    events.DEPARTMENT_ARCHIVED: {"archived_at"},
    events.DEPARTMENT_RESTORED: {"archived_at"},
    events.DEPARTMENT_SUCCESSOR_SET: {"merged_into"},
    events.PERSON_EMAIL_CHANGED: {"email"},
    events.PERSON_ROLE_SET: {"role"},
    events.PERSON_LEAVING: {"left_on"},
    events.PERSON_DEACTIVATED: {"is_active"},
    events.PERSON_REACTIVATED: {"is_active", "left_on"},
    events.DELEGATE_SET: {"delegate"},
}
"""What an event of a kind has changed; those with `fields` in their data say it themselves."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The fields that were changed, in words too. Where the log does not tell of every version, all may have been."""

    fields: frozenset[str]
    words: str
    is_known: bool

    def among(self, fields: Collection[str]) -> list[str]:
        """Those of these fields that were, or may have been, changed."""
        return [field for field in fields if not self.is_known or field in self.fields]


def is_behind(name: str, told: int | None, version: int) -> bool:
    """Whether a thing has changed since version `told` of it was looked at; None says nothing of that. No statement.

    Raises StaleWrite for a version that it has not come to: whoever sends that has not seen what they would overwrite.
    """
    if told is None:
        return False
    was_shown(name, told=told, version=version).or_stale(version)
    return told < version


def changes_since(row: BusinessUnit | Department | Person, version: int) -> Changes:
    """What was changed about it after this version: 1 statement, and 1 per noun named."""
    since = Event.objects.filter(
        subject_kind=row.NOUN, subject_id=row.pk, subject_version__gt=version, subject_version__lte=row.version
    )
    told = list(since.order_by("id"))
    fields: set[str] = set()
    for event in told:
        named = event.data.get("fields")
        fields |= set(named.split(", ")) if isinstance(named, str) else FIELDS.get(event.kind, set())
    versions = {event.subject_version for event in told}
    words = " ".join(str(entry.sentence) for entry in readable(told))
    is_known = versions >= set(range(version + 1, row.version + 1))
    return Changes(frozenset(fields), words, is_known)
