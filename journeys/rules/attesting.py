"""When the answer to “is this still yours?” says something, and when it was given already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no


@dataclass(frozen=True, slots=True)
class Answered:
    """How the ownership of `name` by `owner` was answered last: on which days, as far as that still holds, by whom."""

    owner: str
    name: str
    by: str
    confirmed_on: date | None
    disputed_on: date | None


def mark_at(*times: datetime | None) -> int:
    """A number that every answer changes: when an ownership began, was confirmed or disputed last, in microseconds."""
    return max(round(time.timestamp() * 1_000_000) for time in times if time is not None)


def says_something(last: Answered, *, mine: bool, today: date) -> Decision:
    """“Not ours” is said once; “still ours” once a day, or to take back “not ours”."""
    names = {"by": last.by or last.owner, "owner": last.owner, "name": last.name}
    if not mine and last.disputed_on is not None:
        return no(
            _("%(by)s has said already, on %(day)s, that %(name)s is not theirs.")
            % {**names, "day": date_format(last.disputed_on, "j F Y")},
            _("It looks for another owner. “Still ours” takes that back."),
        )
    if mine and last.disputed_on is None and last.confirmed_on == today:
        return no(
            _("%(by)s has confirmed already today that %(owner)s owns %(name)s.") % names,
            _("Nothing is left to do: it is asked again when its period is over."),
        )
    return YES
