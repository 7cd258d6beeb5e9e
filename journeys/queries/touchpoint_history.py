"""What happened to a touchpoint: to itself, its claims, its flags and the handoffs at its crossings."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import CharField, Q, Value

from journeys.models import Claim, Flag, Handoff, Touchpoint
from workspace.activity.queries.history import Entry, history_of

SHOWN = 50


def touchpoint_history(touchpoint: Touchpoint, *, before: int | None = None) -> tuple[list[Entry], int | None]:
    """The newest entries, and the id to go on before (None at the end): 2 statements, and 1 per noun named."""

    def ids(noun: str, rows: object) -> object:
        return rows.order_by().values_list(Value(noun, CharField()), "pk")  # type: ignore[attr-defined]

    handoffs = Handoff.objects.filter(Q(crossing__source=touchpoint) | Q(crossing__target=touchpoint))
    related = ids("claim", Claim.objects.filter(touchpoint=touchpoint)).union(  # type: ignore[attr-defined]
        ids("flag", Flag.objects.filter(touchpoint=touchpoint)), ids("handoff", handoffs), all=True
    )
    subjects: dict[str, list[int]] = defaultdict(list, {"touchpoint": [touchpoint.pk]})
    for noun, pk in related:
        subjects[noun].append(pk)
    entries = history_of(subjects, limit=SHOWN + 1, before=before)
    has_more = len(entries) > SHOWN
    entries = entries[:SHOWN]
    return entries, entries[-1].id if has_more else None
