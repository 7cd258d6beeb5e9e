"""What the days of a sprint have to be like, and when it may start, close and go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sprints.rules.stories import YEARS
from sprints.rules.teams import LONGEST_SPRINT
from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST_GOAL = 500


@dataclass(frozen=True, slots=True)
class Span:
    """The days of another sprint of the team, first and last included."""

    name: str
    starts_on: date
    ends_on: date


def is_near(*days: date) -> Decision:
    """Days of this century: others are slips of the keyboard."""
    for day in days:
        if not YEARS[0] <= day.year <= YEARS[1]:
            return no(_("%(day)s is too far away for a sprint.") % {"day": day.isoformat()}, _("Check the year."))
    return YES


def is_stretch(starts_on: date, ends_on: date) -> Decision:
    """A sprint ends on its first day or later, and takes at most 56 days."""
    if ends_on < starts_on:
        return no(
            _("The sprint would end on %(end)s, before it starts on %(start)s.")
            % {"end": ends_on.isoformat(), "start": starts_on.isoformat()},
            _("Choose a last day that is not before the first."),
        )
    days = (ends_on - starts_on).days + 1
    if days > LONGEST_SPRINT:
        return no(
            _("From %(start)s to %(end)s are %(days)d days.")
            % {"start": starts_on.isoformat(), "end": ends_on.isoformat(), "days": days},
            _("A sprint takes at most %(n)d days.") % {"n": LONGEST_SPRINT},
        )
    return YES


def is_free(starts_on: date, ends_on: date, others: Iterable[Span]) -> Decision:
    """The sprints of a team that are planned or active do not overlap."""
    for other in others:
        if starts_on <= other.ends_on and other.starts_on <= ends_on:
            return no(
                _("%(sprint)s takes %(start)s to %(end)s already.")
                % {
                    "sprint": other.name,
                    "start": other.starts_on.isoformat(),
                    "end": other.ends_on.isoformat(),
                },
                _("Choose days that do not overlap with it."),
            )
    return YES


def is_goal(goal: str) -> Decision:
    """A goal is one sentence or two."""
    if len(goal) > LONGEST_GOAL:
        return no(_("The goal has %(n)d characters.") % {"n": len(goal)}, _("Use at most %(n)d.") % {"n": LONGEST_GOAL})
    return YES


def first_free_day(today: date, ends: Iterable[date]) -> date:
    """The day after the last of these ends, but not before today."""
    return max([today, *(end + timedelta(days=1) for end in ends)])


def is_startable(sprint: str, *, state: str, active: str) -> Decision:
    """A planned sprint starts while no other is active. `active` is the name of that one, "" for none."""
    if state == "active":
        return no(_("%(sprint)s is active already.") % {"sprint": sprint}, _("Nothing is left to do."))
    if state == "closed":
        return no(_("%(sprint)s is closed.") % {"sprint": sprint}, _("Plan another sprint."))
    if active:
        return no(
            _("%(active)s is active; a team has one active sprint.") % {"active": active},
            _("Close %(active)s first.") % {"active": active},
        )
    return YES


def is_closable(sprint: str, *, state: str) -> Decision:
    """Only the active sprint is closed."""
    if state == "active":
        return YES
    if state == "closed":
        return no(_("%(sprint)s is closed already.") % {"sprint": sprint}, _("Nothing is left to do."))
    return no(_("%(sprint)s has not started.") % {"sprint": sprint}, _("Start it, or remove it."))


def is_removable(sprint: str, *, state: str) -> Decision:
    """A sprint that has started is part of the history."""
    if state == "planned":
        return YES
    return no(_("%(sprint)s has started and stays.") % {"sprint": sprint}, _("Only a planned sprint can be removed."))


def is_changeable(sprint: str, *, state: str, fields: Iterable[str]) -> Decision:
    """A closed sprint is not changed, and the first day of an active one is past."""
    if state == "closed":
        return no(_("%(sprint)s is closed.") % {"sprint": sprint}, _("Plan another sprint."))
    if state == "active" and "starts_on" in fields:
        return no(
            _("%(sprint)s has started; its first day stays.") % {"sprint": sprint}, _("Change its last day instead.")
        )
    return YES


def is_next_there(*, is_planned: bool, unfinished: int) -> Decision:
    """Unfinished work goes to the next sprint only where one is planned."""
    if is_planned or not unfinished:
        return YES
    return no(
        _("No next sprint is planned for the %(n)d stories that are not done.") % {"n": unfinished},
        _("Plan the next sprint first, or send them to the backlog."),
    )
