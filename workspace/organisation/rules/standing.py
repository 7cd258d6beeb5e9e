"""Where a person stands in the organisation: the facts that every permission is decided on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Role and relations of one person, read with at most 2 statements by `queries.people.standing_of`.

    `leads`: ids of departments that the person leads or deputises; `heads`: ids of units that they head.
    """

    person_id: int | None
    role: str
    active: bool
    department_id: int | None
    leads: frozenset[int]
    heads: frozenset[int]

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

    def leads_department(self, department_id: int | None) -> bool:
        """Whether the person leads or deputises the department."""
        return self.active and department_id in self.leads

    def heads_unit(self, unit_id: int | None) -> bool:
        """Whether the person heads the business unit."""
        return self.active and unit_id in self.heads

    def belongs_to(self, department_id: int | None) -> bool:
        """Whether the department is the person's own: their home, or one that they lead."""
        return department_id is not None and (department_id == self.department_id or department_id in self.leads)


HOUSE = Standing(None, "", True, None, frozenset(), frozenset())
