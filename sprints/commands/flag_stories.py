"""Making stories where a flag says that work is needed."""

from __future__ import annotations

from journeys.models import Flag
from sprints.commands.stories import create_story
from sprints.models import Story, Team
from sprints.queries.work import story_for
from workspace.organisation.models import Person


def create_story_from_flag(flag: Flag, *, team: Team, title: str = "", actor: Person | None) -> Story:
    """Make a story that works on the touchpoint of a flag, or on both ends of its crossing, in the backlog of a team.

    Without a title it is called as the flag is. Raises RuleBroken for a flag that is about no single touchpoint, and
    what `create_story` raises.
    """
    usual, touchpoints = story_for(flag)
    return create_story(team, title=title or usual, touchpoints=touchpoints, actor=actor)
