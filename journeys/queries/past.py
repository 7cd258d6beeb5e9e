"""Who owned what on a past day, from the history of ownership, and the coverage that was noted on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from journeys import events
from journeys.models import CoverageSnapshot, Journey, Ownership
from journeys.queries.directory import Dept, Directory, Unit
from journeys.queries.history_then import answered_then
from journeys.queries.overview.coverage import Share
from journeys.queries.places import last_moment_of, owners_on
from workspace.activity.models import Event

PORTION = 500
Scope = CoverageSnapshot.Scope


def first_day() -> date | None:
    """The day on which the history of ownership begins: 1 statement."""
    first: datetime | None = Ownership.objects.accountable().aggregate(first=Min("held_from"))["first"]
    return _day_of(first) if first else None


def _day_of(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())


# --- A day -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PastRow:
    """A touchpoint with who owned it on the day, and answered for it. The names and places are those of today."""

    ownership: Ownership
    department: Dept
    unit: Unit
    person: str
    still: bool


def owned_on(day: date) -> QuerySet[Ownership]:
    """Who was accountable when the day ended, journey by journey, with all that the rows show."""
    return (
        owners_on(day)
        .select_related("touchpoint__stage__journey", "person", "approved_by")
        .order_by(
            "touchpoint__stage__journey__name",
            "touchpoint__stage__journey",
            "touchpoint__stage__position",
            "touchpoint__step",
            "touchpoint",
        )
    )


def past_rows(ownerships: Iterable[Ownership], day: date, known: Directory) -> list[PastRow]:
    """These ownerships as rows: at most 2 statements, for who answered before somebody else was named."""
    listed = list(ownerships)
    former = answered_then({row.touchpoint_id: row.held_until for row in listed}, last_moment_of(day))

    def row_of(row: Ownership) -> PastRow:
        return PastRow(
            row,
            known.departments[row.department_id],
            known.units[row.touchpoint.business_unit_id],
            former.get(row.touchpoint_id, row.person.name if row.person else ""),
            row.held_until is None,
        )

    return [row_of(row) for row in listed]


def past_header() -> list[str]:
    """The names of the columns of the file."""
    return [
        _("Day"), _("Journey"), _("Stage"), _("Touchpoint"), _("External id"), _("Channel"), _("Business unit"),
        _("Owner"), _("Owner's unit"), _("Accountable person"), _("From"), _("Until"), _("Approved by"),
    ]  # fmt: skip


def past_cells(ownerships: QuerySet[Ownership], day: date, known: Directory) -> Iterator[Sequence[Any]]:
    """The ownerships as rows under `past_header`: 1 statement, and at most 2 for each portion of 500."""
    return _cells(ownerships, day, known, translation.get_language(), timezone.get_current_timezone())


def _cells(
    ownerships: QuerySet[Ownership], day: date, known: Directory, language: str, zone: Any
) -> Iterator[Sequence[Any]]:
    rows = iter(ownerships.iterator(chunk_size=PORTION))
    while portion := list(islice(rows, PORTION)):
        with translation.override(language), timezone.override(zone):
            cells = [_cell(row, day) for row in past_rows(portion, day, known)]
        yield from cells


def _cell(row: PastRow, day: date) -> list[Any]:
    ownership, touchpoint = row.ownership, row.ownership.touchpoint
    return [
        day,
        touchpoint.stage.journey.name,
        touchpoint.stage.name,
        touchpoint.name,
        touchpoint.external_id or "",
        touchpoint.channel,
        row.unit.name,
        row.department.name,
        row.department.unit.name,
        row.person,
        timezone.localtime(ownership.held_from),
        timezone.localtime(ownership.held_until) if ownership.held_until else None,
        ownership.approved_by.name if ownership.approved_by else "",
    ]


# --- Its coverage ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Noted:
    """What the snapshot of a day says, and when on that day it was taken; without one, the noted days around it."""

    at: datetime | None = None
    whole: Share | None = None
    units: dict[int, Share] = field(default_factory=dict)
    journeys: dict[int, Share] = field(default_factory=dict)
    channels: dict[str, Share] = field(default_factory=dict)
    before: date | None = None
    after: date | None = None


def noted_on(day: date) -> Noted:
    """The coverage that was noted on the day: 2 statements."""
    found = Noted()
    columns = ("scope", "scope_id", "channel", "live", "owned")
    for scope, scope_id, channel, live, owned in CoverageSnapshot.objects.filter(on=day).values_list(*columns):
        share = Share(live, owned)
        if scope == Scope.ALL:
            found.whole = share
        elif scope == Scope.UNIT:
            found.units[scope_id] = share
        elif scope == Scope.JOURNEY:
            found.journeys[scope_id] = share
        else:
            found.channels[channel] = share
    if found.whole is not None:
        told = Event.objects.filter(subject_kind="organisation", subject_id=0, kind=events.COVERAGE_NOTED)
        found.at = told.filter(data__on=day.isoformat()).values_list("at", flat=True).first()
    else:
        noted = CoverageSnapshot.objects.filter(scope=Scope.ALL)
        near = noted.aggregate(before=Max("on", filter=Q(on__lt=day)), after=Min("on", filter=Q(on__gt=day)))
        found.before, found.after = near["before"], near["after"]
    return found


def names_of_journeys(ids: Iterable[int]) -> Mapping[int, str]:
    """The names that these journeys have today: 1 statement."""
    return dict(Journey.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def wholes_on(*days: date) -> Mapping[date, Share]:
    """The coverage of the whole house on those of these days on which it was noted: 1 statement."""
    noted = CoverageSnapshot.objects.filter(scope=Scope.ALL, on__in=days)
    return {on: Share(live, owned) for on, live, owned in noted.values_list("on", "live", "owned")}
