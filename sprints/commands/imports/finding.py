"""Which team and which story each row means."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from sprints.models import Story
from sprints.queries.imports import Ground, Named, StoriesByName, TeamsByName
from sprints.queries.order import order_lock
from sprints.rules.stories import fold, one_line
from sprints.rules.teams import is_open
from workspace import db
from workspace.organisation.commands.imports.rows import Row

STORY = "story"
"""Under this word a remembered row keeps which story it is: that stays, whatever title it is given here."""


class Finding:
    """The teams and stories of some rows, locked. A row that can mean none, or that comes second, is rejected.

    `stories` holds the rows that name a story which is there; a row that is in neither `stories` nor `left_alone`
    nor rejected brings a new one. `left_alone`: the story was deleted here, and no file brings it back.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        for row in rows:
            row.cells.pop(STORY, None)  # of an attempt that the database refused
        self.team_of = self._teams(rows)
        team_ids = sorted(set(self.team_of.values()))
        if team_ids:
            db.lock(*map(order_lock, team_ids))
        self.ground = Ground.read(team_ids)
        self._reject_archived()
        self.left_alone: set[Row] = set()
        self.seen: dict[tuple[int, str, str | int], Row] = {}
        found = self._found()
        self.stories = self._held(found)

    def _teams(self, rows: Sequence[Row]) -> dict[Row, int]:
        teams = TeamsByName()
        found: dict[Row, int] = {}
        for row in rows:
            team = teams.find(row.cells["team"])
            if team is None:
                row.reject("team", _("There is no team with this key or name. Create it first, or correct the cell."))
            else:
                found[row] = team.pk
        return found

    def _reject_archived(self) -> None:
        for row, team_id in self.team_of.items():
            team = self.ground.teams[team_id]
            decision = is_open(team.name, is_archived=team.archived_at is not None)
            if not decision:
                row.reject("team", f"{decision.reason} {decision.next_step}")

    @property
    def rows(self) -> list[Row]:
        """The rows that are taken, in their order."""
        return [row for row in self.team_of if not row.is_rejected and row not in self.left_alone]

    # -- stories

    def _found(self) -> dict[Row, int]:
        """The id of the story that each row names."""
        known = {row: number for row in self.rows if (number := self._known_number(row)) is not None}
        others = [row for row in self.rows if row not in known]
        by_name = StoriesByName(
            sorted(set(self.team_of.values())),
            numbers=set(known.values()),
            external_ids={row.get("external_id") for row in others} - {""},
            titles={_folded(row) for row in others},
        )
        found: dict[Row, int] = {}
        for row in self.rows:
            team_id = self.team_of[row]
            if row in known:
                named = by_name.by_number.get((team_id, known[row]))
            else:
                named = self._named(row, by_name)
            if row.is_rejected:
                continue
            if named.is_deleted if named is not None else row in known:
                self._leave_alone(row)
            elif self._is_first(row, named) and named is not None:
                found[row] = named.pk
        return found

    def _known_number(self, row: Row) -> int | None:
        """The number of the story that this row brought or found before, if it was in the same team."""
        team_id, _colon, number = row.was(STORY).partition(":")
        return int(number) if number and int(team_id) == self.team_of[row] else None

    def _named(self, row: Row, by_name: StoriesByName) -> Named | None:
        """The story with this external id. One that was known by its title alone takes the id that comes with it."""
        team_id, external_id = self.team_of[row], row.get("external_id")
        if external_id and (team_id, external_id) in by_name.by_id:
            return by_name.by_id[team_id, external_id]
        same = by_name.by_title.get((team_id, _folded(row)), [])
        if external_id:
            same = [story for story in same if story.external_id is None]
            return same[0] if len(same) == 1 else None
        if len(same) > 1:
            key = self.ground.teams[team_id].key
            codes = ", ".join(f"{key}-{number}" for number in sorted(story.number for story in same))
            row.reject(
                "title",
                _("Several stories have this title: %(codes)s. Give each an external_id, or another title.")
                % {"codes": codes},
            )
        return same[0] if same else None

    def _leave_alone(self, row: Row) -> None:
        """Nothing of the row is taken; it is asked about again, in case the story is restored."""
        self.left_alone.add(row)
        for column in row.news:
            row.keep_back(column)
        row.note("deleted-story", row.cells["title"])

    def _is_first(self, row: Row, named: Named | None) -> bool:
        """Whether no earlier row of these means the same story."""
        team_id = self.team_of[row]
        marks: list[tuple[int, str, str | int]] = [(team_id, "title", _folded(row))]
        if named is not None:
            marks = [(team_id, "story", named.pk)]
        elif row.get("external_id"):
            marks = [(team_id, "id", row.get("external_id"))]
        first = next((self.seen[mark] for mark in marks if mark in self.seen), None)
        if first is not None:
            row.reject(
                "external_id" if row.get("external_id") else "title",
                _("Line %(line)s names the same one. Keep one of the two rows.") % {"line": first.record.line},
            )
            return False
        self.seen |= dict.fromkeys(marks, row)
        if named is None:
            self.seen.setdefault((team_id, "title", _folded(row)), row)
        return True

    def _held(self, found: dict[Row, int]) -> dict[Row, Story]:
        if not found:
            return {}
        stories = _lock(found.values())
        return {row: stories[pk] for row, pk in found.items()}

    def remember(self, row: Row, number: int) -> None:
        """Let the next import know the row's story again."""
        row.cells[STORY] = f"{self.team_of[row]}:{number}"


def _lock(ids: Collection[int]) -> dict[int, Story]:
    """These stories, locked, the smallest id first: 1 statement."""
    held = Story.objects.select_for_update(no_key=True).filter(pk__in=db.one_of("bigint", ids))
    return {story.pk: story for story in held.order_by("pk")}


def _folded(row: Row) -> str:
    return fold(one_line(row.cells["title"]))
