"""Who may be asked for an approval, and who may answer and withdraw."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sprints.rules.standing import TeamStanding
from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

LONGEST_ASSET = 200
LONGEST_NOTE = 1000
LONGEST_NAME = 150
DAYS = range(1, 61)


def may_answer(standing: Standing, *, person_id: int | None, asked_by_id: int | None) -> Decision:
    """An approval is answered by the person who was asked, and never by the one who asks."""
    is_asked = person_id is not None and standing.is_insider and standing.person_id == person_id
    if is_asked and standing.person_id != asked_by_id:
        return YES
    if is_asked:
        return no(_("Nobody approves what they asked for themselves."), _("Withdraw it, and ask somebody else."))
    return no(_("Somebody else was asked."), _("Only the person who was asked can answer."))


def may_withdraw(team: TeamStanding, *, asked_by_id: int | None) -> Decision:
    """A question is withdrawn by whoever asked it, whoever runs the team, and administrators."""
    is_own = asked_by_id is not None and team.standing.is_insider and team.standing.person_id == asked_by_id
    if team.is_administrator or team.runs_team or is_own:
        return YES
    return no(
        _("Somebody else asked for this approval."),
        _("They can withdraw it, and so can the team’s product owner and scrum master, and administrators."),
    )


def is_question(*, asset: str, days: int) -> Decision:
    """What is asked names its asset in at most 200 characters; a link works for 1 to 60 days."""
    if not asset:
        return no(_("It is not said what is to be approved."), _("Name the asset, such as “Banner, final”."))
    if len(asset) > LONGEST_ASSET:
        return no(
            _("The name of the asset has %(count)d characters.") % {"count": len(asset)},
            _("It has at most %(limit)d.") % {"limit": LONGEST_ASSET},
        )
    if days not in DAYS:
        return no(
            _("A link cannot work for %(days)s days.") % {"days": days},
            _("Choose from %(first)d to %(last)d days.") % {"first": DAYS[0], "last": DAYS[-1]},
        )
    return YES


def can_be_asked(*, name: str, is_answering: bool, is_asker: bool) -> Decision:
    """Asked is somebody of the house who works here, and is not the one who asks."""
    if is_asker:
        return no(_("Nobody approves what they asked for themselves."), _("Choose somebody else."))
    if not is_answering:
        return no(
            _("%(name)s cannot be asked.") % {"name": name},
            _("Choose somebody of the house who is active, or ask an address outside by a link."),
        )
    return YES


def is_answer(*, approved: bool, note: str) -> Decision:
    """Whoever wants changes says which; a note has at most 1,000 characters."""
    if not approved and not note:
        return no(_("It is not said what should change."), _("Write a note: what is to be different?"))
    if len(note) > LONGEST_NOTE:
        return no(
            _("The note has %(count)d characters.") % {"count": len(note)},
            _("It has at most %(limit)d.") % {"limit": LONGEST_NOTE},
        )
    return YES
