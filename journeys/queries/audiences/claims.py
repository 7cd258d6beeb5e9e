"""Who is told of claims: whoever decides them, and whoever made them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from journeys.models import Claim, OwnershipCall, Touchpoint
from journeys.queries.audiences.standings import Speakers, heads_of, leads_of, people_with_role, standings_of
from journeys.queries.directory import directory
from journeys.queries.inbox import place_of
from journeys.rules.claims import Claimant, Place, may_decide_claim
from workspace.activity.audiences import Told
from workspace.activity.models import Event
from workspace.organisation.models import Person
from workspace.organisation.rules.standing import Standing


def deciders(events: Sequence[Event]) -> Iterator[Told]:
    """Who decides each claim that waits: at most 11 statements.

    That is the owner's leads, or the head of the unit; executives where it is contested, or where nobody else may;
    administrators where no executive may either, so that somebody hears of it.
    """
    waiting = _waiting({event.data.get("touchpoint") for event in events if not event.data.get("at_once")})
    if not waiting:
        return
    places = _places(waiting)
    leads = leads_of([place.owner_id for place in places.values() if not place.is_free])
    heads = heads_of([place.unit_id for place in places.values() if place.is_free])
    executives: Speakers = dict.fromkeys(people_with_role(Person.Role.EXECUTIVE))
    near = {pk: (heads[p.unit_id] if p.is_free else leads[p.owner_id or 0]) for pk, p in places.items()}
    standings = standings_of(set().union(executives, *near.values()))
    for event in events:
        touchpoint = event.data.get("touchpoint")
        claims = waiting.get(touchpoint, {})
        claimant = claims.get(event.subject_id or 0)
        if claimant is None or touchpoint not in places:
            continue
        asked = list(claims.values())
        place = places[touchpoint]
        people = _who_may(near[touchpoint], standings, place, claimant, asked)
        people = people or _who_may(executives, standings, place, claimant, asked)
        for person, absent in (people or dict.fromkeys(people_with_role(Person.Role.ADMINISTRATOR))).items():
            yield Told(event.pk, person, on_behalf_of=absent)


def _who_may(
    people: Speakers,
    standings: Mapping[int, Standing],
    place: Place,
    claimant: Claimant,
    waiting: Collection[Claimant],
) -> Speakers:
    return {
        person: absent
        for person, absent in people.items()
        if person in standings and may_decide_claim(standings[person], place, claimant=claimant, waiting=waiting)
    }


def _waiting(touchpoints: Collection[int | None]) -> dict[int | None, dict[int, Claimant]]:
    """The claims that wait on these touchpoints, by touchpoint and claim."""
    found: defaultdict[int | None, dict[int, Claimant]] = defaultdict(dict)
    claims = Claim.objects.waiting().filter(touchpoint__in=set(touchpoints) - {None}).order_by()
    for touchpoint, pk, department, person in claims.values_list("touchpoint", "pk", "department", "claimed_by"):
        found[touchpoint][pk] = Claimant(department, person)
    return found


def _places(touchpoints: Collection[int | None]) -> dict[int | None, Place]:
    known = directory()
    rows = Touchpoint.objects.with_owner().filter(pk__in=touchpoints).select_related("stage__journey", "current")
    called = set(
        OwnershipCall.objects.open().filter(touchpoint__in=touchpoints).order_by().values_list("touchpoint", flat=True)
    )
    places: dict[int | None, Place] = {}
    for row in rows.order_by():
        current = getattr(row, "current", None)
        places[row.pk] = place_of(row, current.department_id if current else None, known, is_called=row.pk in called)
    return places


def claimants(events: Sequence[Event]) -> Iterator[Told]:
    """Whoever made the claim that was decided, and who stands in for them: 5 statements.

    Where they have left, the leads of its department.
    """
    makers = {event.data.get("claimed_by") for event in events} - {None}
    here = set(standings_of(makers))
    leads = leads_of([event.data.get("department") for event in events])
    for event in events:
        maker = event.data.get("claimed_by")
        asked = leads.get(event.data.get("department") or 0, {})
        if maker in here:
            asked = {maker: None} | {person: absent for person, absent in asked.items() if absent == maker}
        for person, absent in asked.items():
            yield Told(event.pk, person, on_behalf_of=absent)
