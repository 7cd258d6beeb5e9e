"""Until when something may be shared with a guest."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST = timedelta(days=366)
"""How far away the last day of a share may lie."""


def is_last_day_allowed(until: date | None, *, today: date) -> Decision:
    """Nothing is shared without an end: it lies in the future, and at most a year and a day away."""
    if until is None:
        return no(_("A last day is missing."), _("Choose the last day on which the guest may see it."))
    if until < today:
        return no(_("%(day)s has passed.") % {"day": until.isoformat()}, _("Choose today or a later day."))
    if until > today + LONGEST:
        return no(
            _("%(day)s is too far away.") % {"day": until.isoformat()},
            _("Choose a day until %(day)s; it can be prolonged.") % {"day": (today + LONGEST).isoformat()},
        )
    return YES
