"""What departments and people hold now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from journeys.models import Claim, Flag, Journey, Ownership, System, Touchpoint
from journeys.queries.attesting import due_soon
from journeys.queries.limits import limits_now
from workspace import db
from workspace.activity.registry import Named
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.registry import FIRST, Covered, Matter

MOVABLE = ~Q(touchpoint__lifecycle="retired") & Q(touchpoint__stage__journey__archived_at__isnull=True)
"""What can have a new owner: neither retired, nor in an archived journey."""
LIVE = Q(touchpoint__lifecycle="live", touchpoint__stage__journey__archived_at__isnull=True)


def owned_by(department: Department) -> QuerySet[Ownership]:
    """The current accountable ownerships of a department that could have another owner."""
    return Ownership.objects.current().accountable().filter(MOVABLE, department=department)


def answered_by(person: Person) -> QuerySet[Ownership]:
    """The current accountable ownerships that a person answers for, and that could have another owner."""
    return Ownership.objects.current().accountable().filter(MOVABLE, person=person)


def all_touchpoints(**narrowed: object) -> str:
    """The address of the list of touchpoints, narrowed."""
    return f"{reverse('journeys:touchpoints')}?{urlencode(narrowed)}"


def first_touchpoints(ownerships: QuerySet[Ownership]) -> list[Named]:
    """The first of these touchpoints, by name: 1 statement."""
    rows = ownerships.order_by("touchpoint__name", "touchpoint").values_list("touchpoint", "touchpoint__name")
    return _named(rows[:FIRST], "journeys:touchpoint")


def first_journeys(journeys: QuerySet[Journey]) -> list[Named]:
    """The first of these journeys, by name: 1 statement."""
    return _named(journeys.order_by("name", "pk").values_list("pk", "name")[:FIRST], "journeys:journey")


def first_systems(systems: QuerySet[System]) -> list[Named]:
    """The first of these systems, by name: 1 statement."""
    return [Named(name) for name in systems.order_by("name").values_list("name", flat=True)[:FIRST]]


def _named(rows: Iterable[tuple[int, str]], route: str) -> list[Named]:
    return [Named(name, reverse(route, args=[pk])) for pk, name in rows]


def of_units(ids: Collection[int]) -> Mapping[int, Covered]:
    """Live touchpoints that happen in these units, and how many somebody owns: 1 statement."""
    live = Touchpoint.objects.live().with_owner().filter(business_unit__in=ids).order_by()
    rows = live.values_list("business_unit").annotate(live=Count("pk"), owned=Count("current"))
    return {unit_id: Covered(n, owned) for unit_id, n, owned in rows}


def of_departments(ids: Collection[int]) -> Mapping[int, int]:
    """How many live touchpoints each of these departments owns: 1 statement."""
    owned = Ownership.objects.current().accountable().filter(LIVE, department__in=ids).order_by()
    return dict(owned.values_list("department").annotate(n=Count("pk")))


def held_by_department(department: Department) -> list[Matter]:
    """What it owns or owned, its claims, the flags that ask it, and what it has to confirm: 3 statements."""
    owned = owned_by(department)
    counts = db.count_all(
        owned=owned,
        claims=Claim.objects.waiting().filter(department=department),
        flags=Flag.objects.speaking().filter(department=department),
        asked=due_soon(limits_now()).filter(department=department),
        ever=Ownership.objects.accountable().filter(department=department),
    )
    n = counts["owned"]
    matters = [
        Matter(
            "owned",
            n,
            ngettext("%(n)d touchpoint owned", "%(n)d touchpoints owned", n) % {"n": n},
            first=first_touchpoints(owned),
            url=all_touchpoints(department=department.pk),
        )
    ]
    n = counts["flags"]
    url = f"{reverse('journeys:flags')}?department={department.pk}"
    matters.append(Matter("flags", n, ngettext("%(n)d open flag", "%(n)d open flags", n) % {"n": n}, url=url))
    n = counts["claims"]
    text = ngettext("%(n)d claim of theirs waits", "%(n)d claims of theirs wait", n) % {"n": n}
    matters.append(Matter("claims", n, text))
    n = counts["asked"]
    text = ngettext("%(n)d ownership is to be confirmed", "%(n)d ownerships are to be confirmed", n) % {"n": n}
    url = f"{reverse('journeys:attestations')}?department={department.pk}"
    matters.append(Matter("attestations", n, text, "warn", url=url))
    n = counts["ever"]
    text = ngettext(
        "%(n)d ownership now or before: who owned what on a past day",
        "%(n)d ownerships now or before: who owned what on a past day",
        n,
    ) % {"n": n}
    matters.append(Matter("past", n, text, url=f"{reverse('journeys:past')}?department={department.pk}"))
    return [matter for matter in matters if matter.count]


def held_by_person(person: Person) -> list[Matter]:
    """What a person answers for: touchpoints, journeys, systems; flags that ask them. At most 4 statements."""
    answered, journeys, systems, flags = held(person)
    counts = db.count_all(answered=answered, journeys=journeys, systems=systems, flags=flags)
    matters: list[Matter] = []
    n = counts["answered"]
    if n:
        text = ngettext("Answers for %(n)d touchpoint", "Answers for %(n)d touchpoints", n) % {"n": n}
        url = all_touchpoints(person=person.pk)
        matters.append(Matter("answered", n, text, first=first_touchpoints(answered), url=url))
    n = counts["journeys"]
    if n:
        text = ngettext("Accountable for %(n)d journey", "Accountable for %(n)d journeys", n) % {"n": n}
        matters.append(Matter("journeys", n, text, first=first_journeys(journeys)))
    n = counts["systems"]
    if n:
        text = ngettext("Technology owner of %(n)d system", "Technology owner of %(n)d systems", n) % {"n": n}
        matters.append(Matter("systems", n, text, first=first_systems(systems)))
    n = counts["flags"]
    if n:
        matters.append(Matter("flags", n, ngettext("%(n)d flag asks them", "%(n)d flags ask them", n) % {"n": n}))
    return matters


def held(person: Person) -> tuple[QuerySet[Ownership], QuerySet[Journey], QuerySet[System], QuerySet[Flag]]:
    """Touchpoints, open journeys and systems that a person answers for, and the flags that ask them."""
    return (
        answered_by(person),
        Journey.objects.open().filter(accountable=person),
        System.objects.filter(technology_owner=person),
        Flag.objects.speaking().filter(asked=person),
    )


def in_unit(unit: BusinessUnit) -> list[Matter]:
    """The touchpoints that happen in a unit: 1 statement."""
    live = Touchpoint.objects.live().filter(business_unit=unit)
    counts = db.count_all(live=live)
    n = counts["live"]
    if not n:
        return []
    text = ngettext(
        "%(n)d live touchpoint happens here. It stays, and keeps its owner; only its unit is closed.",
        "%(n)d live touchpoints happen here. They stay, and keep their owners; only their unit is closed.",
        n,
    ) % {"n": n}
    return [Matter("places", n, text, "warn", url=all_touchpoints(unit=unit.pk))]
