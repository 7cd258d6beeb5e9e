"""The past out of the event log alone: every act told again in its order says who owned what when each day ended."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from journeys import commands, events
from journeys.commands import moving
from journeys.queries.directory import directory
from journeys.queries.journey_map import journey_map
from journeys.queries.owner_changes import changed_between
from journeys.queries.past import owned_on, past_rows
from journeys.queries.places import last_moment_of
from tests.cast import Cast
from tests.journeys.scan import test_random_histories as acts
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import Refusal, Unknown
from workspace.organisation.models import Department, Person

HISTORIES = int(os.environ.get("HISTORIES", 1))
DAYS = 9
ACTS = 30
CLOCKS = (
    ("UTC", date(2031, 3, 1)),
    ("Pacific/Auckland", date(2031, 4, 1)),
    ("Pacific/Auckland", date(2031, 9, 24)),
    ("America/Santiago", date(2031, 4, 1)),
    ("America/Santiago", date(2031, 9, 2)),
)
"""In Santiago they go back, and forth, at midnight: a day has its last hour twice, and another no first one."""
BEGUN = (events.OWNERSHIP_STARTED, events.OWNERSHIP_TRANSFERRED)

Owner = tuple[int, int | None]
"""A department, and who answers for it there."""


def move_all(cast: Cast, chance: random.Random) -> None:
    moving.move_ownerships(acts.department(chance), to=acts.some(Department.objects, chance), actor=cast.administrator)


def leave(cast: Cast, chance: random.Random) -> None:
    to = acts.some(Person.objects, chance) if chance.random() < 0.5 else None
    moving.hand_over(acts.some(Person.objects, chance), to=to, actor=cast.administrator)


def told(moment_before: datetime) -> dict[int, Owner]:
    """Who owned what just before this moment, by telling every event again from the first one on."""
    owners: dict[int, Owner] = {}
    for event in Event.objects.filter(at__lt=moment_before).order_by("id").prefetch_related("subjects"):
        data: dict[str, Any] = event.data
        many = [subject.subject_id for subject in event.subjects.all()]
        if event.kind in BEGUN:
            owners[event.subject_id or 0] = data["department"], data.get("person")
        elif event.kind == events.OWNERSHIP_RELEASED:
            del owners[event.subject_id or 0]
        elif event.kind == events.ACCOUNTABLE_PERSON_SET:
            owners[event.subject_id or 0] = owners[event.subject_id or 0][0], data["person"]
        elif event.kind == events.ANSWERS_HANDED_OVER:
            to: int | None = data["person"]
            owners |= {pk: (owners[pk][0], to if may_answer(to, owners[pk][0]) else None) for pk in many}
        elif event.kind == events.OWNERSHIPS_MOVED:
            taker, giver = data["department"], data["old_department"]
            owners |= {pk: (taker, owners[pk][1] if may_answer(owners[pk][1], taker, giver) else None) for pk in many}
    return owners


def may_answer(person: int | None, department: int, *before: int) -> bool:
    """Whether they lead the department, or work there or in the one before it, which nobody changes here."""
    here = Q(department__in=[department, *before]) | Q(leaderships__department=department)
    return person is not None and Person.objects.filter(here, pk=person).exists()


def departments(owners: dict[int, Owner]) -> dict[int, int]:
    return {touchpoint: department for touchpoint, (department, _person) in owners.items()}


@pytest.fixture(params=CLOCKS, ids=lambda param: f"{param[0]} {param[1]}")
def first(request: pytest.FixtureRequest, settings: Any) -> Iterator[date]:
    """The first of nine days, in an installation whose clocks go forth or back in one of their nights."""
    settings.TIME_ZONE, day = request.param
    yield day
    timezone.deactivate()


def moments(chance: random.Random, first: date, zone: ZoneInfo) -> list[datetime]:
    """Moments of these days, most of them within an hour or so of a midnight."""
    begins = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    near = [24 * 60 * chance.randrange(DAYS) + chance.randint(-70, 130) for _ in range(ACTS)]
    minutes = {max(minute, 1) for minute in (*near, *chance.sample(range(DAYS * 24 * 60), ACTS // 3))}
    return [begins + timedelta(minutes=minute) for minute in sorted(minutes)]


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_each_day_reads_as_the_events_tell_it(cast: Cast, first: date, seed: int) -> None:
    zone = ZoneInfo(timezone.get_default_timezone_name())
    chance = random.Random(f"{seed} {first} {zone.key}")
    for moment in moments(chance, first, zone):
        act = chance.choice([acts.own, acts.own, acts.own, acts.claim, acts.decide, move_all, leave])
        with clock.at(moment), suppress(Refusal, Unknown), transaction.atomic():
            act(cast, chance)
    days = [first + timedelta(days=number) for number in range(-2, DAYS)]
    ends = {day: datetime.combine(day + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC) for day in days}
    everything = {day: told(end) for day, end in ends.items()}
    by_events = {day: departments(owners) for day, owners in everything.items()}
    names: dict[int | None, str] = {None: ""}
    names |= dict(Person.objects.values_list("pk", "name"))
    known = directory()
    for day in days:
        rows = past_rows(owned_on(day), day, known)
        read = {row.ownership.touchpoint_id: (row.department.id, row.person) for row in rows}
        assert read == {pk: (owner, names[person]) for pk, (owner, person) in everything[day].items()}, day
        page = journey_map(cast.journey, viewer=cast.member, moment=last_moment_of(day))
        assert {card.id: card.person for card in page.cards} == {
            card.id: read.get(card.id, (0, ""))[1] for card in page.cards
        }
    for first_day, last_day in zip(days, days[3:], strict=False):
        before, after = by_events[first_day], by_events[last_day]
        differences = {
            pk: (before.get(pk), after.get(pk))
            for pk in before.keys() | after.keys()
            if before.get(pk) != after.get(pk)
        }
        changed = changed_between(first_day, last_day)
        assert {pk: (old, new) for pk, old, new in changed.values_list("pk", "old", "new")} == differences


def test_the_hour_that_comes_twice_belongs_to_its_day(cast: Cast, settings: Any) -> None:
    settings.TIME_ZONE = "America/Santiago"
    with clock.at(datetime(2031, 4, 6, 3, 30, tzinfo=UTC)):  # half past eleven on the fifth, for the second time
        commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
    fourth, fifth = date(2031, 4, 4), date(2031, 4, 5)
    assert owned_on(fifth).filter(touchpoint=cast.till).exists()
    assert [row.pk for row in changed_between(fourth, fifth)] == [cast.till.pk]
    page = journey_map(cast.journey, viewer=cast.member, moment=last_moment_of(fifth))
    assert {card.name: card.department for card in page.cards}["Till"] == "Care"
