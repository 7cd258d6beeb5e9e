"""Recording what happened. Importable by commands only: nobody else writes, so nobody else has something to record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from workspace import clock, db
from workspace.activity import doorbell, kinds, undoing
from workspace.activity.models import Event, EventSubject


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be recorded: a declared kind, its one subject or its many, and ids and values that tell the story."""

    kind: str
    subject: models.Model | tuple[str, int] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    subjects: tuple[str, Sequence[int]] | None = None


def noun_of(model: models.Model) -> str:
    """The word of the field for a model instance."""
    return str(getattr(model, "NOUN", model._meta.model_name))


def record(actor: models.Model | None, *happenings: Happening) -> list[Event]:
    """Write `happenings` to the log in the caller's transaction: 1 statement, 1 more where one has many subjects.

    `actor` None is the house itself. Raises RuntimeError outside a transaction, ValueError for an undeclared kind.
    """
    if not happenings:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of the change that it tells of.")
    moment = clock.now()
    events = Event.objects.bulk_create([_event(happening, actor, moment) for happening in happenings])
    subjects = [
        EventSubject(subject_kind=happening.subjects[0], subject_id=subject_id, event=event)
        for event, happening in zip(events, happenings, strict=True)
        if happening.subjects
        for subject_id in dict.fromkeys(happening.subjects[1])
    ]
    if subjects:
        EventSubject.objects.bulk_create(subjects, batch_size=5000)
    undoing.note([event.pk for event in events])
    transaction.on_commit(doorbell.ring_deliver)
    return events


def _event(happening: Happening, actor: models.Model | None, moment: Any) -> Event:
    if not kinds.is_declared(happening.kind):
        raise ValueError(f"event kind {happening.kind!r} is not declared; declare it in the app's events.py")
    subject_id: int | None = None
    version: int | None = None
    match happening.subject:
        case models.Model() as model:
            noun, subject_id, version = noun_of(model), model.pk, getattr(model, "version", None)
        case (str() as noun, int() as subject_id):
            pass
        case _:
            if happening.subjects is None:
                raise ValueError(f"event {happening.kind!r} names no subject")
            noun = happening.subjects[0]
    return Event(
        at=moment,
        actor_id=actor.pk if actor is not None else None,
        kind=happening.kind,
        subject_kind=noun,
        subject_id=subject_id,
        subject_version=version,
        scope=happening.scope,
        data=dict(happening.data),
    )


def record_subjects(event: Event, sql: str, params: tuple[Any, ...]) -> None:
    """Name the many subjects of a bulk event set-based: `sql` selects (subject kind, subject id, event id)."""
    if not connection.in_atomic_block:
        raise RuntimeError("The subjects of an event are recorded in the event's transaction.")
    with connection.cursor() as cursor:
        db.execute(
            cursor,
            f"INSERT INTO {db.table(EventSubject)} (subject_kind, subject_id, event_id) {sql}",
            params,
        )
