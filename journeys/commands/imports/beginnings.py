"""Ownerships that begin, written together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from journeys.commands.imports.drafts import Placed
from journeys.models import Ownership
from workspace import db

COLUMNS = ("touchpoint_id", "department_id", "person_id", "kind", "held_from", "outside_approved")


class Beginning(NamedTuple):
    """A department that becomes accountable or responsible; the touchpoint may not be written yet."""

    touchpoint: Placed
    department_id: int
    person_id: int | None
    kind: str


def begin(beginnings: Iterable[Beginning], now: datetime) -> None:
    """Write them, with 1 statement. The database itself refuses an archived department and somebody who has left."""
    db.insert_rows(
        Ownership,
        COLUMNS,
        [(new.touchpoint.pk, new.department_id, new.person_id, new.kind, now, False) for new in beginnings],
    )
