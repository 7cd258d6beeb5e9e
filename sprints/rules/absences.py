"""What the days of an absence have to be like."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no


def is_stretch_away(starts_on: date, ends_on: date) -> Decision:
    """An absence ends on its first day or later."""
    if ends_on < starts_on:
        return no(
            _("The absence would end on %(end)s, before it starts on %(start)s.")
            % {"end": ends_on.isoformat(), "start": starts_on.isoformat()},
            _("Choose a last day that is not before the first."),
        )
    return YES


def is_new_absence(name: str, *, taken: tuple[date, date] | None) -> Decision:
    """Nobody is away twice on one day. `taken`: first and last day of an absence that overlaps, None for none."""
    if taken is not None:
        return no(
            _("%(name)s is away from %(start)s to %(end)s already.")
            % {"name": name, "start": taken[0].isoformat(), "end": taken[1].isoformat()},
            _("Choose other days, or remove that absence first."),
        )
    return YES


def can_be_away(name: str, *, works_here: bool, is_guest: bool) -> Decision:
    """Absences are those of people of the house: only they count in the capacity of a team."""
    if works_here and not is_guest:
        return YES
    return no(
        _("%(name)s counts in no team; their absences are not kept.") % {"name": name}, _("Choose somebody who does.")
    )
