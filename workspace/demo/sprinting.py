"""Five weeks of sprints at Larkmoor, as acts: teams are founded, plan, work and close, and are busy today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import ParamSpec

from sprints import commands as sprints
from sprints.models import Column, Initiative, Label, Sprint, Story, Team
from workspace.demo import scenery
from workspace.demo.acts import Act, person, touchpoint
from workspace.demo.cast import SIGN_INS
from workspace.demo.teams import (
    ABSENCES,
    APPROVERS,
    CHECKLISTS,
    COMMENTS,
    EXPERIMENTS,
    INITIATIVES,
    TEAMS,
    TONES,
    DemoTeam,
)
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

P = ParamSpec("P")
WORKING_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10)  # of a sprint, counted from its Monday; on the last Friday it is closed
SPRINTS = {1: (-28, 1, 5), 2: (-14, 6, 10), 3: (0, 11, 15), 4: (14, 16, 18)}  # first day, first and last story


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted from the Monday on which the active sprint began, four to ten days ago."""

    today: date

    @property
    def monday(self) -> date:
        """The first day of the active sprint."""
        day = self.today - timedelta(days=4)
        return day - timedelta(days=day.weekday())

    def day(self, offset: int) -> date:
        """So many days after that Monday, or before it."""
        return self.monday + timedelta(days=offset)

    def act(self, offset: int, play: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> Act:
        """What happens on that day: a call with these arguments."""
        return Act((self.today - self.day(offset)).days, partial(play, *args, **kwargs))


def acts(today: date) -> list[Act]:
    """Everything that the teams do before today, in an order that holds within a day too."""
    calendar = Calendar(today)
    played = [
        *(calendar.act(-35, found, team) for team in TEAMS),
        calendar.act(-34, scenery.import_stories),
        calendar.act(-33, begin_initiatives),
        *(calendar.act(-33, paint, team) for team in TEAMS),
        calendar.act(-32, share_club, calendar.day(150)),
        *(act for team in TEAMS for act in _sprints(team, calendar)),
        *_words(calendar),
        *_away(calendar),
    ]
    return [act for act in played if act.ago >= 1]


# --- Who and what ----------------------------------------------------------------------------------------------------


def story(external_id: str) -> Story:
    """The story with this external id, with its team."""
    return Story.objects.select_related("team").get(external_id=external_id)


def stories(external_ids: Sequence[str]) -> list[Story]:
    """These stories, in their order."""
    return list(Story.objects.select_related("team").filter(external_id__in=external_ids))


def team_of(team: DemoTeam) -> Team:
    """The team as it is now."""
    return Team.objects.get(key=team.key)


def sprint_of(team: DemoTeam, number: int) -> Sprint:
    """A sprint of the team."""
    return Sprint.objects.select_related("team").get(team__key=team.key, number=number)


def column_of(team: DemoTeam, category: str) -> Column:
    """The first column of a category."""
    return Column.objects.filter(team__key=team.key, category=category).order_by("position")[:1].get()


def worker(some: Story, team: DemoTeam) -> Person:
    """Whoever works on a story; the product owner where it is nobody's."""
    return some.assignees.order_by("pk").first() or person(team.owner)


# --- Founding --------------------------------------------------------------------------------------------------------


def found(plan: DemoTeam) -> None:
    """The product owner sets up the team: members of several units, limits, a budget for what nobody foresaw."""
    owner = person(plan.owner)
    team = sprints.create_team(plan.name, key=plan.key, description=plan.description, actor=owner)
    sprints.change_team(team, interrupt_points=5, actor=owner)
    sprints.add_member(team, person=person(plan.master), role="scrum_master", allocation=80, actor=owner)
    for handle, allocation in plan.members.items():
        sprints.add_member(team, person=person(handle), allocation=allocation, actor=owner)
    sprints.change_column(column_of(plan, "doing"), wip_limit=4, actor=owner)
    sprints.change_column(column_of(plan, "review"), wip_limit=3, wip_blocks=True, actor=owner)


def begin_initiatives() -> None:
    """What the work of several sprints, and of several teams, is for."""
    for name, (owner, description) in INITIATIVES.items():
        sprints.create_initiative(name, description=description, actor=person(owner))


def paint(plan: DemoTeam) -> None:
    """Colours for the labels out of the tracker; what is for the long run is told from what sells now."""
    owner = person(plan.owner)
    for label in Label.objects.filter(team__key=plan.key, name__in=TONES).order_by("name"):
        sprints.change_label(label, tone=TONES[label.name], actor=owner)
    initiative = Initiative.objects.get(name=plan.initiative)
    ours = [plan.id(number) for number in (6, 7, 9, 11, 12, 17, 18, 20)]
    sprints.change_stories(stories(ours), initiative=initiative, horizon="long", actor=owner)
    sprints.change_stories(stories(plan.ids(13, 16)), horizon="short", actor=owner)
    for external_id, hypothesis, metric, _result in EXPERIMENTS:
        if external_id.startswith(plan.letter):
            sprints.change_story(story(external_id), hypothesis=hypothesis, metric=metric, actor=owner)


def share_club(until: date) -> None:
    """The agency that writes for the Club sees the board of its team."""
    guest = Person.objects.get(email=SIGN_INS[-1][1])
    team = Team.objects.get(key="CLUB")
    organisation.share(Team.NOUN, team.pk, guest=guest, until=until, actor=person("thandiwe.nkosi"))


# --- Sprints ---------------------------------------------------------------------------------------------------------


def _sprints(team: DemoTeam, calendar: Calendar) -> Iterator[Act]:
    for number, (start, first, last) in SPRINTS.items():
        planned_on = start - 3 if start <= 0 else 2  # the Friday before; the next one is being planned already
        yield calendar.act(planned_on, _plan, team, number, calendar.day(start))
        yield calendar.act(planned_on, _fill, team, number, team.ids(first, last))
        if number > 1 and start <= 0:
            yield calendar.act(planned_on, _close, team, number - 1)
        if start <= 0:
            yield calendar.act(start, _start, team, number)
            yield from _work(team, number, calendar)


def _plan(team: DemoTeam, number: int, starts_on: date) -> None:
    sprints.plan_sprint(team_of(team), goal=team.goals[number - 1], starts_on=starts_on, actor=person(team.owner))


def _fill(team: DemoTeam, number: int, external_ids: Sequence[str]) -> None:
    sprints.move_stories(stories(external_ids), sprint=sprint_of(team, number), actor=person(team.owner))


def _start(team: DemoTeam, number: int) -> None:
    sprints.start_sprint(sprint_of(team, number), actor=person(team.master))


def _close(team: DemoTeam, number: int) -> None:
    sprints.close_sprint(sprint_of(team, number), unfinished_to="next", actor=person(team.master))


def _work(team: DemoTeam, number: int, calendar: Calendar) -> Iterator[Act]:
    """One story after the other is begun, looked at and done. In the third sprint, some are still under way."""
    start, first, last = SPRINTS[number]
    left_over = team.left_over
    taken_along = [team.id(left_over[number - 2])] if number > 1 else []
    open_ones = [team.id(left_over[number - 1])] if number < 3 else [team.id(n) for n in (11, 13, 15, 14)]
    finished = taken_along + [name for name in team.ids(first, last) if name not in open_ones]
    days = [start + day for day in WORKING_DAYS]
    for place, name in enumerate(finished):
        if name not in taken_along:  # that one is under way since the sprint before
            yield calendar.act(days[place], _move, team, name, "doing")
        yield calendar.act(days[place + 2], _move, team, name, "review")
        yield calendar.act(days[place + 3], _move, team, name, "done")
    for place, name in enumerate(open_ones[:3]):
        yield calendar.act(days[place + 1], _move, team, name, "doing")
    if number == 3:
        yield calendar.act(days[5], _move, team, open_ones[2], "review")
        yield calendar.act(days[2], _interrupt, team)
        yield calendar.act(days[3], _block, team)


def _move(team: DemoTeam, name: str, category: str) -> None:
    some = story(name)
    sprints.move_story(some, column=column_of(team, category), actor=worker(some, team))


def _interrupt(team: DemoTeam) -> None:
    """Something that cannot wait, with the reason why it came."""
    title, why, external_id, points = team.unplanned
    actor = person(team.master)
    sprints.create_story(
        team_of(team),
        title=title,
        kind="fix",
        points=points,
        column=column_of(team, "doing"),
        sprint=sprint_of(team, 3),
        assignees=[actor],
        touchpoints=[touchpoint(external_id)],
        unplanned_reason=why,
        actor=actor,
    )


def _block(team: DemoTeam) -> None:
    number, reason = team.blocked
    some = story(team.id(number))
    sprints.change_story(some, blocked_reason=reason, actor=worker(some, team))


# --- What people say, and when they are away -------------------------------------------------------------------------


def _words(calendar: Calendar) -> Iterator[Act]:
    for offset, name, who, text in COMMENTS:
        yield calendar.act(offset, _say, name, who, text)
    for team in TEAMS:
        yield calendar.act(-5, _note_results, team)
        yield calendar.act(0, _write_checklists, team)
        yield calendar.act(1, _set_days, team, calendar)
    yield calendar.act(2, _ask)


def _say(name: str, who: str, text: str) -> None:
    sprints.write_comment(story(name), text=text, actor=person(who))


def _write_checklists(team: DemoTeam) -> None:
    for name, (ticked, lines) in CHECKLISTS.items():
        if name.startswith(team.letter):
            some = story(name)
            actor = worker(some, team)
            items = [sprints.add_item(some, text=text, actor=actor) for text in lines]
            for item in items[:ticked]:
                sprints.change_item(item, is_ticked=True, actor=actor)


def _set_days(team: DemoTeam, calendar: Calendar) -> None:
    """When it has to be ready, and when it goes out."""
    owner = person(team.owner)
    for number, due, publish in ((11, 10, None), (12, 9, 15), (13, 11, 16), (15, 11, None), (16, 22, 28)):
        sprints.change_story(
            story(team.id(number)),
            due_on=calendar.day(due),
            publish_on=None if publish is None else calendar.day(publish),
            actor=owner,
        )


def _note_results(team: DemoTeam) -> None:
    for name, _hypothesis, _metric, result in EXPERIMENTS:
        if result and name.startswith(team.letter):
            some = story(name)
            sprints.change_story(some, result=result, actor=worker(some, team))


def _ask() -> None:
    """The head of the unit looks at a text, the printer at a poster; neither has answered yet."""
    inside, outside_email, outside_name = APPROVERS
    sprints.ask_approval(
        story("W-13"), asset="Text of the first family", person=person(inside), actor=person("ayaka.morishita")
    )
    sprints.ask_approval(
        story("C-13"),
        asset="Poster of the spring workshops",
        outside_email=outside_email,
        outside_name=outside_name,
        days=30,
        actor=person("thandiwe.nkosi"),
    )


def _away(calendar: Calendar) -> Iterator[Act]:
    for handle, first, last in ABSENCES:
        yield calendar.act(-4, _enter_absence, handle, calendar.day(first), calendar.day(last))


def _enter_absence(handle: str, first: date, last: date) -> None:
    away = person(handle)
    sprints.enter_absence(away, starts_on=first, ends_on=last, actor=away)
