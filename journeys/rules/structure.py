"""Who may build journeys, and what a touchpoint may be."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_build(standing: Standing) -> Decision:
    """Journeys are built by leads, heads of units, executives and administrators."""
    if standing.is_administrator or standing.is_executive or (standing.active and (standing.leads or standing.heads)):
        return YES
    return no(_("You cannot change journeys."), _("Leads, heads of units, executives and administrators can."))


def may_share(standing: Standing, *, accountable_id: int | None) -> Decision:
    """A journey is shared with guests by whoever builds journeys, and by the person who is accountable for it."""
    is_accountable = accountable_id is not None and standing.person_id == accountable_id
    if may_build(standing) or (is_accountable and standing.is_insider):
        return YES
    return no(
        _("You cannot share this journey."),
        _("The person accountable for it can; so can leads, heads of units, executives and administrators."),
    )


def may_move_to_unit(standing: Standing, *, old_unit_id: int, unit_id: int, own_units: Collection[int]) -> Decision:
    """Another unit for a touchpoint decides who may take it: that is for the head of the unit it is in, or above.

    An executive or administrator does not move it to where their own department could then take it at once.
    """
    if standing.is_house or standing.heads_unit(old_unit_id):
        return YES
    who = _("The head of its business unit, an executive or an administrator can, unless their own department gains.")
    if not (standing.is_executive or standing.is_administrator):
        return no(_("You cannot move this touchpoint to another business unit."), who)
    if unit_id in own_units:
        return no(_("Nobody decides about their own department, which could take this touchpoint at once."), who)
    return YES


def may_import(standing: Standing) -> Decision:
    """A file gives any touchpoint to anybody, so only those who decide for the whole house may import one."""
    if standing.is_administrator or standing.is_executive:
        return YES
    return no(_("You cannot import touchpoints."), _("Executives and administrators can."))


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


LAST_STEP = 1_000_000
"""No stage has so many steps; a number beyond is a slip."""


def is_step(value: int) -> Decision:
    """Steps are counted from 1."""
    if 1 <= value <= LAST_STEP:
        return YES
    return no(
        _("There is no step %(value)s.") % {"value": value},
        _("Give a number from 1 to %(last)s.") % {"last": LAST_STEP},
    )
