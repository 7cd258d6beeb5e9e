"""What an event has touched, for the scan that follows it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from journeys.models import Ownership, Stage, System, Touchpoint
from journeys.queries.scope import Scope
from workspace.activity.models import Event, EventSubject
from workspace.organisation.models import DepartmentLead, Person

PREFIXES = (
    "claim.", "ownership.", "handoff", "touchpoint", "stage.", "journey.", "system.", "person.", "department.", "unit.",
    "organisation.",
)  # fmt: skip


OWNING = ("claim.", "ownership.", "handoff")  # nothing but who owns a touchpoint, and what owners agree


def is_touching(kind: str) -> bool:
    """Whether events of this kind can change what a local rule says."""
    return kind.startswith(PREFIXES)


def touched_by(events: Sequence[Event]) -> Scope:
    """Around what the local rules have to be judged again after these events: at most 5 statements."""
    scope = Scope()
    people: set[int] = set()
    departments: set[int] = set()
    journeys: set[int] = set()
    for event in events:
        data = event.data
        touchpoints = _ids(data.get("touchpoint")) | _ids(data.get("touchpoints")) | _own(event, "touchpoint")
        scope |= Scope.of(
            touchpoints=touchpoints,
            reshaped=() if event.kind.startswith(OWNING) else touchpoints,
            claims=_own(event, "claim"),
            stages=_ids(data.get("stage")) | _ids(data.get("old_stage")) | _own(event, "stage"),
            systems=_ids(data.get("system")) | _ids(data.get("old_system")) | _own(event, "system"),
            people=_ids(data.get("person")) | _ids(data.get("old_person")),
        )
        people |= _own(event, "person")
        departments |= _own(event, "department")
        if event.subject_kind == "person":
            departments |= _ids(data.get("department")) | _ids(data.get("old_department"))
        journeys |= _own(event, "journey")
    bulk = [event.pk for event in events if event.subject_id is None]
    if bulk:
        scope |= _subjects_of(bulk, people, departments)
    if people or departments:
        departments |= _departments_of(people)
        # Whoever stands in for an accountable person matters to what that person owns.
        whose = Q(person__in=people) | Q(person__delegate__in=people) | Q(department__in=departments)
        owned = Ownership.objects.current().filter(whose)
        scope |= Scope.of(touchpoints=owned.order_by().values_list("touchpoint", flat=True), people=people)
        scope |= Scope.of(systems=_systems_of(people))
    if journeys:
        scope |= Scope.of(
            reshaped=Touchpoint.objects.filter(stage__journey__in=journeys).order_by().values_list("pk", flat=True),
            stages=Stage.objects.filter(journey__in=journeys).order_by().values_list("pk", flat=True),
        )
    return scope


def _ids(value: object) -> set[int]:
    match value:
        case bool() | None:
            return set()
        case int():
            return {value}
        case list():
            return {item for item in value if isinstance(item, int)}
    return set()


def _own(event: Event, noun: str) -> set[int]:
    return {event.subject_id} if event.subject_kind == noun and event.subject_id is not None else set()


def _subjects_of(events: list[int], people: set[int], departments: set[int]) -> Scope:
    touchpoints: set[int] = set()
    rows = EventSubject.objects.filter(event__in=events).values_list("subject_kind", "subject_id")
    for noun, subject_id in rows:
        match noun:
            case "touchpoint":
                touchpoints.add(subject_id)
            case "person":
                people.add(subject_id)
            case "department":
                departments.add(subject_id)
    return Scope.of(reshaped=touchpoints)


def _departments_of(people: set[int]) -> set[int]:
    """Home departments of these people, and those that they lead: an owner may be closed, or led, by them."""
    homes = (
        Person.objects.filter(pk__in=people, department__isnull=False).order_by().values_list("department", flat=True)
    )
    led = DepartmentLead.objects.filter(person__in=people).order_by().values_list("department", flat=True)
    return set(homes.union(led))


def _systems_of(people: set[int]) -> set[int]:
    return set(System.objects.filter(technology_owner__in=people).order_by().values_list("pk", flat=True))
