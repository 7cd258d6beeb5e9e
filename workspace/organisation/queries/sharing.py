"""What is shared with whom, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from workspace import clock
from workspace.activity.registry import noun as noun_of
from workspace.organisation.models import Person, Share


@dataclass(frozen=True, slots=True)
class SharedThing:
    """Something that a guest may see, with its page, and the last day on which they may."""

    noun: str
    label: str
    name: str
    url: str
    last_day: date


def shares_of(noun: str, subject_id: int) -> list[Share]:
    """The shares of a thing that are in force, with guest and who shared it, by name: 1 statement."""
    shares = Share.objects.in_force(clock.today()).filter(noun=noun, subject_id=subject_id)
    return list(shares.select_related("guest", "granted_by").order_by("guest__name", "guest__email"))


def number_of_shares(noun: str, subject_id: int) -> int:
    """With how many guests a thing is shared today, those who left not counted: 1 statement."""
    shares = Share.objects.in_force(clock.today()).filter(noun=noun, subject_id=subject_id)
    return shares.filter(guest__in=Person.objects.active().filter(role=Person.Role.GUEST)).count()


def guests_without(noun: str, subject_id: int) -> QuerySet[Person]:
    """Guests who work with us today and do not see the thing yet, by name."""
    shares = Share.objects.in_force(clock.today()).filter(noun=noun, subject_id=subject_id).order_by()
    guests = Person.objects.active().filter(role=Person.Role.GUEST).exclude(pk__in=shares.values("guest"))
    return guests.order_by("name", "email")


def shared_with(guest: Person) -> Sequence[SharedThing]:
    """What a guest may see today, by kind and name: 1 statement, and 1 per kind."""
    if not (guest.is_guest and guest.works_here):
        return []
    rows = Share.objects.in_force(clock.today()).filter(guest=guest).order_by()
    ends: defaultdict[str, dict[int, date]] = defaultdict(dict)
    for share in rows:
        ends[share.noun][share.subject_id] = share.last_day
    things = []
    for code, last_days in ends.items():
        noun = noun_of(code)
        named = noun.name_all(last_days) if noun else {}
        for pk, thing in named.items():
            things.append(SharedThing(code, str(noun.label) if noun else code, thing.text, thing.url, last_days[pk]))
    return sorted(things, key=lambda thing: (thing.noun, thing.name.casefold()))
