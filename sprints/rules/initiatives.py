"""Who keeps initiatives, and what one may be called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 20_000


def may_keep_initiatives(standing: Standing, *, runs_a_team: bool) -> Decision:
    """Initiatives go across teams: whoever runs a team keeps them, as do leads, heads, executives, administrators."""
    if (
        standing.is_administrator
        or standing.is_executive
        or (standing.is_insider and (standing.leads or standing.heads or runs_a_team))
    ):
        return YES
    return no(
        _("You cannot create or change initiatives."),
        _("Product owners, scrum masters, leads, heads of units, executives and administrators can."),
    )


def is_initiative(name: str, description: str) -> Decision:
    """An initiative has a name of at most 200 characters, and a description of at most 20,000."""
    if not name:
        return no(_("A name is missing."), _("Give the initiative a name."))
    if len(name) > LONGEST_NAME:
        return no(
            _("The name has %(count)d characters.") % {"count": len(name)},
            _("It has at most %(limit)d.") % {"limit": LONGEST_NAME},
        )
    if len(description) > LONGEST_DESCRIPTION:
        return no(
            _("The description has %(count)d characters.") % {"count": len(description)},
            _("It has at most %(limit)d.") % {"limit": LONGEST_DESCRIPTION},
        )
    return YES
