"""Work where it is needed: stories made from flags, and the stories on a touchpoint."""

from __future__ import annotations

from sprints import commands as sprints
from tests.access.ways import INSIDERS, Way
from tests.cast import Cast, scan


def ways(cast: Cast) -> list[Way]:
    """`lead` and `member` are in the team; the others are in none, administrators put stories into any."""
    team = sprints.create_team("Workshop", key="WORK", actor=cast.billing_lead)
    sprints.add_member(team, person=cast.member, actor=cast.billing_lead)
    scan()
    flag = cast.flag("no-owner", cast.till)
    path, able = f"/flags/{flag.pk}/story/", ("member", "lead", "administrator")
    touchpoint = f"/touchpoints/{cast.receipt.pk}/stories/"
    return [
        Way("sprints:story_from_flag", path, by=able),
        Way("sprints:story_from_flag", path, "POST", able, {"team": team.pk}),
        Way("sprints:touchpoint_stories", touchpoint, by=INSIDERS),
    ]
