"""Ownership that is to be confirmed: one's own and that of the departments one leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from journeys.limits import Limits
from journeys.models import Ownership
from journeys.queries.attesting import answered_by, due_soon, in_order, mark_of, with_places
from journeys.queries.directory import Dept, Directory
from journeys.queries.home.parts import Window
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Attestation:
    """An ownership to confirm until `due_on`."""

    ownership: Ownership
    department: Dept
    due_on: date

    @property
    def mark(self) -> str:
        """The answer that the viewer sees, as it is sent."""
        return str(mark_of(self.ownership))


def attestable(standing: Standing, limits: Limits) -> QuerySet[Any, Any]:
    """What is to be confirmed by this person, overdue or within two weeks; not what they said is not theirs."""
    return due_soon(limits).filter(answered_by(standing))


def attestations(standing: Standing, limits: Limits, window: Window, known: Directory) -> Sequence[Attestation]:
    """Those that waited longest first: 1 statement."""
    rows = in_order(with_places(attestable(standing, limits)))[window.rows]
    period = timedelta(days=limits.attest_every_days)
    return [
        Attestation(row, known.departments[row.department_id], timezone.localdate(row.confirmed_at + period))
        for row in rows
    ]
