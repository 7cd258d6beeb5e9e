"""Who may call for another owner, and until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.utils.translation import gettext as _

from journeys.rules.claims import Place, may_release
from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

LONGEST = timedelta(days=90)
"""So long a call may stay open."""
USUAL = timedelta(days=14)
"""So long it stays open where nobody says otherwise."""


def may_call(standing: Standing, place: Place, *, own_units: Collection[int]) -> Decision:
    """Whoever may release a touchpoint may call for another owner: a call agrees beforehand to whoever takes it.

    `own_units`: units of the person's own departments, as for `may_release`.
    """
    return may_release(standing, place, own_units=own_units)


def is_end_allowed(ends_on: date, *, today: date) -> Decision:
    """A call stays open for at least a day, and ends within 90."""
    first, last = today + timedelta(days=1), today + LONGEST
    if ends_on < first:
        return no(
            _("%(day)s is too soon.") % {"day": ends_on.isoformat()},
            _("Give others at least until %(day)s.") % {"day": first.isoformat()},
        )
    if ends_on > last:
        return no(
            _("%(day)s is too far away.") % {"day": ends_on.isoformat()},
            _("Choose a day up to %(day)s.") % {"day": last.isoformat()},
        )
    return YES
