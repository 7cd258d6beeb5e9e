"""Telling people of what happened: the consumer that turns events into notifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model

from workspace.activity import audiences
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Event, Mail, Notification, NotificationChoice
from workspace.activity.topics import may_hear

CONSUMER = "notify"
MAIL_NOW = "activity.mail_notifications"
AT_ONCE = 1000
"""Rows of one statement, and events of one batch."""
FEW = 3
"""So many events of a kind in one act are told one by one; of more, such as those of an import, one for all."""
GROWS_FOR = timedelta(hours=1)
"""So long one that counts subjects, such as the flags of an import, grows by more of the same while it is unread."""


Tellings = dict[tuple[int, int], tuple[str, audiences.Told]]


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to be told of a group."""

    in_app: bool
    mail: str


def notify(events: Sequence[Event]) -> None:
    """Write one row for each person and event, in the transaction that marks the events as delivered.

    About 6 statements for a batch, those of the audiences, and 1 for each guest. Nobody hears of what they did
    themselves, nor twice of one act about the same thing; nobody who has left, and no guest of what they may not see.
    """
    told = _told(events)
    rows = _together(_without_repeats(_rows(events, told, _people({person for _event, person in told}))))
    rows = _without_more([row for row in _chosen(rows) if row.in_app or row.mail != Mail.OFF])
    if not rows:
        return
    Notification.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    now = [row for row in rows if row.mail == Mail.IMMEDIATE]
    if now:
        events_now = sorted({row.event_id for row in now})
        enqueue(MAIL_NOW, {"events": events_now}, key=f"{events_now[0]}-{events_now[-1]}")


def _told(events: Sequence[Event]) -> Tellings:
    """(event, person) → the group, and how they are told, of the first audience that names them."""
    told: Tellings = {}
    for listening in audiences.listening():
        wanted = [event for event in events if event.kind in listening.kinds]
        if wanted:
            for one in listening.of(wanted):
                told.setdefault((one.event, one.person), (listening.group, one))
    return told


def _people(ids: Iterable[int]) -> dict[int, Any]:
    """Those of these people who work here."""
    people: Any = get_user_model()._default_manager
    return {person.pk: person for person in people.active().filter(pk__in=set(ids))} if ids else {}


def _rows(events: Sequence[Event], told: Tellings, people: dict[int, Any]) -> list[Notification]:
    by_id = {event.pk: event for event in events}
    rows = []
    heard: dict[tuple[int, str], bool] = {}
    for event_id, person_id in sorted(told):
        group, one = told[event_id, person_id]
        event, person = by_id[event_id], people.get(person_id)
        if person is None or one.count < 1 or event.actor_id in (person_id, one.on_behalf_of or person_id):
            continue
        if person.is_guest and not _may_guest(person, group, event.scope, heard):
            continue
        row = Notification(
            person_id=person_id, event=event, at=event.at, group=group, count=one.count, scope=event.scope,
            subject=subject_of(event), on_behalf_of_id=one.on_behalf_of,
        )  # fmt: skip
        rows.append(row)
    return rows


def _may_guest(person: Any, group: str, scope: str, heard: dict[tuple[int, str], bool]) -> bool:
    declared = audiences.group(group)
    if declared is None or not declared.for_guests:
        return False
    key = (person.pk, scope)
    if key not in heard:
        heard[key] = bool(scope) and may_hear(person, scope)
    return heard[key]


def subject_of(event: Event) -> str:
    """What an event is about, for one who is told of it: the touchpoint, or else its subject."""
    touchpoint = event.data.get("touchpoint")
    if touchpoint is not None:
        return f"touchpoint:{touchpoint}"
    return f"{event.subject_kind}:{event.subject_id}" if event.subject_id is not None else f"event:{event.pk}"


def _without_repeats(rows: Sequence[Notification]) -> list[Notification]:
    """Of the events of one act about the same thing, each person hears the first: 1 statement.

    What one command recorded has one moment. The events of an act stand together, but may come in two batches.
    """
    if not rows:
        return []
    there = Notification.objects.filter(
        person__in={row.person_id for row in rows}, at__in={row.at for row in rows}
    ).values_list("person_id", "at", "subject")
    seen = set(there)
    kept = []
    for row in rows:
        key = (row.person_id, row.at, row.subject)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def _together(rows: Sequence[Notification]) -> list[Notification]:
    """The rows, with one in the place of many that tell one person of the same kind in one act; it counts them."""
    acts: dict[tuple[int, int | None, Any, str], list[Notification]] = defaultdict(list)
    for row in rows:
        acts[row.person_id, row.on_behalf_of_id, row.at, row.event.kind].append(row)
    kept = []
    for alike in acts.values():
        if len(alike) > FEW:
            alike[0].count = sum(row.count for row in alike)
            del alike[1:]
        kept += alike
    return sorted(kept, key=lambda row: (row.event_id, row.person_id))


def _without_more(rows: list[Notification]) -> list[Notification]:
    """The rows without those that only count more of what was told lately and not read yet: they are added to that.

    2 statements where an event has many subjects: work that goes on in pieces tells of each piece.
    """
    many = [row for row in rows if row.event.subject_id is None]
    if not many:
        return rows
    lately = Notification.objects.filter(
        person__in={row.person_id for row in many}, event__kind__in={row.event.kind for row in many},
        event__subject_id__isnull=True, at__gte=min(row.at for row in many) - GROWS_FOR,
        read_at__isnull=True, mailed_at__isnull=True,
    )  # fmt: skip
    told = {_likeness(row): row for row in lately.select_related("event").select_for_update(of=("self",))}
    grown, kept = [], []
    for row in rows:
        before = told.get(_likeness(row)) if row.event.subject_id is None else None
        if before is None:
            kept.append(row)
        else:
            before.count += row.count
            grown.append(before)
    Notification.objects.bulk_update(grown, ["count"], batch_size=AT_ONCE)
    return kept


def _likeness(row: Notification) -> tuple[Any, ...]:
    """What is the same in two that differ by their count alone."""
    event = row.event
    data = sorted((key, repr(value)) for key, value in event.data.items() if key != "count")
    return (
        row.person_id, row.on_behalf_of_id, row.group, row.scope, row.in_app, row.mail, event.kind, event.actor_id,
        *data,
    )  # fmt: skip


def _chosen(rows: Sequence[Notification]) -> Sequence[Notification]:
    """The rows as their people want to be told: 1 statement."""
    if not rows:
        return rows
    made = NotificationChoice.objects.filter(person__in={row.person_id for row in rows})
    choices = {(each.person_id, each.group): Choice(each.in_app, each.mail) for each in made}
    is_mailed = settings.EMAIL is not None
    for row in rows:
        declared = audiences.group(row.group)
        choice = choices.get((row.person_id, row.group)) or Choice(True, declared.mail if declared else Mail.OFF)
        row.in_app, row.mail = choice.in_app, choice.mail if is_mailed else Mail.OFF
    return rows
