"""What the rows of an import name: teams, their columns, sprints, labels and members, touchpoints, and stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from journeys.models import Touchpoint
from sprints.models import Column, Label, Membership, Sprint, Story, Team
from sprints.rules.imports import names_category
from workspace import db
from workspace.organisation.queries.directory import Contact, people_named


class TeamsByName:
    """Every team, as files name them: 1 statement."""

    def __init__(self) -> None:
        teams = list(Team.objects.order_by("pk"))
        self.by_key = {team.key: team for team in teams}
        self.by_name = {team.name: team for team in teams}
        self.by_folded_name: dict[str, Team | None] = {}
        for team in teams:
            folded = team.name.casefold()
            self.by_folded_name[folded] = None if folded in self.by_folded_name else team

    def find(self, name: str) -> Team | None:
        """The team with this key, else of this name; whatever the case of the letters, where only one has it."""
        return self.by_key.get(name.upper()) or self.by_name.get(name) or self.by_folded_name.get(name.casefold())


@dataclass(slots=True)
class Ground:
    """What some teams have that stories stand in or carry, read under the locks of their orders: 3 statements."""

    teams: Mapping[int, Team]
    columns: Mapping[int, list[Column]]
    columns_by_id: Mapping[int, Column]
    sprints: Mapping[tuple[int, int], Sprint]
    sprints_by_id: Mapping[int, Sprint]

    @classmethod
    def read(cls, team_ids: Collection[int]) -> Ground:
        """The teams, their columns from left to right, and their sprints. The rows of the teams are locked."""
        held = Team.objects.select_for_update(no_key=True).filter(pk__in=db.one_of("bigint", team_ids)).order_by("pk")
        columns: defaultdict[int, list[Column]] = defaultdict(list)
        found = Column.objects.filter(team_id__in=db.one_of("bigint", team_ids)).order_by("team", "position", "pk")
        for column in found:
            columns[column.team_id].append(column)
        sprints = list(Sprint.objects.filter(team_id__in=db.one_of("bigint", team_ids)).order_by("pk"))
        return cls(
            {team.pk: team for team in held},
            columns,
            {column.pk: column for some in columns.values() for column in some},
            {(sprint.team_id, sprint.number): sprint for sprint in sprints},
            {sprint.pk: sprint for sprint in sprints},
        )

    def column(self, team_id: int, name: str) -> Column | None:
        """The column of this name, or the first one of the category that is named; "": the first to-do column."""
        columns = self.columns[team_id]
        if not name:
            return next(column for column in columns if column.category == Column.Category.TODO)
        folded = name.casefold()
        exact = (column for column in columns if column.name == name)
        by_name = (column for column in columns if column.name.casefold() == folded)
        by_category = (
            column for column in columns if names_category(name, column.category, column.get_category_display())
        )
        return next(exact, None) or next(by_name, None) or next(by_category, None)

    def column_names(self, team_id: int) -> str:
        """The columns of a team, as a message lists them."""
        return ", ".join(column.name for column in self.columns[team_id])


@dataclass(slots=True)
class Carried:
    """Labels by team and folded name, touchpoints by external id, people by address and whether they are members."""

    labels: dict[int, dict[str, Label]] = field(default_factory=lambda: defaultdict(dict))
    touchpoints: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, Contact] = field(default_factory=dict)
    memberships: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def read(
        cls, team_ids: Collection[int], *, with_labels: bool, touchpoints: Collection[str], emails: Collection[str]
    ) -> Carried:
        """What is there of what rows name: at most 4 statements, none for what no row names."""
        carried = cls()
        if with_labels:
            for label in Label.objects.filter(team_id__in=db.one_of("bigint", team_ids)).order_by("pk"):
                carried.labels[label.team_id].setdefault(label.name.casefold(), label)
        if touchpoints:
            found = Touchpoint.objects.filter(external_id__in=db.one_of("text", touchpoints)).order_by()
            carried.touchpoints = {key: pk for key, pk in found.values_list("external_id", "pk") if key}
        carried.people = people_named(emails)
        if carried.people:
            members = Membership.objects.filter(team_id__in=db.one_of("bigint", team_ids)).order_by()
            carried.memberships = frozenset(members.values_list("team_id", "person_id"))
        return carried


@dataclass(frozen=True, slots=True)
class Named:
    """A story as rows find it."""

    pk: int
    team_id: int
    number: int
    external_id: str | None
    folded_title: str
    is_deleted: bool
    is_history: bool
    """Whether it stands in a closed sprint: it is known by its number and its id, and no more by its title."""


class StoriesByName:
    """The stories of some teams that rows may mean, by number, by external id, and by title: 1 statement."""

    def __init__(
        self, team_ids: Collection[int], *, numbers: Iterable[int], external_ids: Iterable[str], titles: Iterable[str]
    ) -> None:
        self.by_number: dict[tuple[int, int], Named] = {}
        self.by_id: dict[tuple[int, str], Named] = {}
        self.by_title: defaultdict[tuple[int, str], list[Named]] = defaultdict(list)
        there = Story.objects.filter(team_id__in=db.one_of("bigint", team_ids)).order_by()
        asked = [
            there.filter(**{f"{column}__in": db.one_of(kind, listed)})
            for column, kind, listed in (
                ("number", "bigint", list(numbers)),
                ("external_id", "text", list(external_ids)),
                ("folded_title", "text", list(titles)),
            )
            if listed
        ]
        fields = ("pk", "team_id", "number", "external_id", "folded_title", "deleted_at", "sprint__state")
        parts = [stories.values_list(*fields) for stories in asked]
        for pk, team_id, number, external_id, title, deleted_at, state in parts[0].union(*parts[1:]) if parts else ():
            is_history = state == Sprint.State.CLOSED
            self._know(Named(pk, team_id, number, external_id, title, deleted_at is not None, is_history))

    def _know(self, story: Named) -> None:
        self.by_number[story.team_id, story.number] = story
        if story.external_id:
            self.by_id[story.team_id, story.external_id] = story
        if not story.is_deleted and not story.is_history:
            self.by_title[story.team_id, story.folded_title].append(story)
