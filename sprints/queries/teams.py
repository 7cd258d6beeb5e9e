"""Reading teams: who is in them, and from how many departments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sprints.models import Membership, Team
from sprints.rules.teams import blau_index
from workspace import clock
from workspace.organisation.models import Department, Person
from workspace.organisation.models.people import answering_person


@dataclass(frozen=True, slots=True)
class Part:
    """The members of one home department; None for those without one."""

    department: Department | None
    count: int

    @property
    def name(self) -> str:
        """The department's name, or words for none."""
        return self.department.name if self.department else _("no department")


@dataclass(frozen=True, slots=True)
class Mix:
    """From which departments the members of a team are, the most first, and how mixed that makes it."""

    parts: Sequence[Part]

    @property
    def n(self) -> int:
        """How many members there are."""
        return sum(part.count for part in self.parts)

    @property
    def blau(self) -> float:
        """Blau's index (see `blau_index`): 0 where all are of one department."""
        return blau_index({part.department and part.department.pk: part.count for part in self.parts})


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is listed in a team. Who has left, or is a guest now, does not count: `counts`."""

    membership: Membership
    counts: bool

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.membership.person


def members_of(team: Team) -> list[Member]:
    """Everybody who is listed in the team, by name, with their home department and its unit: 1 statement."""
    rows = team.memberships.select_related("person__department__unit").order_by("person__name", "id")
    return [Member(row, counts=row.person.works_here and not row.person.is_guest) for row in rows]


def mix_of(members: Iterable[Member]) -> Mix:
    """The mix of departments of the members that count; those without a department are a group of their own."""
    departments = [member.person.department for member in members if member.counts]
    counted = Counter(department and department.pk for department in departments)
    by_id = {department and department.pk: department for department in departments}
    parts = [Part(by_id[pk], count) for pk, count in counted.items()]
    return Mix(sorted(parts, key=lambda part: (-part.count, part.name.casefold())))


def people_of(team: Team) -> QuerySet[Person]:
    """Members who can be given work today, by name: active, no guests."""
    here = answering_person(clock.today())
    return Person.objects.active().filter(here, memberships__team=team).order_by("name", "email")


def team_named(name: str) -> Team | None:
    """The team of this name, whatever the case of its letters, archived ones included: 1 statement."""
    folded = name.casefold()
    # The cases of letters beyond ASCII are not known to every database.
    return next((team for team in Team.objects.order_by() if team.name.casefold() == folded), None)


def team_with_key(key: str) -> Team | None:
    """The team with this key, whatever the case of its letters, archived ones included: 1 statement."""
    return Team.objects.filter(key=key.strip().upper()).first()
