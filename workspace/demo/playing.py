"""Playing the six months: every scene at its moment, and the house kept in between as the beat would keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from journeys.commands import deny_overdue_claims, end_overdue_calls, note_coverage, request_scan
from journeys.commands.escalation import flags_to_climb
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import enqueue, work_on_waiting
from workspace.demo import programs, scenery, sprinting
from workspace.demo.acts import Act
from workspace.demo.story import BEGINS, STORY

DAILY_FOR = 14  # the last days are scanned every day, as in real life; before, once a week is enough for the story


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens at a moment."""

    moment: datetime
    play: Callable[[], object]


def scenes(today: date) -> list[Scene]:
    """Everything that happens until `today`, in order: on working days, in office hours, with the nights' scans."""
    begin = working_day(today - timedelta(days=BEGINS))
    opening = [Scene(_at(begin, 8 * 60 + minute), part) for minute, part in enumerate(scenery.OPENING)]
    days = [begin + timedelta(days=n) for n in range(1, (today - begin).days)]
    nights = [Scene(_at(day, 5 * 60), _night(day, today)) for day in days]
    acts = [
        scene
        for told in (STORY, sprinting.acts(today), programs.acts(today))
        for scene in _in_office_hours(told, today)
    ]
    return sorted([*opening, *nights, *acts], key=lambda scene: scene.moment)


def _in_office_hours(acts: Sequence[Act], today: date) -> list[Scene]:
    return [
        Scene(_at(working_day(today - timedelta(days=act.ago)), 9 * 60 + place % 400), act.play)
        for place, act in enumerate(acts)
    ]


def play(today: date) -> Iterator[tuple[int, int]]:
    """Play all scenes, then look at everything once more as it is now; after each, how many of how many are done."""
    all_scenes = scenes(today)
    for done, scene in enumerate(all_scenes, start=1):
        is_last_of_day = done == len(all_scenes) or all_scenes[done].moment.date() > scene.moment.date()
        with clock.at(scene.moment):
            scene.play()
            if is_last_of_day:  # what the worker does within a second; once a day is enough to be told
                deliver_events()
        yield done, len(all_scenes) + 1
    _scan_night()
    deliver_events()
    yield len(all_scenes) + 1, len(all_scenes) + 1


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _at(day: date, minute: int) -> datetime:
    """The minute of a day, in the installation's time zone."""
    return timezone.make_aware(datetime.combine(day, time(minute // 60, minute % 60)), timezone.get_default_timezone())


def _night(day: date, today: date) -> Callable[[], None]:
    is_scanned = day.weekday() == 0 or (today - day).days <= DAILY_FOR
    return _scan_night if is_scanned else _quiet_night


def _scan_night() -> None:
    _end_by_date()
    request_scan(actor=None)
    if flags_to_climb().exists():
        enqueue("journeys.climb", key="climb")
    work_on_waiting()


def _quiet_night() -> None:
    _end_by_date()
    note_coverage(clock.today())


def _end_by_date() -> None:
    deny_overdue_claims()
    end_overdue_calls()
