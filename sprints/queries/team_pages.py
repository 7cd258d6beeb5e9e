"""The list of teams, and the settings of one: who is in it, how its board is set up, and who sees it from outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from sprints.models import Absence, Column, Label, Membership, Sprint, Team
from sprints.queries.teams import Member, Mix, members_of, mix_of
from workspace import clock
from workspace.errors import Unknown
from workspace.organisation.models import Person, Share
from workspace.organisation.models.people import answering_person
from workspace.organisation.queries.sharing import guests_without, shares_of

ROLE_ORDER = {"product_owner": 0, "scrum_master": 1, "member": 2}


@dataclass(slots=True)
class TeamCard:
    """A team in the list. `days_left` of its active sprint counts today; 0 and less when it is late."""

    team: Team
    members: list[Member] = field(default_factory=list)
    sprint: Sprint | None = None
    days_left: int = 0

    @property
    def mix(self) -> Mix:
        """The departments of its members."""
        return mix_of(self.members)


def team_seen(person: Person, key: str) -> Team:
    """The team with this key, with 1 statement. Raises Unknown, alike for one that is not there or not to be seen."""
    team = Team.objects.visible_to(person).filter(key=key).first()
    if team is None:
        raise Unknown(
            _("There is no team %(key)s that you can see.") % {"key": key},
            next_step=_("Check the address, or choose a team from the list."),
        )
    return team


def members_in(teams: Collection[int]) -> dict[int, list[Member]]:
    """The people of teams who count, whoever runs a team first, then by name: 1 statement."""
    rows = (
        Membership.objects.filter(answering_person(clock.today(), "person__"), team__in=teams)
        .select_related("person__department")
        .order_by("person__name", "id")
    )
    by_team: dict[int, list[Member]] = {}
    for row in rows:
        by_team.setdefault(row.team_id, []).append(Member(row, counts=True))
    return {team_id: in_order(listed) for team_id, listed in by_team.items()}


def in_order(members: Iterable[Member]) -> list[Member]:
    """Whoever runs the team first; otherwise as they are."""
    return sorted(members, key=lambda one: ROLE_ORDER[one.membership.role])


def team_cards(teams: Sequence[Team]) -> list[TeamCard]:
    """These teams with their people and active sprints: 2 statements."""
    ids = [team.pk for team in teams]
    people = members_in(ids)
    active = {row.team_id: row for row in Sprint.objects.filter(team__in=ids, state=Sprint.State.ACTIVE).order_by()}
    today = clock.today()
    return [
        TeamCard(team, people.get(team.pk, []), sprint, (sprint.ends_on - today).days + 1 if sprint else 0)
        for team in teams
        for sprint in [active.get(team.pk)]
    ]


def teams_of(person: Person) -> QuerySet[Team]:
    """The open teams that the person belongs to and may see."""
    mine = Membership.objects.filter(person=person).order_by().values("team")
    return Team.objects.visible_to(person).open().filter(pk__in=mine)


@dataclass(slots=True)
class Away:
    """An absence, and whose."""

    absence: Absence
    person: Person
    is_now: bool


@dataclass(slots=True)
class TeamSettings:
    """How a team is set up. `runs`: whether the viewer may change it; `shares` are read only for them."""

    team: Team
    runs: bool
    members: list[Member]
    mix: Mix
    columns: list[Column]
    labels: list[Label]
    away: list[Away]
    shares: list[Share]
    can_choose_guest: bool

    @property
    def allocated(self) -> float:
        """The shares of the members added up, in whole people."""
        return sum(one.membership.allocation for one in self.members if one.counts) / 100


def team_settings(team: Team, *, runs: bool) -> TeamSettings:
    """All of the settings of a team: 4 statements, and 2 more for whoever runs it."""
    members = in_order(members_of(team))
    present = Q(stories__deleted_at__isnull=True)
    columns = team.columns.annotate(stories_here=Count("stories", filter=present)).order_by("position", "id")
    labels = team.labels.annotate(
        stories_here=Count("story_links", filter=Q(story_links__story__deleted_at__isnull=True))
    ).order_by("name")
    return TeamSettings(
        team=team,
        runs=runs,
        members=members,
        mix=mix_of(members),
        columns=list(columns),
        labels=list(labels),
        away=absences_of([one.person for one in members]),
        shares=shares_of(Team.NOUN, team.pk) if runs else [],
        can_choose_guest=runs and guests_without(Team.NOUN, team.pk).exists(),
    )


def absences_of(people: Collection[Person]) -> list[Away]:
    """The absences of these people from today on, the next first: 1 statement."""
    by_id = {person.pk: person for person in people}
    today: date = clock.today()
    rows = Absence.objects.filter(person__in=by_id, ends_on__gte=today).order_by("starts_on", "ends_on", "id")
    return [Away(row, by_id[row.person_id], row.starts_on <= today) for row in rows]


def suggested_key(name: str) -> str:
    """A key for a team of this name: the initials of several words, else the first letters. "" where none is left."""
    words = ["".join(letter for letter in word if letter.isascii() and letter.isalnum()) for word in name.split()]
    words = [word.upper() for word in words if word]
    joined = "".join(word[0] for word in words) if len(words) > 2 else "".join(words)[:4]
    key = joined.lstrip("0123456789")[:10]
    return key if len(key) > 1 else ""
