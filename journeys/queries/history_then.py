"""What rows that are overwritten said at a past moment, out of the event log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from journeys import events
from journeys.models import Handoff, Ownership, Touchpoint
from workspace.activity.models import Event, EventSubject
from workspace.organisation.models import Person

PROPOSED, AGREED, BROKEN = "proposed", "agreed", "broken"
_BECOMES = {
    events.HANDOFF_PROPOSED: PROPOSED,
    events.HANDOFF_ACCEPTED: AGREED,
    events.HANDOFF_BROKEN: BROKEN,
    events.HANDOFF_MENDED: AGREED,
}


def handoffs_then(handoffs: Collection[int], moment: datetime) -> Mapping[int, str]:
    """How each of these handoffs, which were open then, stood: proposed, agreed or broken. 1 statement at most.

    Whoever proposes accepts for their side, so that the next acceptance is the other's. A broken one is agreed again
    when it is said to be mended, and not when one side has confirmed it.
    """
    states: dict[int, str] = {}
    if handoffs:
        told = Event.objects.filter(subject_kind=Handoff.NOUN, subject_id__in=handoffs, at__lte=moment)
        for pk, kind in told.filter(kind__in=_BECOMES).order_by("id").values_list("subject_id", "kind"):
            if kind != events.HANDOFF_ACCEPTED or states.get(pk or 0) != BROKEN:
                states[pk or 0] = _BECOMES[kind]
    return states


def answered_then(owned: Mapping[int, datetime | None], moment: datetime) -> Mapping[int, str]:
    """Who answered at `moment` for these touchpoints, where another person was named since: "" is nobody.

    `owned` says until when the ownership of then holds. At most 2 statements.
    """
    former = person_then(owned, moment)
    people = {person for person in former.values() if person is not None}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
    return {touchpoint: names.get(person or 0, "") for touchpoint, person in former.items()}


def person_then(owned: Mapping[int, datetime | None], moment: datetime) -> Mapping[int, int | None]:
    """The id of who answered at `moment` for these touchpoints, where another was named since: 1 statement at most."""
    former: dict[int, int | None] = {}
    for touchpoint, at, data in _other_people_since(moment, owned) if owned else ():
        until = owned[touchpoint]
        if touchpoint not in former and (until is None or at < until):
            former[touchpoint] = data["old_person"]
    return former


def ends_of_ownership(touchpoints: Collection[int], moment: datetime) -> Mapping[int, datetime | None]:
    """Until when whoever owned these touchpoints at `moment` owns them: 1 statement."""
    owned = Ownership.objects.accountable().at(moment).filter(touchpoint__in=touchpoints).order_by()
    return dict(owned.values_list("touchpoint", "held_until"))


def _other_people_since(moment: datetime, touchpoints: Collection[int]) -> list[tuple[int, datetime, dict[str, int]]]:
    """The events that name another person for one of these touchpoints after the moment, in their order."""
    alone = Event.objects.filter(
        subject_kind=Touchpoint.NOUN, subject_id__in=touchpoints, kind=events.ACCOUNTABLE_PERSON_SET, at__gt=moment
    )
    together = EventSubject.objects.filter(
        subject_kind=Touchpoint.NOUN,
        subject_id__in=touchpoints,
        event__kind=events.ANSWERS_HANDED_OVER,
        event__at__gt=moment,
    )
    told = alone.order_by().values_list("subject_id", "at", "data", "id")
    told = told.union(together.order_by().values_list("subject_id", "event__at", "event__data", "event_id"), all=True)
    return [(pk or 0, at, data) for pk, at, data, _event in sorted(told, key=lambda row: row[3])]
