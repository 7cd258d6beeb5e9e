"""The log as programs read it: in the order of commits, and of each event no more than the reader may know of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from workspace.activity import kinds
from workspace.activity.models import Event, EventSubject
from workspace.activity.models.events import EventQuerySet
from workspace.activity.queries.history import Reader
from workspace.activity.topics import topics_of

NAMED = 100
"""So many subjects of an event are told with it; of one with more, none is, and they are asked for by themselves."""
AT_ONCE = 1000
"""So many subjects are told at once."""


def events_for(person: Any) -> EventQuerySet:
    """The events that have their place and that the person may know of, with who did them as `told_actor`.

    People inside read what they read in the history; guests the kinds that are told to guests, of what is shared with
    them today: 1 statement for each kind of topic. An event without a place is left out: one that is committed later
    with a smaller id gets a larger place, so whoever goes on behind a place misses nothing.
    """
    events: EventQuerySet = Event.objects.filter(seq__isnull=False)
    if not person.works_here:
        return events.none()
    if not person.is_guest:
        return events.filter(Reader(person.pk, reads_all=person.is_staff).may_read()).annotate(told_actor=F("actor"))
    told = [kind for kind in kinds.all_kinds() if kind.for_guests is not None]
    with_actor = [kind.code for kind in told if kinds.ACTOR in (kind.for_guests or ())]
    shared = events.filter(scope__in=topics_of(person), kind__in=[kind.code for kind in told])
    return shared.annotate(told_actor=Case(When(kind__in=with_actor, then=F("actor")), default=Value(None)))


def newest_place(events: QuerySet[Event]) -> int:
    """The last place among these; 0 for none: 1 statement."""
    return events.order_by().aggregate(last=Max("seq"))["last"] or 0


def about(noun: str, ids: Collection[int] = ()) -> Q:
    """The condition that an event is about a noun, or about one of these things, alone or among many."""
    if not ids:
        return Q(subject_kind=noun)
    among = EventSubject.objects.filter(subject_kind=noun, subject_id__in=ids).order_by().values("event")
    return Q(subject_kind=noun, subject_id__in=ids) | Q(pk__in=among)


def data_told(event_ids: Collection[int], person: Any) -> Mapping[int, Mapping[str, Any]]:
    """What these events say, as far as the person may know: 1 statement."""
    rows = Event.objects.filter(pk__in=event_ids).values_list("pk", "kind", "data")
    if not person.is_guest:
        return {pk: data for pk, _kind, data in rows}
    return {pk: _for_guests(kind, data) for pk, kind, data in rows}


def _for_guests(kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    keys = (kinds.kind(kind).for_guests or frozenset()) - {kinds.ACTOR}
    return {key: value for key, value in data.items() if key in keys}


def subjects_told(event_ids: Collection[int]) -> Mapping[int, Sequence[int] | None]:
    """The subjects of those that have many, by event; None for one with more than 100: 1 statement."""
    place = Window(RowNumber(), partition_by=F("event_id"), order_by=F("subject_id").asc())
    named = EventSubject.objects.filter(event__in=event_ids).annotate(place=place).filter(place__lte=NAMED + 1)
    found: dict[int, list[int]] = {}
    for event_id, subject_id in named.order_by("event_id", "subject_id").values_list("event_id", "subject_id"):
        found.setdefault(event_id, []).append(subject_id)
    return {event_id: ids if len(ids) <= NAMED else None for event_id, ids in found.items()}


def subjects_after(event_id: int, after: int, *, at_most: int = AT_ONCE) -> list[int]:
    """The next subjects of an event with many, after this id: 1 statement."""
    named = EventSubject.objects.filter(event=event_id, subject_id__gt=after).order_by("subject_id")
    return list(named.values_list("subject_id", flat=True)[:at_most])
