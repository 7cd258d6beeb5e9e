"""Stories as commands read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Q, QuerySet
from django.utils.translation import gettext as _

from sprints.models import Column, Story
from sprints.rules.moving import RESTORABLE, ColumnFacts
from workspace import clock, db
from workspace.errors import Unknown
from workspace.organisation.models import Person


def restorable_stories(person: Person) -> QuerySet[Story]:
    """The deleted stories that can still be brought back; to guests, none."""
    if person.is_guest or not person.works_here:
        return Story.objects.none()
    return Story.objects.filter(deleted_at__gte=clock.now() - RESTORABLE).order_by()


@dataclass(frozen=True, slots=True)
class StoriesRead:
    """Stories as they are now, in their order, with team, column and sprint, and the neighbours that were named."""

    stories: list[Story]
    after: Story | None = None
    before: Story | None = None


def read_stories(
    stories: Collection[Story], after: Story | int | None = None, before: Story | int | None = None
) -> StoriesRead:
    """Read stories of one team again, and the neighbours named for them: 1 statement.

    A neighbour of another team, or one of these stories themselves, is none. Raises Unknown for a story that is gone.
    """
    wanted = {story.pk for story in stories}
    after_id, before_id = (named.pk if isinstance(named, Story) else named for named in (after, before))
    ids = wanted | {pk for pk in (after_id, before_id) if pk is not None}
    found = {story.pk: story for story in _with_place(ids)}
    if missing := wanted - set(found):
        raise Unknown(
            _("There is no story %(id)s any more.") % {"id": min(missing)}, next_step=_("Load the page again.")
        )
    read = sorted((found[pk] for pk in wanted), key=lambda story: story.rank)
    others = {pk: story for pk, story in found.items() if pk not in wanted}
    return StoriesRead(read, others.get(after_id or 0), others.get(before_id or 0))


def _with_place(ids: Collection[int]) -> Iterable[Story]:
    """These stories with team, column and sprint: 1 statement, made once for a story and its neighbours."""
    if not 0 < len(ids) <= len(_THREE):
        return _placed(ids)
    named = list(ids) + [min(ids)] * (len(_THREE) - len(ids))
    return _STORY_AND_NEIGHBOURS.ask(**dict(zip(_THREE, named, strict=True)))


def _placed(ids: Collection[Any]) -> QuerySet[Story]:
    return Story.objects.filter(pk__in=ids).select_related("team", "column", "sprint").order_by()


_THREE = ("story", "after", "before")
_STORY_AND_NEIGHBOURS = db.Ready(lambda: _placed([db.Open(name, BigIntegerField()) for name in _THREE]))


def neighbours(team_id: int, *named: Story | int | None) -> list[Story | None]:
    """The stories of the team that these name, as they are now, None for one that is gone: 1 statement."""
    ids = [story.pk if isinstance(story, Story) else story for story in named]
    found = Story.objects.filter(team=team_id).in_bulk([pk for pk in ids if pk is not None])
    return [found.get(pk) if pk is not None else None for pk in ids]


def column_facts(column_ids: Collection[int], sprint_id: int) -> dict[int, ColumnFacts]:
    """What decides whether these columns take more stories of a sprint, by id: 1 statement."""
    there = Q(stories__sprint=sprint_id, stories__deleted_at__isnull=True)
    columns = Column.objects.filter(pk__in=column_ids).annotate(present=Count("stories", filter=there)).order_by()
    return {
        column.pk: ColumnFacts(column.team_id, column.name, column.wip_limit, column.wip_blocks, column.present)
        for column in columns
    }
