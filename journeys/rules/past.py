"""Which days can be asked about."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no


def has_come(day: date, *, today: date) -> Decision:
    """What was owned is known of days that have come; of today, so far."""
    if day <= today:
        return YES
    return no(
        _("%(day)s has not come yet.") % {"day": date_format(day, "j F Y")}, _("Choose today, or a day before it.")
    )


def is_in_order(first: date, last: date) -> Decision:
    """A time begins before it ends."""
    if first <= last:
        return YES
    return no(
        _("%(first)s comes after %(last)s.")
        % {"first": date_format(first, "j F Y"), "last": date_format(last, "j F Y")},
        _("Put the earlier day first."),
    )
