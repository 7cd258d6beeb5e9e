"""Which touchpoints the work of some events reaches: there the scan rules about work are judged again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q

from sprints.events import COLUMN_CHANGED, SPRINT_STARTED, STORY_MOVED, STORY_ORDERED, TEAM_ARCHIVED, TEAM_REOPENED
from sprints.models import Column, Sprint, Story, StoryTouchpoint
from workspace.activity.models import Event, EventSubject

DONE = Column.Category.DONE
OF_TEAMS = (TEAM_ARCHIVED, TEAM_REOPENED)


def is_reaching(kind: str) -> bool:
    """Whether events of this kind can change whether work goes on at a touchpoint.

    That there is a team at all, or one that has had sprints enough, concerns every touchpoint: the full scan sees it.
    """
    if kind in (COLUMN_CHANGED, SPRINT_STARTED, *OF_TEAMS):
        return True
    return kind.startswith("story.") and kind != STORY_ORDERED and not kind.startswith("story.item_")


def reached_by(events: Sequence[Event]) -> frozenset[int]:
    """The touchpoints of these events' stories, also those that a story has just left: at most 2 statements."""
    counted = [event for event in events if _counts(event)]
    touchpoints = {pk for event in counted for data in (event.data, *_rows(event)) for pk in _linked(data)}
    where = _on_stories(counted) | _on_all_of_teams(counted)
    if where:
        links = StoryTouchpoint.objects.filter(where).order_by()
        touchpoints |= set(links.values_list("touchpoint_id", flat=True))
    return frozenset(touchpoints)


def _counts(event: Event) -> bool:
    """Whether an event of one of these kinds is about what is done, or in which sprint; else nothing is judged anew."""
    if event.kind == STORY_MOVED:
        return _is_about_done(event) or event.data.get("old_sprint") != event.data.get("new_sprint")
    return event.kind != COLUMN_CHANGED or DONE in {event.data[which].get("category") for which in ("old", "new")}


def _on_stories(events: Sequence[Event]) -> Q:
    """The links of the stories that the events name: 1 statement where they are many of one event."""
    stories = {event.subject_id for event in events if event.subject_kind == Story.NOUN and event.subject_id}
    stories |= {pk for event in events if event.kind == COLUMN_CHANGED for pk in event.data.get("stories", ())}
    bulk = [event.pk for event in events if event.subject_id is None]
    if bulk:
        subjects = EventSubject.objects.filter(event__in=bulk, subject_kind=Story.NOUN)
        stories |= set(subjects.values_list("subject_id", flat=True))
    return Q(story__in=stories) if stories else Q()


def _on_all_of_teams(events: Sequence[Event]) -> Q:
    """The links of all stories of teams that come or go, and of those that a starting sprint makes recent, or old."""
    teams = {event.subject_id for event in events if event.kind in OF_TEAMS and event.subject_id}
    started = {event.subject_id for event in events if event.kind == SPRINT_STARTED and event.subject_id}
    where = Q(story__team__in=teams) if teams else Q()
    if started:
        starting = Sprint.objects.filter(pk__in=started).order_by().values("team")
        where |= Q(story__team__in=starting, story__sprint__isnull=False)
    return where


def _is_about_done(event: Event) -> bool:
    """Whether a move to another column has finished a story or opened it again; where it cannot be told, yes."""
    categories = {event.data.get("old_category"), event.data.get("new_category")}
    return DONE in categories or None in categories


def _rows(event: Event) -> Collection[Mapping[str, Any]]:
    """What a bulk event keeps of each of its stories."""
    rows = event.data.get("stories")
    return rows.values() if isinstance(rows, dict) else ()


def _linked(data: Mapping[str, Any]) -> set[int]:
    """The touchpoints among the old and the new values of a change."""
    found: set[int] = set()
    for values in (data.get("old"), data.get("new")):
        if isinstance(values, dict):
            found |= {pk for pk in values.get("touchpoints") or () if isinstance(pk, int)}
    return found
