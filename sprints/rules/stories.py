"""What the fields of a story may hold, and how what people type becomes a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.organisation.rules.decisions import YES, Decision, no

TEXT_LIMITS = {
    "title": 300,
    "description": 50_000,
    "channel": 50,
    "blocked_reason": 500,
    "unplanned_reason": 500,
    "hypothesis": 10_000,
    "metric": 300,
    "result": 10_000,
    "external_id": 200,
}
"""Characters that a text of a story may have."""

FIELD_NAMES = {
    "title": gettext_lazy("title"),
    "kind": gettext_lazy("type"),
    "description": gettext_lazy("description"),
    "points": gettext_lazy("points"),
    "channel": gettext_lazy("channel"),
    "due_on": gettext_lazy("due on"),
    "publish_on": gettext_lazy("publish on"),
    "horizon": gettext_lazy("horizon"),
    "blocked_reason": gettext_lazy("blocked by"),
    "unplanned_reason": gettext_lazy("why unplanned"),
    "hypothesis": gettext_lazy("hypothesis"),
    "metric": gettext_lazy("success metric"),
    "result": gettext_lazy("result"),
    "initiative": gettext_lazy("initiative"),
    "assignees": gettext_lazy("assignees"),
    "labels": gettext_lazy("labels"),
    "touchpoints": gettext_lazy("touchpoints"),
    "external_id": gettext_lazy("external id"),
}
"""What people call the fields."""

MOST_POINTS = Decimal("999.5")
YEARS = (2000, 2100)
"""Days before the first or after the last of these years are slips of the keyboard."""

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?")


def fold(text: str) -> str:
    """Text as it is compared when somebody searches: compatible characters made one, cases folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def one_line(text: str) -> str:
    """A title as it is kept: on one line, single spaces."""
    return " ".join(text.split())


def is_text(field: str, value: object) -> Decision:
    """Text within the limit of its field, without characters that cannot be kept."""
    name = FIELD_NAMES[field]
    if not isinstance(value, str):
        return no(_("The %(field)s is text; %(value)s is not.") % {"field": name, "value": _shown(value)})
    limit = TEXT_LIMITS[field]
    if len(value) > limit:
        return no(
            _("The %(field)s has %(length)s characters; %(limit)s fit.")
            % {"field": name, "length": f"{len(value):,}", "limit": f"{limit:,}"},
            _("Shorten it."),
        )
    if "\0" in value or any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        return no(
            _("The %(field)s has a character that is no text.") % {"field": name},
            _("Remove what cannot be seen, or type it anew."),
        )
    return YES


def is_title(value: object) -> Decision:
    """A title says something, in at most 300 characters."""
    decision = is_text("title", value)
    if decision and not str(value).strip():
        return no(_("A story needs a title."), _("Say in a few words what is to be done."))
    return decision


def are_points(value: object) -> Decision:
    """Points go from 0 to 999.5 in halves; nothing (None or empty) is no estimate."""
    if value is None or value == "":
        return YES
    number = _number(value)
    if number is None:
        return no(
            _("“%(value)s” is no number of points.") % {"value": _shown(value)}, _("Give a number such as 3 or 0.5.")
        )
    if number < 0 or number > MOST_POINTS:
        return no(
            _("Points go from 0 to %(most)s; %(value)s is outside.") % {"most": MOST_POINTS, "value": _shown(value)},
            _("Split a story that is larger."),
        )
    if number % Decimal("0.5"):
        return no(
            _("Points go in halves; %(value)s is between.") % {"value": _shown(value)},
            _("Give a whole or a half number."),
        )
    return YES


def as_points(value: object) -> Decimal | None:
    """The points of a value that `are_points` accepts."""
    number = _number(value)
    return None if number is None else number.quantize(Decimal("0.1"))


def points_text(points: Decimal | None) -> str | None:
    """Points as an event keeps them: "3", "0.5", None without an estimate."""
    return None if points is None else f"{points.normalize():f}"


def _number(value: object) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def is_day(field: str, value: object) -> Decision:
    """A day of this century, as a date or as text like 2026-03-31; nothing (None or empty) is no day."""
    if value is None or value == "":
        return YES
    day = as_day(value)
    if day is None:
        return no(
            _("“%(value)s” is no day for “%(field)s”.") % {"value": _shown(value), "field": FIELD_NAMES[field]},
            _("Give it as year-month-day, such as 2026-03-31."),
        )
    if not YEARS[0] <= day.year <= YEARS[1]:
        return no(
            _("%(value)s is too far away for “%(field)s”.") % {"value": day.isoformat(), "field": FIELD_NAMES[field]},
            _("Check the year."),
        )
    return YES


def as_day(value: object) -> date | None:
    """The day that a date or a text names; None for no day."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return None
    return None


def is_one_of(field: str, value: object, choices: Collection[str]) -> Decision:
    """One of the words that the field knows."""
    if isinstance(value, str) and value in choices:
        return YES
    return no(
        _("“%(value)s” is no %(field)s of a story.") % {"value": _shown(value), "field": FIELD_NAMES[field]},
        _("Choose one of: %(choices)s.") % {"choices": ", ".join(choice for choice in choices if choice)},
    )


def can_be_assigned(name: str, *, is_member: bool, works_here: bool) -> Decision:
    """Stories are worked on by members of the team who are active."""
    if not works_here:
        return no(_("%(name)s does not work here any more.") % {"name": name}, _("Choose somebody who is active."))
    if not is_member:
        return no(
            _("%(name)s is not in this team.") % {"name": name},
            _("Choose a member; the product owner or scrum master can add them to the team."),
        )
    return YES


def is_known(field: str, missing: Collection[int]) -> Decision:
    """What a story is joined to is there, and the person may see it."""
    if not missing:
        return YES
    return no(
        _("There is no such thing among the %(field)s of this team: %(ids)s.")
        % {"field": FIELD_NAMES[field], "ids": ", ".join(str(pk) for pk in sorted(missing))},
        _("Choose one that the story can have."),
    )


def fits_interrupt_budget(used: Decimal, *, budget: int | None) -> Decision:
    """Whether the unplanned work of a sprint fits the points that are kept for it. Nothing is refused for it."""
    if budget is None or used <= budget:
        return YES
    return no(
        _("Unplanned work comes to %(sum)s points; %(budget)s are kept for it.")
        % {"sum": points_text(used), "budget": budget},
        _("Let something else wait for the next sprint."),
    )


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
