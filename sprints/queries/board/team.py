"""Whose board it is, what the viewer may do there, and whether anything has happened since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from sprints.models import Membership, Sprint, Team
from sprints.rules.standing import TeamStanding
from sprints.rules.working import may_run, may_work
from workspace.activity.models import Event
from workspace.errors import Unknown
from workspace.organisation.models import Person
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class BoardTeam:
    """A team as its board is opened: `works` and `runs` say what the viewer may do, `mark` moves with every event."""

    team: Team
    standing: TeamStanding
    active_id: int | None
    mark: str

    @property
    def works(self) -> bool:
        """Whether the viewer changes stories here."""
        return self.team.archived_at is None and bool(may_work(self.standing))

    @property
    def runs(self) -> bool:
        """Whether the viewer runs the team."""
        return self.team.archived_at is None and bool(may_run(self.standing))


def board_team(person: Person, key: str) -> BoardTeam:
    """The team with this key, with 1 statement. Raises Unknown, alike for missing and hidden ones.

    The mark is read here, before anything that it marks: what is kept under it is never older.
    """
    row: Any = with_rights(Team.objects.visible_to(person).filter(key=key), person).first()
    if row is None:
        raise Unknown(
            _("There is no team %(key)s that you can see.") % {"key": key[:20]},
            next_step=_("Check the address, or choose a team from the list."),
        )
    return BoardTeam(row, standing_in(person, row.viewer_role or ""), row.active_sprint, f"{row.placed}.{row.waiting}")


def with_rights(teams: QuerySet[Team], person: Person) -> QuerySet[Team]:
    """These teams with the viewer's role, the active sprint, and the mark of their events."""
    scope = Concat(Value("team:"), OuterRef("pk"))
    events: Any = Event.objects.order_by().filter(scope=scope).values("scope")
    role = Membership.objects.filter(team=OuterRef("pk"), person=person).order_by().values("role")[:1]
    active = Sprint.objects.filter(team=OuterRef("pk"), state=Sprint.State.ACTIVE).order_by().values("pk")[:1]
    return teams.order_by().annotate(
        viewer_role=Subquery(role),
        active_sprint=Subquery(active),
        placed=Subquery(events.annotate(n=Max("seq")).values("n")),
        waiting=Subquery(events.filter(seq__isnull=True).annotate(n=Count("pk")).values("n")),
    )


def standing_in(person: Person, role: str) -> TeamStanding:
    """Where the viewer of a visible team stands to it. What they lead elsewhere does not count in a team."""
    plain = Standing(person.pk, person.role, person.works_here, person.department_id, frozenset(), frozenset())
    return TeamStanding(plain, role=role, is_shared=person.is_guest)
