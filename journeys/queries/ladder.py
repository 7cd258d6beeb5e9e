"""The ladder of a flag: owner, lead of the department, head of the unit, executive, administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journeys.models import Flag
from workspace import clock
from workspace.organisation.models import BusinessUnit, DepartmentLead, Person
from workspace.organisation.models.people import answering_person


@dataclass(frozen=True, slots=True)
class Ladder:
    """Active people by rung: leads by department, heads by unit, and the first executive and administrator."""

    leads: Mapping[int, int]
    heads: Mapping[int, int]
    executive: int | None
    administrator: int | None
    active: frozenset[int]

    def next_rung(self, flag: Flag) -> tuple[int, int] | None:
        """The next rung with somebody active on it: (level, person); None where nobody is left to ask.

        Whoever is asked and still active has had their time: the flag goes up, past the rungs on which they stand as
        well. Otherwise the same rung is tried first, and where nobody stands there or above, those below: as long as
        anybody is there, a flag asks somebody.
        """
        if flag.asked_id in self.active:
            return self._first_from(flag.asked_level + 1, flag)
        return self._first_from(flag.asked_level, flag) or self._first_from(Flag.Level.OWNER, flag)

    def _first_from(self, start: int, flag: Flag) -> tuple[int, int] | None:
        rungs = (
            (Flag.Level.LEAD, self.leads.get(flag.department_id or 0)),
            (Flag.Level.HEAD, self.heads.get(flag.unit_id or 0)),
            (Flag.Level.EXECUTIVE, self.executive),
            (Flag.Level.ADMINISTRATOR, self.administrator),
        )
        for level, person_id in rungs:
            asked_already = person_id == flag.asked_id and (level < Flag.Level.EXECUTIVE or level == flag.asked_level)
            if level >= start and person_id is not None and not asked_already:
                return int(level), person_id
        return None


def ladder_of(flags: Sequence[Flag]) -> Ladder:
    """The ladder for these flags, 5 statements."""
    today = clock.today()
    leads = (
        DepartmentLead.objects.filter(
            answering_person(today, "person__"), department__in={f.department_id for f in flags}
        )
        .order_by("-is_deputy", "-id")
        .values_list("department_id", "person_id")
    )
    heads = (
        BusinessUnit.objects.filter(answering_person(today, "head__"), pk__in={f.unit_id for f in flags})
        .order_by()
        .values_list("pk", "head_id")
    )
    active = Person.objects.filter(answering_person(today))
    asked = active.filter(pk__in={f.asked_id for f in flags}).values_list("pk", flat=True)

    def first(role: str) -> int | None:
        return active.filter(role=role).order_by("pk").values_list("pk", flat=True).first()

    return Ladder(
        leads=dict(leads),
        heads=dict(heads),
        executive=first(Person.Role.EXECUTIVE),
        administrator=first(Person.Role.ADMINISTRATOR),
        active=frozenset(asked.order_by()),
    )
