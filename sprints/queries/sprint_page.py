"""The sprints of a team, and one of them: the frozen report of a closed one, what an open one comes to so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sprints.models import Column, Commitment, Sprint, SprintReport, Story, Team
from sprints.rules.reports import AT_START, KINDS, Present, planned_data, report_data
from sprints.rules.stories import points_text
from workspace import clock, db
from workspace.errors import Unknown

KIND_TITLES = {
    "planned": gettext_lazy("Planned"),
    "committed": gettext_lazy("Committed"),
    "done": gettext_lazy("Done"),
    "unfinished": gettext_lazy("Not done"),
    "added": gettext_lazy("Added after the start"),
    "removed": gettext_lazy("Removed after the start"),
    "unplanned": gettext_lazy("Unplanned"),
}
KIND_WORDS = {
    "committed": gettext_lazy("In the sprint when it started, with the points of that moment."),
    "done": gettext_lazy("In a column of “done”."),
    "unfinished": gettext_lazy("In any other column."),
    "added": gettext_lazy("Not in the sprint when it started."),
    "removed": gettext_lazy("In the sprint when it started, and not any more."),
    "unplanned": gettext_lazy("Came as an interruption, with a reason."),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A story in a list of the report. `code` is "" and `title` says so for one that is not there any more."""

    code: str
    number: int
    title: str
    points: str
    went_to: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class ReportList:
    """The stories of one kind, with their number and points."""

    kind: str
    title: str
    words: str
    stories: int
    points: str
    rows: Sequence[ReportRow]


@dataclass(frozen=True, slots=True)
class Reported:
    """What a sprint comes to, as data (see `SprintReport`), and its stories as they are now, by id.

    `report` is there for a closed one: its data is frozen. A planned one has no more than what is `planned` for it.
    """

    report: SprintReport | None
    data: Mapping[str, Any]
    stories: Mapping[int, Story]


@dataclass(frozen=True, slots=True)
class SprintState:
    """What a sprint comes to. `report` is there for a closed one; `days_left` counts today."""

    sprint: Sprint
    report: SprintReport | None
    lists: Sequence[ReportList]
    planned: ReportList | None
    days_left: int


def sprint_seen(team: Team, number: int) -> Sprint:
    """The sprint of the team with this number: 1 statement. Raises Unknown."""
    sprint = team.sprints.filter(number=number).select_related("team").first()
    if sprint is None:
        raise Unknown(
            _("%(team)s has no sprint %(number)s.") % {"team": team.name, "number": number},
            next_step=_("Choose one from the list of its sprints."),
        )
    return sprint


def sprint_state(sprint: Sprint) -> SprintState:
    """The sprint with its lists. 3 statements for a closed one, 5 for an active one, 1 for a planned one."""
    told, days_left = reported(sprint), days_left_of(sprint)
    if sprint.state == Sprint.State.PLANNED:
        return SprintState(sprint, None, [], _list("planned", told, {}, sprint.team.key), days_left)
    numbers = dict(sprint.team.sprints.order_by().values_list("pk", "number"))
    lists = [_list(kind, told, numbers, sprint.team.key) for kind in KINDS]
    return SprintState(sprint, told.report, lists, None, days_left)


def days_left_of(sprint: Sprint) -> int:
    """The days until the sprint ends, today and its last one counted."""
    return (sprint.ends_on - clock.today()).days + 1


def reported(sprint: Sprint) -> Reported:
    """What the sprint comes to. 2 statements for a closed one, 4 for an active one, 1 for a planned one."""
    if sprint.state == Sprint.State.PLANNED:
        present = list(Story.objects.present().filter(sprint=sprint).order_by("rank"))
        return Reported(None, planned_data((story.pk, story.points) for story in present), _by_id(present))
    report = None
    if sprint.state == Sprint.State.CLOSED:
        report = SprintReport.objects.select_related("made_by").filter(sprint=sprint).first()
    data = report.data if report is not None else _so_far(sprint)
    stories = Story.objects.filter(pk__in=db.one_of("bigint", [row["id"] for row in data["stories"]]))
    return Reported(report, data, _by_id(stories))


def _by_id(stories: Iterable[Story]) -> dict[int, Story]:
    return {story.pk: story for story in stories}


def _so_far(sprint: Sprint) -> dict[str, Any]:
    """The data of a report as it would be now, nothing moved: 3 statements."""
    present = _present(sprint)
    committed = dict(Commitment.objects.filter(sprint=sprint).order_by("id").values_list("story", "points"))
    gone = set(committed) - {story.story_id for story in present}
    rows = Story.objects.filter(pk__in=db.one_of("bigint", gone)).order_by()
    removed_to: dict[int, int | str] = {
        pk: "deleted" if deleted_at else sprint_id or "backlog"
        for pk, sprint_id, deleted_at in rows.values_list("pk", "sprint", "deleted_at")
    }
    data = report_data(committed, present, unfinished_to=None, removed_to=removed_to)
    here = {story.story_id for story in present}
    for row in data["stories"]:
        if row["id"] in here:
            row["to"] = ""
    return data


def _present(sprint: Sprint) -> list[Present]:
    rows = Story.objects.present().filter(sprint=sprint).order_by("rank")
    return [
        Present(pk, points, is_done=category == Column.Category.DONE, is_unplanned=bool(reason))
        for pk, points, category, reason in rows.values_list("pk", "points", "column__category", "unplanned_reason")
    ]


def _list(kind: str, told: Reported, numbers: Mapping[int, int], key: str) -> ReportList:
    at_start = kind in AT_START
    rows = [
        _row(row, row["committed_points" if at_start else "points"], told.stories.get(row["id"]), numbers, key)
        for row in told.data["stories"]
        if kind in row["is"]
    ]
    counted, words = told.data[kind], str(KIND_WORDS.get(kind, ""))
    return ReportList(kind, str(KIND_TITLES[kind]), words, counted["stories"], counted["points"], rows)


def _row(
    row: Mapping[str, Any], points: str | None, story: Story | None, numbers: Mapping[int, int], key: str
) -> ReportRow:
    went_to = _went_to(row["to"], numbers)
    if story is None or story.deleted_at is not None:
        number = story.number if story else 0
        return ReportRow(f"{key}-{number}" if story else "", number, _("deleted"), points or "", went_to, True)
    return ReportRow(f"{key}-{story.number}", story.number, story.title, points or "", went_to, False)


def _went_to(where: object, numbers: Mapping[int, int]) -> str:
    if where == "backlog":
        return _("to the backlog")
    if where == "deleted" or not where:
        return ""
    number = numbers.get(int(str(where)))
    return _("to Sprint %(number)s") % {"number": number} if number else _("to another sprint")


@dataclass(frozen=True, slots=True)
class SprintLine:
    """A sprint in the list. `committed`, `done`, `unfinished`: {"stories": n, "points": text}, None where unknown."""

    sprint: Sprint
    committed: Mapping[str, Any] | None
    done: Mapping[str, Any] | None
    unfinished: Mapping[str, Any] | None
    days_left: int


def sprints_of(team: Team) -> QuerySet[Sprint]:
    """The sprints of the team with their reports, the newest first."""
    return team.sprints.select_related("report").order_by("-number")


def sprint_lines(sprints: Collection[Sprint]) -> list[SprintLine]:
    """These sprints with their numbers: 1 statement."""
    committed: dict[int, dict[str, Any]] = {}
    active = [sprint.pk for sprint in sprints if sprint.state == Sprint.State.ACTIVE]
    counted = Commitment.objects.filter(sprint__in=active).order_by().values("sprint")
    for row in counted.annotate(stories=Count("pk"), total=Sum("points")):
        committed[row["sprint"]] = {"stories": row["stories"], "points": points_text(row["total"] or Decimal(0))}
    today = clock.today()
    lines = []
    for sprint in sprints:
        data = sprint.report.data if sprint.state == Sprint.State.CLOSED and hasattr(sprint, "report") else {}
        lines.append(
            SprintLine(
                sprint,
                data.get("committed") or committed.get(sprint.pk),
                data.get("done"),
                data.get("unfinished"),
                (sprint.ends_on - today).days + 1,
            )
        )
    return lines
