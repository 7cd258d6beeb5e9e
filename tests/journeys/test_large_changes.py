"""A change that touches very much is settled as quietly as a small one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from journeys.models import Crossing, Flag, Scan
from tests.cast import Cast, deliver, scan
from workspace.activity.models import Delivery, Event
from workspace.organisation.commands.imports import import_file

pytestmark = pytest.mark.django_db
ALTERNATIVES = 120


def test_stages_with_very_many_alternatives_are_settled(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "touchpoints.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        head = ["external_id", "journey", "stage", "touchpoint", "channel", "business_unit", "owner_department"]
        rows.writerow(head)
        for stage, owner in (("First", "SHOPS"), ("Second", "")):
            for n in range(ALTERNATIVES):
                rows.writerow([f"{stage}-{n}", "A very wide journey", stage, f"{stage} {n}", "web", "Retail", owner])

    import_file("touchpoints", file)
    deliver()

    assert not Delivery.objects.exclude(state="done").exists()
    crossings = Crossing.objects.filter(journey__name="A very wide journey", active=True)
    assert crossings.count() == ALTERNATIVES**2
    assert Flag.objects.unresolved().filter(rule="boundary-gap", crossing__in=crossings).count() == ALTERNATIVES**2
    scan()
    results = Scan.objects.latest("id").results
    assert {code: row for code, row in results.items() if row["opened"] or row["resolved"]}.keys() <= {
        "coverage-drop",
        "siloed-unit",
    }


def test_one_batch_of_deliveries_holds_at_most_one_event_with_many_subjects(cast: Cast, tmp_path: Path) -> None:
    """A consumer's transaction keeps other writers waiting on SQLite, so it must not grow with what waits."""
    from workspace.activity import registry
    from workspace.activity.commands.delivery import _due, deliver_events, sequence_events

    deliver_events()
    for number in range(3):
        file = tmp_path / f"{number}.csv"
        file.write_text(
            "external_id,journey,stage,touchpoint,channel,business_unit,owner_department\n"
            f"x{number},Journey {number},Stage,Touchpoint {number},web,Retail,\n",
            encoding="utf-8",
        )
        import_file("touchpoints", file)
    sequence_events()
    rescan = next(consumer for consumer in registry.consumers() if consumer.name == "rescan")

    batch = [delivery.event for delivery in _due(rescan)]

    assert [event.subject_id is None for event in batch].count(True) == 1
    assert Event.objects.filter(kind="touchpoints.imported").count() == 3
