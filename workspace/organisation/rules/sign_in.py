"""Who may touch somebody's ways in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_change_ways_in(standing: Standing, *, person_id: int) -> Decision:
    """Passwords, passkeys and second factors are the person's own; the house acts for those who lost theirs."""
    if standing.person_id == person_id or standing.is_house:
        return YES
    return no(_("How somebody signs in is theirs alone to change."), _("Ask the person."))


def may_end_sessions(standing: Standing, *, person_id: int) -> Decision:
    """A person signs themselves out anywhere; an administrator signs out anybody."""
    if standing.person_id == person_id or standing.is_administrator:
        return YES
    return no(_("Only the person or an administrator ends a session."), _("Ask an administrator."))
