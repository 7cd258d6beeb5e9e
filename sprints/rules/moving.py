"""Where a story can go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace.organisation.rules.decisions import YES, Decision, no

RESTORABLE = timedelta(days=30)
"""How long a deleted story can be restored."""

WORKING = ("doing", "review")
DONE = "done"


@dataclass(frozen=True, slots=True)
class SprintFacts:
    """What decides whether stories come and go in a sprint."""

    team_id: int
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What decides whether a column takes stories. `present`: how many it has, in the sprint that is meant."""

    team_id: int
    name: str
    wip_limit: int | None = None
    wip_blocks: bool = False
    present: int = 0

    def with_present(self, more: int) -> ColumnFacts:
        """The column with so many more stories in it."""
        return replace(self, present=self.present + more)


def is_there(*, code: str, is_deleted: bool) -> Decision:
    """A deleted story goes nowhere."""
    if is_deleted:
        return no(_("%(code)s was deleted.") % {"code": code}, _("Restore it first."))
    return YES


def is_column_of(column: ColumnFacts | None, *, team_id: int, team_name: str) -> Decision:
    """Stories stay on the board of their team. None: the column is not there any more."""
    if column is None:
        return no(_("This column was removed."), _("Choose one that the board of %(team)s has.") % {"team": team_name})
    if column.team_id != team_id:
        return no(
            _("“%(column)s” is a column of another team.") % {"column": column.name},
            _("Choose a column of %(team)s.") % {"team": team_name},
        )
    return YES


def takes_stories(sprint: SprintFacts | None, *, team_id: int, team_name: str) -> Decision:
    """A sprint takes stories of its own team, until it is closed. None: the sprint is not there any more."""
    if sprint is None:
        return no(_("This sprint was removed."), _("Choose another sprint, or the backlog."))
    if sprint.team_id != team_id:
        return no(
            _("Sprint %(number)s belongs to another team.") % {"number": sprint.number},
            _("Choose a sprint of %(team)s.") % {"team": team_name},
        )
    if sprint.state == "closed":
        return no(
            _("Sprint %(number)s is closed and takes no stories.") % {"number": sprint.number},
            _("Choose the active or a planned sprint, or the backlog."),
        )
    return YES


def lets_go(sprint: SprintFacts | None) -> Decision:
    """What was in a sprint when it closed stays there: its report is frozen. None: the backlog."""
    if sprint is not None and sprint.state == "closed":
        return no(
            _("Sprint %(number)s is closed; its stories stay as they are.") % {"number": sprint.number},
            _("Create a new story for what is left to do."),
        )
    return YES


def has_room(column: ColumnFacts, *, entering: int = 1) -> Decision:
    """A column that blocks at its WIP limit takes no more stories than that at once."""
    limit = column.wip_limit
    if limit is None or not column.wip_blocks or entering == 0 or column.present + entering <= limit:
        return YES
    return no(
        ngettext(
            "“%(column)s” takes %(limit)s stories at once and has %(present)s: one more does not fit.",
            "“%(column)s” takes %(limit)s stories at once and has %(present)s: %(entering)s more do not fit.",
            entering,
        )
        % {"column": column.name, "limit": limit, "present": column.present, "entering": entering},
        _("Finish something there first; whoever runs the team can change the limit."),
    )


def is_of_one_team(team_ids: set[int]) -> Decision:
    """What happens to several stories at once happens to stories of one team."""
    if len(team_ids) > 1:
        return no(_("These are stories of several teams."), _("Choose stories of one team."))
    return YES


def can_be_restored(*, code: str, deleted_at: datetime, now: datetime) -> Decision:
    """A deleted story can be brought back for 30 days."""
    if now - deleted_at > RESTORABLE:
        return no(
            _("%(code)s was deleted on %(day)s, more than 30 days ago.")
            % {"code": code, "day": deleted_at.date().isoformat()},
            _("Create a new story."),
        )
    return YES
