"""Who is told of ownership, handoffs and calls: the leads on both sides, and whoever answers in person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from journeys.models import Handoff, Ownership, OwnershipCall, Touchpoint
from journeys.queries.audiences.standings import heads_of, leads_of, together
from workspace.activity.audiences import Told
from workspace.activity.models import Event, EventSubject
from workspace.organisation.models import Department

SIDES = ("department", "old_department")


def owners(events: Sequence[Event]) -> Iterator[Told]:
    """The leads of the departments that got or gave, and whoever answers for it now, or did: 1 statement."""
    leads = leads_of([event.data.get(side) for event in events for side in SIDES])
    for event in events:
        count = int(event.data.get("count") or 1)
        people = {event.data.get("person"), event.data.get("old_person")} - {None}
        sides = [leads.get(event.data.get(side) or 0, {}) for side in SIDES]
        for person, absent in together(people, *sides).items():
            yield Told(event.pk, person, count, absent)


def answerable(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever answers in person now, and whoever did before: no statement."""
    for event in events:
        for person in {event.data.get("person"), event.data.get("old_person")} - {None}:
            yield Told(event.pk, person, int(event.data.get("count") or 1))


def other_side(events: Sequence[Event]) -> Iterator[Told]:
    """Of a handoff, the leads of the department for which the actor does not speak; of neither, both: 1 statement."""
    sides = {event.pk: [event.data.get("from_department"), event.data.get("to_department")] for event in events}
    leads = leads_of([department for pair in sides.values() for department in pair])
    for event in events:
        pair = [leads.get(department or 0, {}) for department in sides[event.pk]]
        others = [side for side in pair if event.actor_id not in side]
        for person, absent in together(*(others or pair)).items():
            yield Told(event.pk, person, on_behalf_of=absent)


def parties(events: Sequence[Event]) -> Iterator[Told]:
    """Of handoffs that are void, the leads of both departments, each with how many are theirs: 2 statements each."""
    for event in events:
        ids = EventSubject.objects.filter(event=event.pk, subject_kind=Handoff.NOUN).values("subject_id")
        rows = list(Handoff.objects.filter(pk__in=ids).order_by().values_list("from_department_id", "to_department_id"))
        leads = leads_of([department for pair in rows for department in pair])
        asked = [together(leads.get(source, {}), leads.get(target, {})) for source, target in rows]
        counted = Counter(person for people in asked for person in people)
        for person, absent in together(*asked).items():
            yield Told(event.pk, person, counted[person], absent)


def confirming(events: Sequence[Event]) -> Iterator[Told]:
    """Of ownership to confirm, the leads with all of it, and whoever answers in person with theirs: 2 statements each.

    A lead who answers for some of it in person hears of all of it, once.
    """
    for event in events:
        ids = EventSubject.objects.filter(event=event.pk, subject_kind=Touchpoint.NOUN).values("subject_id")
        owned = Ownership.objects.current().accountable().filter(touchpoint__in=ids, person__isnull=False).order_by()
        counted = Counter(owned.values_list("person_id", flat=True))
        department = event.data.get("department") or 0
        leads = leads_of([department]).get(department, {})
        for person, absent in leads.items():
            yield Told(event.pk, person, int(event.data["count"]), absent)
        for person, count in counted.items():
            if person not in leads:
                yield Told(event.pk, person, count)


def callable_leads(events: Sequence[Event]) -> Iterator[Told]:
    """Of a call for another owner, the leads in the touchpoint's unit and its head, who could take it: 4 statements."""
    touchpoints = {event.data.get("touchpoint") for event in events} - {None}
    units = dict(Touchpoint.objects.filter(pk__in=touchpoints).order_by().values_list("pk", "business_unit_id"))
    of_units = Department.objects.filter(unit__in=set(units.values()), archived_at__isnull=True).order_by()
    departments = dict(of_units.values_list("pk", "unit_id"))
    leads, heads = leads_of(list(departments)), heads_of(list(units.values()))
    for event in events:
        unit = units.get(event.data.get("touchpoint") or 0)
        there = [
            leads.get(department, {})
            for department, its_unit in departments.items()
            if its_unit == unit and department != event.data.get("department")
        ]
        for person, absent in together(heads.get(unit or 0, {}), *there).items():
            yield Told(event.pk, person, on_behalf_of=absent)


def callers(events: Sequence[Event]) -> Iterator[Told]:
    """Of a call that ended: who made it, the leads of its department, and who is asked now: 2 statements."""
    calls = [event.subject_id for event in events if event.subject_id is not None]
    makers = dict(OwnershipCall.objects.filter(pk__in=calls).order_by().values_list("pk", "made_by_id"))
    leads = leads_of([event.data.get("department") for event in events])
    for event in events:
        people = {makers.get(event.subject_id or 0), event.data.get("asked")} - {None}
        asked = together((person for person in people if person), leads.get(event.data.get("department") or 0, {}))
        for person, absent in asked.items():
            yield Told(event.pk, person, on_behalf_of=absent)
