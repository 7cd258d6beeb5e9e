"""Who may share a team with guests, and who may see it."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from sprints.models import Membership, Team
from sprints.rules.standing import TeamStanding
from sprints.rules.working import may_share
from workspace.errors import Unknown
from workspace.organisation.models import Person
from workspace.organisation.rules.decisions import Decision
from workspace.organisation.rules.standing import Standing


def may_share_team(standing: Standing, team_id: int) -> Decision:
    """Whether this person may share the team: 1 statement. Raises Unknown where there is none."""
    roles = Membership.objects.filter(team=OuterRef("pk"), person=standing.person_id).order_by().values("role")[:1]
    found = Team.objects.filter(pk=team_id).order_by().values_list(Subquery(roles)).first()
    if found is None:
        raise Unknown(_("There is no team %(id)s.") % {"id": team_id})
    return may_share(TeamStanding(standing, role=found[0] or ""))


def may_see_team(person: Person, team_id: int) -> bool:
    """Whether a person may see the team today: 1 statement for a guest, none for people inside, who see all."""
    return not person.is_guest or Team.objects.visible_to(person).filter(pk=team_id).exists()


def teams_seen_by(person: Person) -> QuerySet[Team, int]:
    """The ids of the teams that a person may see today: 1 statement."""
    return Team.objects.visible_to(person).order_by().values_list("pk", flat=True)
