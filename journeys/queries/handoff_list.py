"""The handoffs of a department: every crossing where one of its touchpoints meets another department's, by state."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Handoff
from journeys.queries.overview.crossings import State
from journeys.queries.overview.lists import shown_crossings


class Standing(TextChoices):
    """How a handoff stands, the worst first."""

    BROKEN = "broken", _("Not kept")
    MISSING = "missing", _("Missing")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")


def handoffs_of(department_id: int | None) -> QuerySet[Any, Any]:
    """Crossings with a handoff, or that need one, with `stands`; of one department, or of all.

    One is needed where the two owners sit in different units. `handoff_now` holds the open one.
    """
    is_open = [Handoff.State.PROPOSED, Handoff.State.ACCEPTED]
    standing = Handoff.objects.filter(crossing=OuterRef("pk"), state__in=is_open)
    crossings = shown_crossings().filter(Q(state__in=[State.UNACCEPTED, State.ACCEPTED]) | Exists(standing))
    if department_id is not None:
        crossings = crossings.filter(Q(from_department=department_id) | Q(to_department=department_id))

    def then(state: Standing) -> Value:
        return Value(state.value, CharField())

    listed: QuerySet[Any, Any] = crossings.annotate(
        stands=Case(
            When(open_handoff__broken_at__isnull=False, then=then(Standing.BROKEN)),
            When(open_handoff__state=Handoff.State.ACCEPTED, then=then(Standing.AGREED)),
            When(open_handoff__state=Handoff.State.PROPOSED, then=then(Standing.PROPOSED)),
            default=then(Standing.MISSING),
        )
    )
    return listed


def counts_of(crossings: QuerySet[Any, Any]) -> dict[str, int]:
    """How many stand in which way, the worst first: 1 statement."""
    rows = crossings.order_by().values_list("stands").annotate(n=Count("pk"))
    found = dict(rows)
    return {state.value: found.get(state.value, 0) for state in Standing}
