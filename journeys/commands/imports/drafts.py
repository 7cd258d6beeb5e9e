"""Touchpoints that a file brings: light as long as they are not written, for there may be very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from journeys.models import Stage, System, Touchpoint
from workspace import db


@dataclass(slots=True, eq=False)
class NewTouchpoint:
    """A touchpoint that is not written yet, with the fields that a file can set; `pk` is known afterwards."""

    external_id: str
    name: str = ""
    step: int = 1
    channel: str = ""
    emotion: int | None = None
    moment_of_truth: bool = False
    volume: int | None = None
    lifecycle: str = Touchpoint.Lifecycle.LIVE.value
    unmatched_owner: str = ""
    visibility: str = Touchpoint.Visibility.FRONTSTAGE.value
    pain_point: str = ""
    business_unit_id: int = 0
    stage: Stage | None = None
    system: System | None = None
    pk: int | None = None


Placed = Touchpoint | NewTouchpoint

PLAIN = (
    "external_id", "name", "step", "channel", "emotion", "moment_of_truth", "volume", "lifecycle", "unmatched_owner",
    "visibility", "pain_point", "business_unit_id",
)  # fmt: skip
COLUMNS = (*PLAIN, "stage_id", "system_id", "version")


def write_new(touchpoints: Sequence[NewTouchpoint]) -> None:
    """Write them with 1 statement; their stages and systems are written already."""
    by_key = {touchpoint.external_id: touchpoint for touchpoint in touchpoints}
    rows = [
        (
            *[getattr(new, name) for name in PLAIN],
            new.stage.pk if new.stage else None,
            new.system.pk if new.system else None,
            1,
        )
        for new in touchpoints
    ]
    for pk, key in db.insert_rows(Touchpoint, COLUMNS, rows, returning=("id", "external_id")):
        by_key[key].pk = pk
