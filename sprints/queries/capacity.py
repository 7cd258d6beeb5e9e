"""How much a team can take on in a sprint, and what it did in the last ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sprints.models import Absence, Membership, Sprint, SprintReport, Team
from sprints.rules.capacity import VELOCITY_SPRINTS, capacity_days, days_away, mean_points, working_days
from workspace import clock
from workspace.organisation.models import Person
from workspace.organisation.models.people import answering_person


@dataclass(frozen=True, slots=True)
class MemberCapacity:
    """What one member brings: of `working` days Monday to Friday they are `away` on some; `days` are the team's."""

    person: Person
    allocation: int
    working: int
    away: int

    @property
    def days(self) -> Decimal:
        """Days of work for this team."""
        return capacity_days(self.working, self.away, self.allocation)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the members bring to a stretch of days: those who are active and no guests."""

    members: Sequence[MemberCapacity]

    @property
    def days(self) -> Decimal:
        """Days of work of all together."""
        return sum((member.days for member in self.members), Decimal())


@dataclass(frozen=True, slots=True)
class Velocity:
    """The mean of the points done in the last closed sprints. `done`: of each of them, the oldest first."""

    done: Sequence[Decimal]

    @property
    def points(self) -> Decimal | None:
        """Points per sprint, to one decimal; None where no sprint is closed."""
        return mean_points(self.done)

    @property
    def n(self) -> int:
        """Of how many sprints this is the mean."""
        return len(self.done)


def capacity_of(sprint: Sprint) -> Capacity:
    """The capacity of a sprint: 2 statements. Asked today: who left before does not count, who leaves in it does."""
    return capacity_between(sprint.team_id, sprint.starts_on, sprint.ends_on)


def capacity_between(team_id: int, first: date, last: date) -> Capacity:
    """The capacity of a team from the first to the last of these days, included: 2 statements."""
    active = answering_person(clock.today(), "person__")
    members = Membership.objects.filter(active, team=team_id).select_related("person").order_by("person__name", "id")
    absences: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    away = Absence.objects.filter(
        person__memberships__team=team_id, starts_on__lte=last, ends_on__gte=first
    ).values_list("person", "starts_on", "ends_on")
    for person_id, starts_on, ends_on in away.order_by():
        absences[person_id].append((starts_on, ends_on))
    days = working_days(first, last)
    return Capacity(
        [
            MemberCapacity(
                member.person,
                member.allocation,
                len(days),
                days_away(days, absences[member.person_id], member.person.left_on),
            )
            for member in members
        ]
    )


def velocity_of(team: Team) -> Velocity:
    """The velocity of a team, from the reports of its last three closed sprints: 1 statement."""
    reports = SprintReport.objects.filter(sprint__team=team).order_by("-sprint__number")
    done = reports.values_list("data__done__points", flat=True)[:VELOCITY_SPRINTS]
    return Velocity([Decimal(text) for text in reversed(list(done))])
