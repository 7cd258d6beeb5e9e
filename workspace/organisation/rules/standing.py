"""Where a person stands in the organisation: the facts that every permission is decided on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LEAD, HEAD, HOME = "lead", "head", "home"


@dataclass(frozen=True, slots=True)
class Lent:
    """What a person is for somebody who is absent: leads a department, heads a unit, or has their home in one."""

    relation: str
    subject_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Role and relations of one person, read with 1 statement by `queries.people.standing_of`.

    `leads`: ids of departments that the person leads or deputises; `heads`: ids of units that they head. Both hold
    what they lead and head for people who are absent and have named them as delegate; `lent` says what of it, and
    for whom.
    """

    person_id: int | None
    role: str
    active: bool
    department_id: int | None
    leads: frozenset[int]
    heads: frozenset[int]
    lent: frozenset[Lent] = frozenset()

    @property
    def is_house(self) -> bool:
        """Whether it is the house itself that acts, by schedule or import."""
        return self.person_id is None

    @property
    def is_administrator(self) -> bool:
        """Whether the person administers the organisation."""
        return self.is_house or (self.active and self.role == "administrator")

    @property
    def is_executive(self) -> bool:
        """Whether the person sees the whole and decides what is contested."""
        return self.is_house or (self.active and self.role == "executive")

    @property
    def is_insider(self) -> bool:
        """Whether the person sees open work: everybody but guests and those who left."""
        return self.is_house or (self.active and self.role != "guest")

    @property
    def acts_as(self) -> frozenset[int]:
        """The person, and those for whom they stand in: nobody of them decides about what is their own."""
        own = frozenset() if self.person_id is None else frozenset({self.person_id})
        return own | {one.person_id for one in self.lent}

    @property
    def own_departments(self) -> frozenset[int]:
        """Departments that `belongs_to` says yes to."""
        home = frozenset() if self.department_id is None else frozenset({self.department_id})
        return home | self.leads | {one.subject_id for one in self.lent if one.relation == HOME}

    def leads_department(self, department_id: int | None) -> bool:
        """Whether the person leads or deputises the department."""
        return self.active and department_id in self.leads

    def heads_unit(self, unit_id: int | None) -> bool:
        """Whether the person heads the business unit."""
        return self.active and unit_id in self.heads

    def belongs_to(self, department_id: int | None) -> bool:
        """Whether the department is the person's own: their home, or one that they lead; also for an absent person."""
        return department_id is not None and department_id in self.own_departments

    def is_of(self, department_id: int) -> bool:
        """Whether the person themselves has their home in the department, or leads it, and not merely for somebody."""
        return department_id == self.department_id or (LEAD, department_id) in self._own

    def acts_for(self, *, departments: Collection[int | None] = (), units: Collection[int | None] = ()) -> list[int]:
        """For whom the person acts who acts by leading one of these departments or heading one of these units.

        Nobody where they lead or head one of them themselves; to have one's home there gives no right.
        """
        asked = {(LEAD, d) for d in departments} | {(HEAD, u) for u in units}
        if asked & self._own:
            return []
        return sorted({one.person_id for one in self.lent if (one.relation, one.subject_id) in asked})

    @property
    def _own(self) -> frozenset[tuple[str, int | None]]:
        """What the person leads and heads themselves, and not merely for somebody."""
        held = {(LEAD, d) for d in self.leads} | {(HEAD, u) for u in self.heads}
        return frozenset(held - {(one.relation, one.subject_id) for one in self.lent})


HOUSE = Standing(None, "", True, None, frozenset(), frozenset())
