"""What has become of a story since somebody looked at it, read from the event log: who change different fields merge.

A change of one story says its version in the event, a bulk edit says the version of each of its stories in its data.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sprints import events
from sprints.models import Story
from sprints.queries.field_values import FIELDS
from sprints.rules.stories import FIELD_NAMES
from workspace.activity.models import Event, EventSubject

BULK = (events.STORIES_CHANGED, events.STORIES_IMPORTED)
OTHERS = 50
"""So many imports that only moved a story, or did not touch it, may lie among those that changed it."""


@dataclass(frozen=True, slots=True)
class Since:
    """The fields that were changed after a version, each with its last new value.

    `is_known` is False where the log does not tell of every version in between: then every field may be another.
    """

    new: Mapping[str, Any]
    is_known: bool

    def in_the_way_of(self, fields: Collection[str]) -> list[str]:
        """Those of the fields that were changed, in the order in which a story has them."""
        return [name for name in FIELDS if name in fields and (name in self.new or not self.is_known)]


def changed_since(story: Story, base_version: int) -> Since:
    """What was changed after this version: 2 statements."""
    if base_version >= story.version:
        return Since({}, is_known=False)
    found: dict[int, Mapping[str, Any]] = {}
    own = Event.objects.filter(
        kind=events.STORY_CHANGED,
        subject_kind=Story.NOUN,
        subject_id=story.pk,
        subject_version__gt=base_version,
        subject_version__lte=story.version,
    )
    for version, data in own.order_by().values_list("subject_version", "data"):
        found[version or 0] = data["new"]
    together = EventSubject.objects.filter(subject_kind=Story.NOUN, subject_id=story.pk, event__kind__in=BULK)
    for data in together.order_by("-event_id").values_list("event__data", flat=True)[
        : story.version - base_version + OTHERS
    ]:
        row = data["stories"].get(str(story.pk), {})
        if "new" in row and base_version < row.get("version", 0) <= story.version:
            found[row["version"]] = row["new"]
    new: dict[str, Any] = {}
    for version in sorted(found):
        new |= found[version]
    return Since(new, set(found) == set(range(base_version + 1, story.version + 1)))


def in_words(since: Since, fields: Collection[str]) -> str:
    """What was changed, for whoever is in the way: “points is 5 now; title is “Quiz” now”."""
    parts = []
    for name in fields:
        value = since.new.get(name)
        words = {"field": FIELD_NAMES[name], "value": value}
        if not isinstance(value, str | int) or isinstance(value, bool) or name == "initiative":
            parts.append(_("%(field)s is another now") % words)
        elif value == "":
            parts.append(_("%(field)s is empty now") % words)
        elif len(str(value)) > 80:
            parts.append(_("%(field)s is another text now") % words)
        else:
            parts.append(_("%(field)s is “%(value)s” now") % words)
    return "; ".join(parts)
