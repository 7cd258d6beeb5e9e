"""Who may invite whom."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

LASTS = timedelta(days=14)
"""How long an invitation can be accepted."""


def may_invite(standing: Standing, *, role: str, is_sharing: bool = False) -> Decision:
    """Administrators invite anybody; leads, heads of units and executives invite guests.

    `is_sharing`: the person shares something with the guest in the same step, or did so when they invited them.
    """
    if standing.is_administrator:
        return YES
    if role != "guest":
        return no(
            _("You may invite guests, and nobody else."),
            _("Ask an administrator to invite a member, an executive or an administrator."),
        )
    shares = standing.is_executive or (standing.active and (standing.leads or standing.heads))
    if shares or (is_sharing and standing.is_insider):
        return YES
    return no(
        _("You cannot invite guests."),
        _("Leads, heads of units, executives and administrators can, and whoever may share what the guest is to see."),
    )
