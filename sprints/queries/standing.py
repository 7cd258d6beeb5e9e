"""Where a person stands to a team, read for the rules."""

from __future__ import annotations

from django.db.models import BigIntegerField, QuerySet

from sprints.models import Membership, Team
from sprints.rules.standing import THE_HOUSE, TeamStanding
from workspace import clock, db
from workspace.organisation.models import Person, Share
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.standing import Standing

RUNNING = (Membership.Role.PRODUCT_OWNER, Membership.Role.SCRUM_MASTER)


def working_standing(person: Person | None, team_id: int) -> TeamStanding:
    """Role and membership only, with 1 statement (none for the house): leads and heads do not count in a team."""
    if person is None:
        return THE_HOUSE
    plain = Standing(person.pk, person.role, person.works_here, person.department_id, frozenset(), frozenset())
    return _with_role(plain, person, team_id)


def team_standing(person: Person | None, team_id: int) -> TeamStanding:
    """The whole standing of a person and their role in a team, with 2 statements (none for the house)."""
    if person is None:
        return THE_HOUSE
    return _with_role(standing_of(person), person, team_id)


def _with_role(standing: Standing, person: Person, team_id: int) -> TeamStanding:
    if person.is_guest:
        shares = Share.objects.in_force(clock.today()).filter(guest=person, noun=Team.NOUN, subject_id=team_id)
        return TeamStanding(standing, is_shared=shares.exists())
    roles = _ROLE.ask(team=team_id, person=person.pk)
    return TeamStanding(standing, role=roles[0] if roles else "")


def _role() -> QuerySet[Membership, str]:
    """The role of a person in a team; every move asks for it."""
    in_team = Membership.objects.filter(team=db.Open("team", BigIntegerField()))
    mine = in_team.filter(person=db.Open("person", BigIntegerField()))
    return mine.order_by().values_list("role", flat=True)


_ROLE = db.Ready(_role)


def runs_a_team_of(actor: Person | None, person_id: int) -> bool:
    """Whether the actor is product owner or scrum master of an open team that the person is in: 1 statement."""
    if actor is None:
        return True
    run = Membership.objects.filter(person=actor, role__in=RUNNING, team__archived_at__isnull=True).order_by()
    return Membership.objects.filter(person=person_id, team__in=run.values("team")).exists()
