"""Where the stories of a file stand: in which column, in which sprint."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sprints.commands.imports.finding import Finding
from sprints.models import Column, Sprint, Story
from sprints.rules.imports import sprint_number
from sprints.rules.moving import DONE, WORKING, SprintFacts, lets_go, takes_stories
from workspace.organisation.commands.imports.rows import Row

COLUMN, SPRINT = "column", "sprint"


class Placing:
    """Columns and sprints as the rows name them. An import is no move by hand: WIP limits do not refuse it."""

    def __init__(self, finding: Finding, now: datetime) -> None:
        self.ground = finding.ground
        self.team_of: Mapping[Row, int] = finding.team_of
        self.now = now

    def check(self, row: Row, story: Story | None) -> None:
        """Reject a row that names a column or a sprint that its team does not have, or that takes no stories."""
        team = self.ground.teams[self.team_of[row]]
        if row.get(COLUMN) and COLUMN in row.news and self._column(row) is None:
            row.reject(
                COLUMN,
                _("The board of %(team)s has no such column. Write one of: %(columns)s.")
                % {"team": team.name, "columns": self.ground.column_names(team.pk)},
            )
        if row.get(SPRINT) and SPRINT in row.news:
            sprint = self._sprint(row)
            if sprint is None:
                row.reject(
                    SPRINT,
                    _("%(team)s has no sprint with this number. Plan it first, or leave the cell empty.")
                    % {"team": team.name},
                )
            elif story is None or story.sprint_id != sprint.pk:
                decision = takes_stories(_facts(sprint), team_id=team.pk, team_name=team.name)
                if not decision:
                    row.reject(SPRINT, f"{decision.reason} {decision.next_step}")

    def _column(self, row: Row) -> Column | None:
        return self.ground.column(self.team_of[row], row.get(COLUMN))

    def _sprint(self, row: Row) -> Sprint | None:
        number = row.values.get(SPRINT)
        return self.ground.sprints.get((self.team_of[row], number)) if number is not None else None

    def place_new(self, row: Row) -> tuple[Column, Sprint | None]:
        """Where a new story stands: in the first to-do column and in the backlog, where the row says nothing."""
        column = self._column(row)
        if column is None:
            raise LookupError(f"the column {row.get(COLUMN)!r} was checked and is not there")
        return column, self._sprint(row)

    def move(self, row: Row, story: Story) -> dict[str, Any]:
        """Put a story where the row says anew; what the event keeps of it, empty when it stands there already.

        An emptied sprint takes the story out of the sprint that the file had named; an emptied column says nothing.
        What was in a sprint when it closed stays there: the cells are refused.
        """
        old_column, old_sprint_id = self.ground.columns_by_id[story.column_id], story.sprint_id
        column = self._column(row) if COLUMN in row.news and row.get(COLUMN) else old_column
        assert column is not None, "checked before"
        sprint_id = self._sprint_id(row, story)
        if (column.pk, sprint_id) == (story.column_id, story.sprint_id):
            return {}
        decision = lets_go(_facts(self.ground.sprints_by_id.get(old_sprint_id or 0)))
        if not decision:
            for name, differs in ((COLUMN, column != old_column), (SPRINT, sprint_id != old_sprint_id)):
                if differs:
                    row.refuse(name, f"{decision.reason} {decision.next_step}")
            return {}
        story.sprint_id = sprint_id
        if column != old_column:
            story.column, story.in_column_since = column, self.now
            if story.started_at is None and column.category in WORKING:
                story.started_at = self.now
            if (column.category == DONE) != (story.done_at is not None):
                story.done_at = self.now if column.category == DONE else None
        return {
            "old": old_column.pk,
            "new": column.pk,
            "old_category": old_column.category,
            "new_category": column.category,
            "old_sprint": old_sprint_id,
            "new_sprint": sprint_id,
            "old_rank": story.rank,
            "new_rank": story.rank,
        }

    def _sprint_id(self, row: Row, story: Story) -> int | None:
        if SPRINT not in row.news:
            return story.sprint_id
        if row.get(SPRINT):
            sprint = self._sprint(row)
            return sprint.pk if sprint else story.sprint_id
        named = self.ground.sprints_by_id.get(story.sprint_id or 0)
        is_files_own = named is not None and row.was(SPRINT) and sprint_number(row.was(SPRINT)) == named.number
        return None if is_files_own else story.sprint_id


def _facts(sprint: Sprint | None) -> SprintFacts | None:
    return SprintFacts(sprint.team_id, sprint.number, sprint.state) if sprint else None
