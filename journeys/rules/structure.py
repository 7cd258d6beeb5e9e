"""Who may build journeys, and what a touchpoint may be."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_build(standing: Standing) -> Decision:
    """Journeys are built by leads, heads of units, executives and administrators."""
    if standing.is_administrator or standing.is_executive or (standing.active and (standing.leads or standing.heads)):
        return YES
    return no(_("You cannot change journeys."), _("Leads, heads of units, executives and administrators can."))


def is_emotion(value: int | None) -> Decision:
    """Emotion goes from −2 to +2, or is not known."""
    if value is None or -2 <= value <= 2:
        return YES
    return no(_("Emotion %(value)s is out of range.") % {"value": value}, _("It goes from −2 to +2."))


def is_volume(value: int | None) -> Decision:
    """Volume is a number of contacts, or not known."""
    if value is None or value >= 0:
        return YES
    return no(
        _("Volume %(value)s is negative.") % {"value": value}, _("Give a number of contacts per year, or nothing.")
    )
