"""Whom the events of this app concern."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from sprints.models import Approval, Assignment
from workspace.activity.audiences import Told
from workspace.activity.models import Event


def mentioned(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever is named in a comment, and was not before: no statement."""
    for event in events:
        for person in event.data.get("mentions") or ():
            yield Told(event.pk, person)


def assignees(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever works on the story that was commented on: 1 statement."""
    stories = {event.data.get("story") for event in events} - {None}
    people: defaultdict[int, list[int]] = defaultdict(list)
    rows = Assignment.objects.filter(story__in=stories).order_by()
    for story, person in rows.values_list("story_id", "person_id"):
        people[story].append(person)
    for event in events:
        for person in people.get(event.data.get("story") or 0, ()):
            yield Told(event.pk, person)


def newly_assigned(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever works on a story since this event; of a change of many, with how many: no statement."""
    for event in events:
        if "stories" in event.data:
            changes = list(event.data["stories"].values())
        else:
            changes = [event.data if "new" in event.data else {"new": event.data}]
        counted = Counter(person for change in changes for person in _added(change))
        for person, count in counted.items():
            yield Told(event.pk, person, count)


def _added(change: dict[str, dict[str, list[int]]]) -> set[int]:
    new, old = change.get("new") or {}, change.get("old") or {}
    return set(new.get("assignees") or ()) - set(old.get("assignees") or ())


def asked_for_approval(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever is asked, if they are of the house; whoever is not has a letter with a link: no statement."""
    for event in events:
        if event.data.get("person") is not None:
            yield Told(event.pk, event.data["person"])


def asked_approval(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever asked for the approval that was answered: 1 statement."""
    approvals = [event.subject_id for event in events if event.subject_id is not None]
    askers = dict(Approval.objects.filter(pk__in=approvals).order_by().values_list("pk", "asked_by_id"))
    for event in events:
        asker = askers.get(event.subject_id or 0)
        if asker is not None:
            yield Told(event.pk, asker)
