"""Handoffs that wait for one's side, and those that one proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from journeys.models import Handoff
from journeys.queries.directory import Dept, Directory
from journeys.queries.home.parts import LATELY_DAYS, Window
from workspace import clock
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff with the departments of its two sides; `waits_for` are those that have not accepted."""

    handoff: Handoff
    source: Dept
    target: Dept
    waits_for: Sequence[Dept]

    @property
    def is_waiting(self) -> bool:
        """Whether a side still has to accept it."""
        return self.handoff.state == Handoff.State.PROPOSED


def acceptable(standing: Standing) -> QuerySet[Handoff]:
    """Proposed handoffs that wait for a side for which this person speaks, where customers cross today."""
    return Handoff.objects.filter(_waits_for(standing)).order_by()


def _waits_for(standing: Standing) -> Q:
    return Q(state=Handoff.State.PROPOSED, crossing__active=True) & (
        Q(from_department__in=standing.leads, from_accepted_at__isnull=True)
        | Q(to_department__in=standing.leads, to_accepted_at__isnull=True)
    )


def proposed(standing: Standing) -> QuerySet[Handoff]:
    """Handoffs that this person proposed: those that wait for the other side, and news about others.

    Not those that they can accept themselves, because they lead the other side as well by now: these are asked for.
    """
    lately = clock.now() - timedelta(days=LATELY_DAYS)
    agreed = Q(state=Handoff.State.ACCEPTED) & (Q(from_accepted_at__gte=lately) | Q(to_accepted_at__gte=lately))
    ended = Q(state__in=[Handoff.State.DECLINED, Handoff.State.VOID], ended_at__gte=lately)
    return Handoff.objects.filter(
        ~_waits_for(standing),
        Q(state=Handoff.State.PROPOSED, crossing__active=True) | agreed | ended,
        proposed_by=standing.person_id,
    ).order_by()


def handoffs_of_home(
    standing: Standing, accepting: Window, own: Window, known: Directory
) -> tuple[list[HandoffRow], list[HandoffRow]]:
    """The handoffs to accept and those proposed within these windows: 1 statement for both."""
    waiting_first = Case(
        When(state=Handoff.State.PROPOSED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    mine = proposed(standing).order_by(waiting_first, "-proposed_at", "-pk").values("pk")
    to_accept = acceptable(standing).order_by("proposed_at", "pk").values("pk")
    rows = (
        Handoff.objects.filter(Q(pk__in=to_accept[accepting.rows]) | Q(pk__in=mine[own.rows]))
        .select_related("crossing__source", "crossing__target", "proposed_by")
        .order_by(waiting_first, "proposed_at", "pk")
    )
    accept, own_rows = [], []
    for handoff in rows:
        row = _row(handoff, known)
        if any(department.id in standing.leads for department in row.waits_for):
            accept.append(row)
        elif handoff.proposed_by_id == standing.person_id:
            own_rows.append(row)
    return accept, own_rows


def _row(handoff: Handoff, known: Directory) -> HandoffRow:
    source, target = known.departments[handoff.from_department_id], known.departments[handoff.to_department_id]
    sides = ((source, handoff.from_accepted_at), (target, handoff.to_accepted_at))
    is_proposed = handoff.state == Handoff.State.PROPOSED
    return HandoffRow(handoff, source, target, [side for side, at in sides if is_proposed and at is None])
