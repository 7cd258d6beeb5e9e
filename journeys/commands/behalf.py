"""For whom somebody acts who stands in for people that are away: what an event says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

from journeys.rules.claims import Candidate, Place
from workspace.organisation.rules.standing import Standing

FOR = "for"


def on_behalf(
    standing: Standing, *, departments: Collection[int | None] = (), units: Collection[int | None] = ()
) -> dict[str, object]:
    """The data of an act done by leading one of these departments, or heading one of these units; {} for one's own."""
    people = standing.acts_for(departments=departments, units=units)
    return {FOR: people} if people else {}


def unless_executive(
    standing: Standing, *, departments: Collection[int | None] = (), units: Collection[int | None] = ()
) -> dict[str, object]:
    """The same for what executives do by their own right."""
    return {} if standing.is_executive else on_behalf(standing, departments=departments, units=units)


def together(*acts: Mapping[str, object]) -> dict[str, object]:
    """The data of an act that takes several rights: for whom each of them was used."""
    people = {person for act in acts for person in cast("list[int]", act.get(FOR, []))}
    return {FOR: sorted(people)} if people else {}


def claiming(standing: Standing, candidate: Candidate) -> dict[str, object]:
    """For whom somebody claims."""
    return on_behalf(standing, departments=[candidate.id], units=[candidate.unit_id])


def deciding(standing: Standing, place: Place) -> dict[str, object]:
    """For whom somebody decides a claim."""
    if place.is_free:
        return unless_executive(standing, units=[place.unit_id])
    return unless_executive(standing, departments=[place.owner_id])


def giving_up(standing: Standing, place: Place) -> dict[str, object]:
    """For whom somebody gives up what a department owns."""
    return unless_executive(standing, departments=[place.owner_id], units=[place.owner_unit_id])


def taking_over(standing: Standing, candidate: Candidate, place: Place) -> dict[str, object]:
    """For whom somebody gives what a department owns to another one, or what nobody owns to one of the unit."""
    if place.owner_id is None or standing.is_executive:
        return unless_executive(standing, units=[place.unit_id])
    return together(giving_up(standing, place), claiming(standing, candidate))


def attesting(standing: Standing, place: Place, *, person_id: int | None) -> dict[str, object]:
    """For whom somebody answers whether it is still theirs; the accountable person answers for themselves."""
    if standing.person_id == person_id:
        return {}
    return on_behalf(standing, departments=[place.owner_id])


def approving_outside(standing: Standing, place: Place) -> dict[str, object]:
    """For whom somebody approves an owner from another unit."""
    return unless_executive(standing, units=[place.unit_id])


def agreeing(standing: Standing, sides: Iterable[int]) -> dict[str, object]:
    """For whom somebody speaks for each of these sides of a crossing."""
    return together(*(on_behalf(standing, departments=[department_id]) for department_id in sides))


def answering(
    standing: Standing, *, asked_id: int | None, department_id: int | None, unit_ids: Collection[int]
) -> dict[str, object]:
    """For whom somebody answers a flag; who is asked, and administrators, answer it by their own right."""
    if standing.is_administrator or standing.person_id == asked_id:
        return {}
    return unless_executive(standing, departments=[department_id], units=unit_ids)
