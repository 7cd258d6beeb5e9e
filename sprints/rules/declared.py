"""The rights about teams, sprints and stories. What somebody is to a team is a relation: the words say which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from sprints.rules.approvals import may_answer, may_withdraw
from sprints.rules.imports import may_import_stories
from sprints.rules.initiatives import may_keep_initiatives
from sprints.rules.standing import TeamStanding
from sprints.rules.talk import may_change_comment, may_delete_comment
from sprints.rules.working import (
    may_change_absence,
    may_comment,
    may_create_team,
    may_run,
    may_share,
    may_work,
)
from workspace.errors import Text
from workspace.organisation.rules.rights import SOMEBODY, THEMSELVES, Area, Right, right


def _in_team(words: Text, predicate: Callable[..., object], *, role: str = "", **facts: Any) -> Right:
    """A right of somebody with this role in the team ("" for nobody of it)."""
    return Right(words, predicate, lambda standing: predicate(TeamStanding(standing, role=role), **facts))


TEAMS = Area(
    _("Teams and sprints"),
    [
        right(_("create a team"), may_create_team),
        _in_team(_("set up a team, its members, columns and sprints, as its product owner or scrum master"), may_run,
                 role="product_owner"),
        _in_team(_("set up a team in which they are a member"), may_run, role="member"),
        _in_team(_("set up a team in which they are not"), may_run),
        _in_team(_("share a team with guests, as its product owner or scrum master"), may_share, role="scrum_master"),
        _in_team(_("share a team in which they are not"), may_share),
        right(_("enter and remove the absences of the person"), may_change_absence,
              person_id=THEMSELVES, runs_a_team_of_theirs=False),
        right(_("enter and remove the absences of a member of a team that they run"), may_change_absence,
              person_id=SOMEBODY, runs_a_team_of_theirs=True),
        right(_("create, change and close initiatives"), may_keep_initiatives, runs_a_team=False),
        right(_("create, change and close initiatives, as a product owner or scrum master"), may_keep_initiatives,
              runs_a_team=True),
    ],
)  # fmt: skip

STORIES = Area(
    _("Stories"),
    [
        _in_team(_("create, change, move and delete the stories of a team, as a member of it"), may_work,
                 role="member"),
        _in_team(_("create, change, move and delete the stories of a team in which they are not"), may_work),
        right(_("import stories into any team"), may_import_stories),
        _in_team(_("comment on the stories of a team (a guest: where the team is shared with them)"), may_comment),
        _in_team(_("change what somebody else has said"), may_change_comment, role="product_owner", author_id=SOMEBODY),
        _in_team(_("delete what somebody else has said, as product owner or scrum master"), may_delete_comment,
                 role="product_owner", author_id=SOMEBODY),
        _in_team(_("delete what somebody else has said, as a member of the team"), may_delete_comment,
                 role="member", author_id=SOMEBODY),
        right(_("answer an approval that the person was asked for"), may_answer,
              person_id=THEMSELVES, asked_by_id=SOMEBODY),
        _in_team(_("withdraw the question of somebody else, as product owner or scrum master"), may_withdraw,
                 role="product_owner", asked_by_id=SOMEBODY),
        _in_team(_("withdraw the question of somebody else"), may_withdraw, role="member", asked_by_id=SOMEBODY),
    ],
)  # fmt: skip
