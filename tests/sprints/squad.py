"""A team of the company of `tests/cast.py`: two departments of two units, one active sprint, seven stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sprints import commands as sprints
from sprints.models import Column, Membership, Sprint, Story, Team
from tests.cast import Cast
from workspace import clock


@dataclass
class Squad:
    """GROW. Liam is product owner, Bela scrum master, Mia a member with 50 %; Omar belongs to no team.

    Columns: To do, Doing (WIP 3, warns), Review (WIP 2, blocks), Done. In the active sprint `banner` (To do, 3 points),
    `mail` (Doing, 5 points, Mia works on it, and on the till) and `video` (Review, no estimate); in the backlog `quiz`,
    `poster`, `survey` and `radio`, in this order. `later` is a planned sprint without stories.
    """

    team: Team
    todo: Column
    doing: Column
    review: Column
    done: Column
    sprint: Sprint
    later: Sprint
    banner: Story
    mail: Story
    video: Story
    quiz: Story
    poster: Story
    survey: Story
    radio: Story


def build_squad(cast: Cast) -> Squad:
    """Found the team, by sprints."""
    owner = cast.shops_lead
    team = sprints.create_team("Growth", key="GROW", actor=owner)
    sprints.add_member(team, person=cast.billing_lead, role=Membership.Role.SCRUM_MASTER, actor=owner)
    sprints.add_member(team, person=cast.member, allocation=50, actor=owner)
    todo, doing, review, done = team.columns.order_by("position")
    sprints.change_column(doing, wip_limit=3, actor=owner)
    sprints.change_column(review, wip_limit=2, wip_blocks=True, actor=owner)
    today = clock.today()
    sprint = sprints.plan_sprint(
        team, goal="More first orders", starts_on=today, ends_on=today + timedelta(days=13), actor=owner
    )
    later = sprints.plan_sprint(team, actor=owner)
    banner = sprints.create_story(team, title="Banner for the spring sale", points=3, sprint=sprint, actor=owner)
    mail = sprints.create_story(
        team,
        title="Mail after the first order",
        points=5,
        sprint=sprint,
        column=doing,
        assignees=[cast.member],
        touchpoints=[cast.till],
        actor=owner,
    )
    video = sprints.create_story(team, title="Video of the coffee machine", sprint=sprint, column=review, actor=owner)
    quiz, poster, survey, radio = (
        sprints.create_story(team, title=title, actor=owner) for title in ("Quiz", "Poster", "Survey", "Radio spot")
    )
    sprint = sprints.start_sprint(sprint, actor=owner)
    return Squad(
        Team.objects.get(pk=team.pk), todo, Column.objects.get(pk=doing.pk), Column.objects.get(pk=review.pk), done,
        sprint, later, banner, mail, video, quiz, poster, survey, radio,
    )  # fmt: skip


def play(cast: Cast, squad: Squad) -> None:
    """Done: the banner. Left: the mail. Not done: the video. Came: the quiz, and the poster as an interruption."""
    actor = cast.shops_lead
    sprints.move_story(squad.banner, column=squad.done, actor=actor)
    sprints.move_story(squad.mail, sprint=None, actor=actor)
    sprints.move_story(squad.quiz, sprint=squad.sprint, actor=actor)
    sprints.change_story(squad.quiz, points=2, actor=actor)
    sprints.move_story(squad.poster, sprint=squad.sprint, actor=actor)
    sprints.change_story(squad.poster, unplanned_reason="The station called", points=1, actor=actor)
