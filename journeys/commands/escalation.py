"""Climbing: a flag that nobody answers is put to the next one up; one whose addressee has left finds another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from journeys import events
from journeys.models import Flag
from journeys.models.flags import FlagQuerySet
from journeys.queries.ladder import ladder_of
from journeys.queries.limits import limits_now
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.commands.jobs import hold_lease
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.organisation.models import Person
from workspace.organisation.models.people import answering_person

AT_ONCE = 1000


def flags_to_climb() -> FlagQuerySet:
    """Speaking flags below the last rung that wait longer than patience allows, or that ask nobody who is here.

    1 statement for how patient the house is, before the one that reads them.
    """
    now = clock.now()
    due = Q()
    for severity, days in limits_now().patience_days.items():
        due |= Q(severity=severity, asked_at__lte=now - timedelta(days=days))
    gone = Person.objects.exclude(answering_person(clock.today())).values("pk")
    unheard = Q(asked__isnull=True) | Q(asked__in=gone)
    climbing = Q(asked_level__lt=Flag.Level.EXECUTIVE) & due
    return Flag.objects.speaking().filter(climbing | unheard)


def climb(job: Job) -> Iterator[Step]:
    """Let every flag that is due climb, 1,000 at a time, each batch in a transaction with its event."""
    after = int(job.cursor.get("after", 0))
    done = int(job.cursor.get("done", 0))
    total = done + flags_to_climb().filter(pk__gt=after).count()
    while True:
        moved, after = _climb_some(job, after)
        if after == 0:
            break
        done += moved
        yield Step(done, max(total, done), {"after": after, "done": done})
    job.result = {"climbed": done}


@db.command
def _climb_some(job: Job, after: int) -> tuple[int, int]:
    """One batch; how many climbed, and the last id looked at (0 when none is left)."""
    hold_lease(job)
    due = flags_to_climb().filter(pk__gt=after).order_by("pk")
    flags = list(due.select_for_update(no_key=True)[:AT_ONCE])  # what closes or falls silent now does not climb
    if not flags:
        return 0, 0
    ladder = ladder_of(flags)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for flag in flags:
        rung = ladder.next_rung(flag)
        if rung is not None:
            groups[rung].append(flag.pk)
    happenings = []
    for (level, person_id), ids in sorted(groups.items()):
        Flag.objects.filter(pk__in=ids).update(asked_level=level, asked=person_id, asked_at=clock.now())
        data = {"person": person_id, "level": level, "count": len(ids)}
        happenings.append(Happening(events.FLAGS_ESCALATED, data=data, subjects=("flag", ids)))
    record(None, *happenings)
    return sum(len(ids) for ids in groups.values()), flags[-1].pk
