"""Whom and what stories are joined to: people, labels, touchpoints, as ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from journeys.models import Touchpoint
from sprints.models import Assignment, StoryLabel, StoryTouchpoint
from workspace import db
from workspace.organisation.models import Person

Joined = dict[str, dict[int, list[int]]]


def joined_to(story_ids: Collection[int], viewer: Person) -> Joined:
    """The people, labels and touchpoints of these stories, by relation and story, as far as the viewer may see them.

    1 statement. Written as SQL: every answer of a program asks this, and composing it would cost more than the answer.
    """
    found: Joined = {name: defaultdict(list) for name, _part in _PARTS}
    if not story_ids:
        return found
    among, ids = db.among("story_id", story_ids)
    seen: db.Sql = ("", ())
    if viewer.is_guest:
        sql, params = db.compiled(Touchpoint.objects.visible_to(viewer).order_by().values("pk"))
        seen = (f" AND touchpoint_id IN ({sql})", params)
    parts = " UNION ALL ".join(part % among for _name, part in _PARTS)
    with connection.cursor() as cursor:
        db.execute(cursor, f"{parts}{seen[0]} ORDER BY 1, 2, 3", (*ids * len(_PARTS), *seen[1]))
        for place, story_id, other_id in cursor.fetchall():
            found[_PARTS[place][0]][story_id].append(other_id)
    return found


_PARTS = (
    ("assignees", f"SELECT 0, story_id, person_id FROM {Assignment._meta.db_table} WHERE %s"),
    ("labels", f"SELECT 1, story_id, label_id FROM {StoryLabel._meta.db_table} WHERE %s"),
    ("touchpoints", f"SELECT 2, story_id, touchpoint_id FROM {StoryTouchpoint._meta.db_table} WHERE %s"),
)
"""By relation: its place, the story, and the other. Touchpoints come last: a condition on what is seen follows them."""
