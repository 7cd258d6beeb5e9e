"""The coverage of a day: noted once, on that day alone, and never changed on any path."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from journeys import commands, events
from journeys.models import CoverageSnapshot
from tests.activity.together import at_once, errors
from tests.cast import Cast, scan
from tests.journeys.reading import data_of
from workspace import clock, db
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Job

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
DAY = NOON.date()


def noted() -> dict[date, tuple[int, int]]:
    whole = CoverageSnapshot.objects.filter(scope="all").order_by("on")
    return {on: (live, owned) for on, live, owned in whole.values_list("on", "live", "owned")}


def by_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{statement}".replace("SNAPSHOTS", db.table(CoverageSnapshot)))


def by_saving() -> None:
    snapshot = CoverageSnapshot.objects.get(scope="all")
    snapshot.owned = 0
    snapshot.save()


def by_bulk() -> None:
    snapshots = list(CoverageSnapshot.objects.all())
    for snapshot in snapshots:
        snapshot.owned = 0
    CoverageSnapshot.objects.bulk_update(snapshots, ["owned"])


@pytest.mark.parametrize(
    "change",
    [
        by_saving,
        by_bulk,
        lambda: CoverageSnapshot.objects.update(owned=0),
        lambda: CoverageSnapshot.objects.filter(scope="all").update(on=DAY + timedelta(days=1)),
        lambda: by_sql("UPDATE SNAPSHOTS SET owned = 0"),
    ],
)
def test_nothing_changes_what_was_noted(cast: Cast, change: Callable[[], Any]) -> None:
    with clock.at(NOON):
        commands.note_coverage(DAY)
    with pytest.raises(IntegrityError, match="The coverage of a day stays as it was noted"), transaction.atomic():
        change()
    assert noted() == {DAY: (6, 3)}


def test_nothing_is_deleted_either(cast: Cast) -> None:
    with clock.at(NOON):
        commands.note_coverage(DAY)
    for delete in (CoverageSnapshot.objects.all().delete, CoverageSnapshot.objects.get(scope="all").delete):
        with pytest.raises(TypeError, match="snapshots are not deleted"):
            delete()
    assert noted() == {DAY: (6, 3)}


@pytest.mark.parametrize("days", [-1, 1, 40])
def test_of_another_day_nothing_is_noted(cast: Cast, days: int) -> None:
    with clock.at(NOON):
        assert commands.note_coverage(DAY + timedelta(days=days)) == 0
    assert noted() == {}
    assert data_of(events.COVERAGE_NOTED) == []


def test_a_scan_that_goes_on_days_later_invents_no_past(cast: Cast) -> None:
    class PulledThePlug(BaseException):
        """Nothing catches this: the process is gone."""

    def pull_the_plug(step: object) -> None:
        raise PulledThePlug

    with clock.at(NOON):
        job = commands.request_scan(actor=None)
        with pytest.raises(PulledThePlug):
            work_on(job.pk, watch=pull_the_plug)
    with clock.at(NOON + timedelta(days=3)):
        commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
        work_on(job.pk)
        job.refresh_from_db()
        assert (job.state, noted()) == (Job.State.DONE, {})
        scan()
        assert noted() == {DAY + timedelta(days=3): (6, 4)}


@pytest.mark.django_db(transaction=True)
def test_taken_by_several_at_once_it_is_there_once(cast: Cast) -> None:
    def note() -> int:
        with clock.at(NOON):
            return commands.note_coverage(DAY)

    results = at_once(*[note] * 6)
    assert errors(results) == []
    assert sorted(map(bool, results)) == [False] * 5 + [True]
    assert len(data_of(events.COVERAGE_NOTED)) == 1
    assert noted() == {DAY: (6, 3)}
