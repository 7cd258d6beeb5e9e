"""Dates and times as people say them, in the time zone that is active for the viewer."""

from datetime import date, datetime

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from workspace import clock
from workspace.pages.ui.remembered import remembered

register = template.Library()

_WEEK = 7


@register.simple_tag
def when(moment: datetime | date | None, style: str = "") -> SafeString | str:
    """Return `<time>` with "Today, 14:05", "Tue, 14:05" or "12 March"; its title is the whole of it.

    `style` "full" always writes the whole date. None is "never". A naive datetime raises ValueError.
    """
    if moment is None:
        return gettext("never")
    if isinstance(moment, datetime):
        local = timezone.localtime(moment)
        clock_time = formats.time_format(local, "H:i")
        full = f"{formats.date_format(local, 'j F Y')}, {clock_time} {local.tzname()}"
        day = _day(local.date())
        is_near = abs((local.date() - _today()).days) < _WEEK
        # Translators: a day and a time, as in "Today, 14:05"
        text = gettext("%(day)s, %(time)s") % {"day": day, "time": clock_time} if is_near else day
        machine = local.isoformat(timespec="seconds")
    else:
        full = formats.date_format(moment, "l, j F Y")
        text = _day(moment)
        machine = moment.isoformat()
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, full, full if style == "full" else text)


@register.simple_tag
@remembered("ui/due.html", also=lambda: _today())
def due(day: date | None, *, done: bool = False) -> dict[str, object]:
    """A due date and how far away it is; late is said in words and with an icon, unless what was due is `done`."""
    if day is None:
        return {"day": None}
    left = (day - _today()).days
    if done:
        return {"day": day}
    if left < 0:
        words, tone = ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}, "bad"
    elif left == 0:
        words, tone = gettext("Due today"), "warn"
    else:
        words, tone = ngettext("in %(days)d day", "in %(days)d days", left) % {"days": left}, ""
    return {"day": day, "words": words, "tone": tone, "is_today": left == 0}


def _today() -> date:
    """The present day where the viewer is."""
    return timezone.localdate(clock.now())


def _day(day: date) -> str:
    """Return the shortest name of a day that cannot be mistaken."""
    away = (day - _today()).days
    named = {0: gettext("Today"), -1: gettext("Yesterday"), 1: gettext("Tomorrow")}
    if away in named:
        return named[away]
    if -_WEEK < away < _WEEK:
        return formats.date_format(day, "D")
    return formats.date_format(day, "j F" if day.year == _today().year else "j F Y")
