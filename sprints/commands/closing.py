"""Closing a sprint: its report is frozen, and what is not done moves on."""

from __future__ import annotations

from collections.abc import Collection

from sprints import events
from sprints.commands.going_along import into_sprint, read_along
from sprints.commands.holding import hold, hold_open, lock_order, save
from sprints.models import Column, Commitment, Sprint, SprintReport, Story, Team
from sprints.queries.standing import working_standing
from sprints.rules.reports import Present, report_data
from sprints.rules.sprints import is_closable, is_next_there
from sprints.rules.teams import is_destination
from sprints.rules.working import may_run
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.organisation.models import Person


@db.command
def close_sprint(sprint: Sprint, *, unfinished_to: str | None = None, actor: Person | None) -> Sprint:
    """Close the active sprint. Stories that are not done go to the "backlog" or the "next" planned sprint.

    `unfinished_to` None: where the team says. They keep their place in the order; what is done stays in the sprint.
    As many statements whatever the number of stories. Raises NotAllowed; RuleBroken when it is not active, or no next
    sprint is planned for what is not done.
    """
    may_run(working_standing(actor, sprint.team_id)).or_not_allowed()
    if unfinished_to is not None:
        is_destination(unfinished_to, known=Team.Unfinished.values).or_rule_broken()
    lock_order(sprint.team_id)
    team = hold_open(sprint.team)
    hold(sprint)
    is_closable(str(sprint), state=sprint.state).or_rule_broken()
    present = _present(sprint)
    unfinished = [story.story_id for story in present if not story.is_done]
    target = None
    if (unfinished_to or team.unfinished_to) == Team.Unfinished.NEXT:
        target = _next(team)
        is_next_there(is_planned=target is not None, unfinished=len(unfinished)).or_rule_broken()
    committed = dict(Commitment.objects.filter(sprint=sprint).values_list("story", "points"))
    target_id = target.pk if target else None
    removed_to = _whereabouts(set(committed) - {story.story_id for story in present})
    report = report_data(committed, present, unfinished_to=target_id, removed_to=removed_to)
    # Deleted stories go along, untold: whoever restores one finds it where work is done.
    moving = Story.objects.filter(sprint=sprint).exclude(column__category=Column.Category.DONE)
    along = read_along(moving)
    moving.update(sprint=target)
    moment = clock.now()
    SprintReport.objects.create(sprint=sprint, made_at=moment, made_by=actor, data=report)
    sprint.state, sprint.closed_at = Sprint.State.CLOSED, moment
    save(sprint, "state", "closed_at")
    data = {"count": len(unfinished), "stories": unfinished, "next_sprint": target_id} | {
        kind: report[kind] for kind in ("committed", "done", "unfinished")
    }
    closed = Happening(events.SPRINT_CLOSED, sprint, data, sprint.scope)
    record(actor, closed, *into_sprint(sprint.scope, along, old=sprint.pk, new=target_id))
    return sprint


def _present(sprint: Sprint) -> list[Present]:
    """The stories of the sprint in their order: 1 statement."""
    rows = Story.objects.present().filter(sprint=sprint).order_by("rank")
    return [
        Present(pk, points, is_done=category == Column.Category.DONE, is_unplanned=bool(reason))
        for pk, points, category, reason in rows.values_list("pk", "points", "column__category", "unplanned_reason")
    ]


def _whereabouts(story_ids: Collection[int]) -> dict[int, int | str]:
    """Where stories are that are not in the sprint any more: a sprint, "backlog" or "deleted". 1 statement."""
    rows = Story.objects.filter(pk__in=db.one_of("bigint", story_ids)).order_by()
    return {
        pk: "deleted" if deleted_at else sprint_id or "backlog"
        for pk, sprint_id, deleted_at in rows.values_list("pk", "sprint", "deleted_at")
    }


def _next(team: Team) -> Sprint | None:
    """The planned sprint that comes first: 1 statement."""
    return team.sprints.filter(state=Sprint.State.PLANNED).order_by("starts_on", "number").first()
