"""What changed in who owns what between the ends of two days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Case, CharField, Count, F, FilteredRelation, Q, QuerySet, Value, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from journeys import events
from journeys.models import Ownership, Touchpoint
from journeys.queries.directory import Dept, Directory, Unit
from journeys.queries.places import end_of_day, last_moment_of
from workspace import clock
from workspace.activity.models import Event

GAINED, LOST, TRANSFERRED = "gained", "lost", "transferred"
WAYS = (GAINED, LOST, TRANSFERRED)
ACTS = (events.OWNERSHIP_RELEASED, events.OWNERSHIP_TRANSFERRED, events.OWNERSHIP_STARTED)
PORTION = 500
ONE_ACT = timedelta(seconds=30)
"""An act is told within this time after what it wrote."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A touchpoint whose owner at the end of the second day is another than at the end of the first.

    `said_by` decided the last change of them, at `at`; "" is the house itself, or somebody whom nothing names.
    """

    touchpoint: Touchpoint
    unit: Unit
    before: Dept | None
    after: Dept | None
    at: datetime
    said_by: str
    reason: str

    @property
    def kind(self) -> str:
        """Whether it was gained, lost or transferred."""
        return GAINED if self.before is None else LOST if self.after is None else TRANSFERRED


@dataclass(slots=True)
class Moves:
    """How many touchpoints a department gained from nobody or from another, and lost to nobody or to another."""

    gained: int = 0
    taken_over: int = 0
    lost: int = 0
    handed_over: int = 0

    @property
    def net(self) -> int:
        """By how many it has more."""
        return self.gained + self.taken_over - self.lost - self.handed_over


@dataclass(frozen=True, slots=True)
class Changes:
    """How many touchpoints changed in each way, and how each department has fared."""

    kinds: Mapping[str, int]
    departments: Mapping[int, Moves]


def changed_between(first: date, last: date) -> QuerySet[Any, Any]:
    """Touchpoints owned otherwise when `last` ended than when `first` did: departments as `old` and `new`, `way`.

    What changed and changed back in between is no difference of these two days.
    """

    def held_at(day: date) -> Q:
        moment = last_moment_of(day)
        holds = Q(ownerships__held_until__isnull=True) | Q(ownerships__held_until__gt=moment)
        return Q(ownerships__kind=Ownership.Kind.ACCOUNTABLE, ownerships__held_from__lte=moment) & holds

    start, end = end_of_day(first), end_of_day(last)
    began = Q(held_from__gte=start, held_from__lt=end)
    ended = Q(held_until__gte=start, held_until__lt=end)
    touched = Ownership.objects.accountable().filter(began | ended).order_by().values("touchpoint")
    differs = Q(old__isnull=True, new__isnull=False) | Q(old__isnull=False, new__isnull=True)
    rows: QuerySet[Any, Any] = Touchpoint.objects.filter(pk__in=touched).order_by()
    rows = rows.annotate(
        held_before=FilteredRelation("ownerships", condition=held_at(first)),
        held_after=FilteredRelation("ownerships", condition=held_at(last)),
    )
    rows = rows.annotate(old=F("held_before__department"), new=F("held_after__department"))
    way = Case(
        When(old__isnull=True, then=Value(GAINED)),
        When(new__isnull=True, then=Value(LOST)),
        default=Value(TRANSFERRED),
        output_field=CharField(),
    )
    changed: QuerySet[Any, Any] = rows.annotate(way=way).filter(
        differs | Q(old__isnull=False, new__isnull=False) & ~Q(old=F("new"))
    )
    return changed


def compared(first: date, last: date, begins: date | None) -> QuerySet[Any, Any]:
    """`changed_between` these days, where the history of ownership begins on the day `begins`; None: not yet.

    Before it begins, every day is like the one before it: nothing is owned.
    """
    if begins is None or last < begins:
        today = clock.today()
        return changed_between(today, today).none()
    return changed_between(max(first, begins - timedelta(days=1)), last)


def counted(changed: QuerySet[Any, Any]) -> Changes:
    """The changes by their way and by department: 1 statement."""
    kinds = dict.fromkeys((GAINED, LOST, TRANSFERRED), 0)
    departments: dict[int, Moves] = {}
    for old, new, way, n in changed.order_by().values_list("old", "new", "way").annotate(n=Count("pk")):
        kinds[way] += n
        if new is not None:
            moves = departments.setdefault(new, Moves())
            moves.gained += n if old is None else 0
            moves.taken_over += n if old is not None else 0
        if old is not None:
            moves = departments.setdefault(old, Moves())
            moves.lost += n if new is None else 0
            moves.handed_over += n if new is not None else 0
    return Changes(kinds, departments)


def with_ends(changed: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The changes with all that their rows show, the latest first."""
    dated: QuerySet[Any, Any] = (
        changed.select_related("stage__journey")
        .annotate(
            began=F("held_after__held_from"),
            approver=F("held_after__approved_by"),
            approver_name=F("held_after__approved_by__name"),
            ended=F("held_before__held_until"),
        )
        .annotate(changed_at=Case(When(new__isnull=True, then=F("ended")), default=F("began")))
        .order_by("-changed_at", "pk")
    )
    return dated


def change_rows(changed: Iterable[Any], known: Directory) -> list[ChangeRow]:
    """These changes as rows, which were read by `with_ends`: at most 1 statement, for who said it and why."""
    listed = list(changed)
    acts = acts_behind({row.pk: row.changed_at for row in listed})

    def row_of(row: Any) -> ChangeRow:
        act = acts.get(row.pk)
        return ChangeRow(
            row,
            known.units[row.business_unit_id],
            known.departments.get(row.old or 0),
            known.departments.get(row.new or 0),
            row.changed_at,
            row.approver_name or (act.by_name if act else ""),
            act.reason if act else "",
        )

    return [row_of(row) for row in listed]


def change_header() -> list[str]:
    """The names of the columns of the file."""
    return [
        _("From the end of"), _("To the end of"), _("Journey"), _("Stage"), _("Touchpoint"), _("External id"),
        _("Channel"), _("Business unit"), _("Change"), _("Owner before"), _("Unit of the owner before"),
        _("Owner after"), _("Unit of the owner after"), _("When"), _("By whom"), _("Why"),
    ]  # fmt: skip


def change_cells(
    changed: QuerySet[Any, Any], days: tuple[date, date], ways: Mapping[str, str], known: Directory
) -> Iterator[Sequence[Any]]:
    """The changes as rows under `change_header`: 1 statement, and 1 for each portion of 500."""
    language, zone = translation.get_language(), timezone.get_current_timezone()
    rows = iter(changed.iterator(chunk_size=PORTION))
    while portion := list(islice(rows, PORTION)):
        with translation.override(language), timezone.override(zone):
            cells = [_cells(row, days, ways) for row in change_rows(portion, known)]
        yield from cells


def _cells(row: ChangeRow, days: tuple[date, date], ways: Mapping[str, str]) -> list[Any]:
    touchpoint = row.touchpoint
    return [
        *days,
        touchpoint.stage.journey.name,
        touchpoint.stage.name,
        touchpoint.name,
        touchpoint.external_id or "",
        touchpoint.channel,
        row.unit.name,
        ways[row.kind],
        *((row.before.name, row.before.unit.name) if row.before else ("", "")),
        *((row.after.name, row.after.unit.name) if row.after else ("", "")),
        timezone.localtime(row.at),
        row.said_by,
        row.reason,
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """Who changed an owner, and why; nobody where it was the house itself."""

    by: int | None
    by_name: str
    reason: str


def acts_behind(changes: Mapping[int, datetime]) -> Mapping[int, Act]:
    """The act behind each change of an owner (touchpoint → when), where one was told: at most 1 statement."""
    found: dict[int, Act] = {}
    if changes:
        told = Event.objects.filter(subject_kind=Touchpoint.NOUN, subject_id__in=list(changes), kind__in=ACTS)
        columns = ("subject_id", "at", "actor", "actor__name", "data")
        for pk, at, by, name, data in told.order_by("id").values_list(*columns):
            changed_at = changes[pk or 0]
            if pk and changed_at <= at <= changed_at + ONE_ACT:
                found.setdefault(pk, Act(by, name or "", data.get("reason") or ""))
    return found
