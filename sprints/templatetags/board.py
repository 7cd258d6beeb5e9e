"""`{% load board %}`: the small signs of a card, cheap enough for hundreds of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from lucide.templatetags.lucide import lucide

from workspace import clock

register = template.Library()
SOON = 3


@register.simple_tag
@lru_cache(maxsize=64)
def sprite(name: str) -> SafeString:
    """An icon that the page holds once (`sprints/board_sprites.html`), by reference: cards are many."""
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def sprites(names: str) -> SafeString:
    """The icons of these names, to be referred to by `sprite`."""
    drawn = ((lucide(name, size=24, id=f"i-{name}"),) for name in names.split())
    return format_html_join("", "{}", drawn)


@register.filter
def points(value: Decimal | None) -> str:
    """Points as people write them: "3", "0.5", "0"."""
    return f"{value.normalize():f}" if value else "0"


@register.simple_tag
def day_sign(day: date, what: str, done: bool) -> SafeString:
    """A due date ("due") or a publishing date ("publish"), with how late or soon it is while that matters."""
    left = (day - timezone.localdate(clock.now())).days
    shown = formats.date_format(day, "j M")
    tone = ""
    if not done and left < 0:
        shown, tone = f"{shown} · {ngettext('%(n)d day late', '%(n)d days late', -left) % {'n': -left}}", "bad"
    elif not done and left == 0:
        shown, tone = gettext("today"), "warn"
    elif not done and left <= SOON:
        shown, tone = f"{shown} · {ngettext('in %(n)d day', 'in %(n)d days', left) % {'n': left}}", "warn"
    words, icon = (gettext("Due"), "calendar-clock") if what == "due" else (gettext("Publishes"), "send")
    return format_html(
        '<span class="story-day" data-tone="{}" title="{}: {}">{}<span class="visually-hidden">{} </span>'
        '<time datetime="{}">{}</time></span>',
        tone, words, formats.date_format(day, "j F Y"), sprite(icon), words, day.isoformat(), shown,
    )  # fmt: skip
