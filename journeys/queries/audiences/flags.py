"""Who is told of flags: whoever is asked now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Count, Q

from journeys import events
from journeys.models import Flag
from journeys.models.flags import FlagQuerySet
from journeys.queries.audiences.standings import heads_of, leads_of, people_with_role
from workspace.activity.audiences import Told
from workspace.activity.models import Event, EventSubject
from workspace.organisation.models import Person

GRAVE = (Flag.Severity.HIGH, Flag.Severity.CRITICAL)
LAST_RUNGS = (Flag.Level.NOBODY, Flag.Level.ADMINISTRATOR)

Asking = tuple[int, int | None, int | None, int]
"""Who is asked, about which department and unit, and by how many flags."""


def newly_asked(event: Event) -> FlagQuerySet:
    """The speaking flags of an event that ask somebody since then."""
    ids = EventSubject.objects.filter(event=event.pk, subject_kind=Flag.NOUN).values("subject_id")
    flags = Flag.objects.speaking().filter(pk__in=ids).order_by()
    if event.kind != events.FLAGS_CHANGED:
        return flags
    # The facts of a flag change often; those that ask somebody anew because of it, do so since the event's moment.
    since = event.data.get("asked_at")
    return flags.filter(asked_at=datetime.fromisoformat(since)) if since else flags.none()


def unheard(flags: FlagQuerySet) -> FlagQuerySet:
    """Of these flags the grave ones for which the ladder found nobody: no owner, lead, head or executive."""
    return flags.filter(severity__in=GRAVE, asked_level__in=LAST_RUNGS)


def asked(told: Sequence[Event]) -> Iterator[Told]:
    """Whoever these flags ask now, with how many; who stands in for them, with those that they may answer.

    1 statement an event, and 2 for all. Of the unheard, administrators are told.
    """
    nobody = Q(severity__in=GRAVE, asked_level__in=LAST_RUNGS)
    rows: dict[int, list[Asking]] = {
        event.pk: list(
            newly_asked(event)
            .exclude(nobody)
            .filter(asked__isnull=False)
            .values("asked", "department", "unit")
            .annotate(n=Count("pk"))
            .values_list("asked", "department", "unit", "n")
        )
        for event in told
    }
    leads = leads_of({department for some in rows.values() for _asked, department, _unit, _n in some})
    heads = heads_of({unit for some in rows.values() for _asked, _department, unit, _n in some})
    for event_id, some in rows.items():
        own: Counter[int] = Counter()
        lent: Counter[tuple[int, int]] = Counter()
        for person, department, unit, n in some:
            own[person] += n
            speakers = {**heads.get(unit or 0, {}), **leads.get(department or 0, {})}
            lent.update({(other, person): n for other, absent in speakers.items() if absent == person})
        for person, n in own.items():
            yield Told(event_id, person, n)
        for (other, person), n in lent.items():
            yield Told(event_id, other, n, person)


def administrators(told: Sequence[Event]) -> Iterator[Told]:
    """Every administrator, with how many things the event is about: 1 statement."""
    people = people_with_role(Person.Role.ADMINISTRATOR)
    for event in told:
        for person in people:
            yield Told(event.pk, person, int(event.data.get("count") or 1))
