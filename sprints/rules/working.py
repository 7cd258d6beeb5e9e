"""Who may work in a team, and who runs it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sprints.rules.standing import TeamStanding
from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_create_team(standing: Standing) -> Decision:
    """Teams are created by leads, heads of units, executives and administrators."""
    if (
        standing.is_administrator
        or standing.is_executive
        or (standing.is_insider and (standing.leads or standing.heads))
    ):
        return YES
    return no(_("You cannot create a team."), _("Leads, heads of units, executives and administrators can."))


def may_run(team: TeamStanding) -> Decision:
    """The settings, members, columns and sprints of a team are for its product owner and scrum master."""
    if team.is_administrator or team.runs_team:
        return YES
    return no(_("You do not run this team."), _("Its product owner, its scrum master and administrators can do this."))


def may_work(team: TeamStanding) -> Decision:
    """Stories are created, changed, moved and deleted by the members of the team."""
    if team.is_administrator or team.is_member:
        return YES
    return no(
        _("You are not in this team."),
        _("Its members and administrators can do this; its product owner or scrum master can add you."),
    )


def may_comment(team: TeamStanding) -> Decision:
    """Whoever sees the work may comment on it, guests included with whom the team is shared."""
    if team.sees_team:
        return YES
    return no(_("You cannot see this team."), _("An administrator, or whoever runs the team, can share it with you."))


def may_share(team: TeamStanding) -> Decision:
    """A team is shared with guests by whoever runs it."""
    if may_run(team):
        return YES
    return no(
        _("You cannot share this team."), _("Its product owner, its scrum master and administrators can share it.")
    )


def may_change_absence(standing: Standing, *, person_id: int, runs_a_team_of_theirs: bool) -> Decision:
    """Absences are entered by the person, by whoever runs a team that they are in, and by administrators."""
    is_own = standing.is_insider and standing.person_id == person_id
    if standing.is_administrator or is_own or (standing.is_insider and runs_a_team_of_theirs):
        return YES
    return no(
        _("You cannot change the absences of somebody else."),
        _("They can, and so can the product owner or scrum master of a team of theirs, and administrators."),
    )
