"""How ownership calls end: with another owner, with none, or unanswered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from journeys import events
from journeys.models import OwnershipCall, Touchpoint
from workspace import clock, db
from workspace.activity.commands.events import Happening

KINDS = {
    OwnershipCall.State.ANSWERED: events.CALL_ANSWERED,
    OwnershipCall.State.WITHDRAWN: events.CALL_WITHDRAWN,
    OwnershipCall.State.UNANSWERED: events.CALL_UNANSWERED,
}


def end_call(call: OwnershipCall, touchpoint: Touchpoint, state: OwnershipCall.State, **data: object) -> Happening:
    """End an open call, 1 statement; what to record of it."""
    call.state, call.ended_at = state, clock.now()
    call.save(update_fields=["state", "ended_at"])
    about = {"touchpoint": touchpoint.pk, "department": call.department_id, **data}
    return Happening(KINDS[state], call, about, touchpoint.scope)


def end_calls(winners: Mapping[int, int | None]) -> list[Happening]:
    """End the calls on touchpoints that changed hands, by the department that owns each now (None: nobody).

    1 statement where nobody called, and 1 more for each way in which calls end.
    """
    calls = _calls_on(winners)
    for state, ids in _by_state(calls, winners).items():
        OwnershipCall.objects.filter(pk__in=db.one_of("bigint", ids)).update(state=state, ended_at=clock.now())
    return [
        Happening(
            KINDS[_end_of(winners[call.touchpoint_id])],
            call,
            {"touchpoint": call.touchpoint_id, "department": call.department_id, **_won(winners[call.touchpoint_id])},
            call.touchpoint.scope,
        )
        for call in calls
    ]


def _calls_on(touchpoints: Iterable[int]) -> list[OwnershipCall]:
    places = db.one_of("bigint", list(touchpoints))
    calls = OwnershipCall.objects.open().filter(touchpoint__in=places).order_by("pk")
    return list(calls.select_related("touchpoint__stage"))


def _by_state(
    calls: Iterable[OwnershipCall], winners: Mapping[int, int | None]
) -> dict[OwnershipCall.State, list[int]]:
    found: dict[OwnershipCall.State, list[int]] = {}
    for call in calls:
        found.setdefault(_end_of(winners[call.touchpoint_id]), []).append(call.pk)
    return found


def _end_of(winner: int | None) -> OwnershipCall.State:
    return OwnershipCall.State.WITHDRAWN if winner is None else OwnershipCall.State.ANSWERED


def _won(winner: int | None) -> dict[str, int]:
    return {} if winner is None else {"winner": winner}
