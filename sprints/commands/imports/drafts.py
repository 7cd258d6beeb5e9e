"""Stories that a file brings: light as long as they are not written, for there may be very many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Max

from sprints.commands.rebalancing import rebalance_if_long
from sprints.models import Column, Sprint, Story, Team
from sprints.queries.field_values import told
from sprints.queries.order import Place
from sprints.rules.moving import DONE, WORKING
from sprints.rules.stories import fold
from workspace import db


@dataclass(slots=True, eq=False)
class NewStory:
    """A story that is not written yet, with the fields that a file can set; number, rank and `pk` come at the end."""

    team_id: int
    column: Column
    sprint: Sprint | None = None
    external_id: str | None = None
    title: str = ""
    kind: str = Story.Kind.STORY.value
    description: str = ""
    points: Decimal | None = None
    channel: str = ""
    due_on: date | None = None
    publish_on: date | None = None
    number: int = 0
    rank: str = ""
    pk: int = 0

    def told(self) -> dict[str, Any]:
        """What the event of the import keeps of it, as that of a single new story does."""
        return {
            "column": self.column.pk,
            "category": self.column.category,
            "sprint": self.sprint.pk if self.sprint else None,
            "points": told(self.points),
            "horizon": "",
            "unplanned_reason": "",
        }


Found = Story | NewStory

PLAIN = ("team_id", "number", "external_id", "title", "kind", "description", "rank", "channel", "due_on", "publish_on")
EMPTY = {
    "horizon": "", "blocked_reason": "", "unplanned_reason": "", "hypothesis": "", "metric": "", "result": "",
    "comment_count": 0, "item_count": 0, "ticked_count": 0, "attachment_count": 0, "waiting_approvals": 0,
    "version": 1, "revision": 1,
}  # fmt: skip
COLUMNS = (
    *PLAIN, "folded_title", "points", "column_id", "sprint_id", "created_at", "in_column_since", "started_at",
    "done_at", *EMPTY,
)  # fmt: skip


def write_new(stories: Sequence[NewStory], now: datetime) -> None:
    """Write them behind the stories of their teams, in their order: 1 statement, and 3 for each team.

    Whoever calls this holds the locks of the orders.
    """
    by_team: dict[int, list[NewStory]] = {}
    for story in stories:
        by_team.setdefault(story.team_id, []).append(story)
    for team_id, some in by_team.items():
        _number(team_id, some)
    by_number = {(story.team_id, story.number): story for story in stories}
    rows = [_row(story, now) for story in stories]
    for pk, team_id, number in db.insert_rows(Story, COLUMNS, rows, returning=("id", "team_id", "number")):
        by_number[team_id, number].pk = pk


def _number(team_id: int, stories: Sequence[NewStory]) -> None:
    """Take numbers and keys of the order for all of them in one go."""
    Team.objects.filter(pk=team_id).update(last_number=F("last_number") + len(stories))
    newest = Team.objects.values_list("last_number", flat=True).get(pk=team_id)
    last = Story.objects.filter(team=team_id).aggregate(last=Max("rank"))["last"]
    keys = Place(last).keys(len(stories))
    for place, (story, key) in enumerate(zip(stories, keys, strict=True), start=1):
        story.number, story.rank = newest - len(stories) + place, key
    rebalance_if_long(team_id, *keys)


def _row(story: NewStory, now: datetime) -> tuple[Any, ...]:
    category = story.column.category
    return (
        *[getattr(story, name) for name in PLAIN],
        fold(story.title),
        None if story.points is None else str(story.points),
        story.column.pk,
        story.sprint.pk if story.sprint else None,
        now,
        now,
        now if category in WORKING else None,
        now if category == DONE else None,
        *EMPTY.values(),
    )
