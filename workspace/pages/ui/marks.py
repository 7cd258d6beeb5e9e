"""Who and what at a glance: badge, severity, flag state, owner, unit, person, emotion, channel.

None of them speaks by colour alone: each has words, and an icon, a pattern or letters.
"""

import re
from functools import lru_cache
from zlib import crc32

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from workspace.pages.ui.remembered import remembered

register = template.Library()

COLOURS = 12
# How inventories call them: each is shown as it was written, with the icon of the channel that it is.
_CHANNELS_CALLED = {
    "website": "web", "online": "web", "mobile_app": "app", "e_mail": "email", "telephone": "phone", "call": "phone",
    "text_message": "sms", "post": "mail", "letter": "mail", "shop": "store", "social_media": "social",
    "advertising": "ads",
}  # fmt: skip
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "de", "du", "des", "et", "for", "in", "la", "le", "of", "on", "the", "to"}
)

# By code: the words, the icon and the tone.
SEVERITIES: dict[str, tuple[Promise, str, str]] = {
    "critical": (_("Critical"), "chevrons-up", "solid"),
    "high": (_("High"), "chevron-up", "bad"),
    "medium": (_("Medium"), "equal", "warn"),
    "low": (_("Low"), "chevron-down", "info"),
}
_SEVERITY_BY_NUMBER = {1: "low", 2: "medium", 3: "high", 4: "critical"}

FLAG_STATES: dict[str, tuple[Promise, str, str]] = {
    "open": (_("Open"), "flag", "bad"),
    "acknowledged": (_("Acknowledged"), "eye", "info"),
    "snoozed": (_("Snoozed"), "alarm-clock", "warn"),
    "waived": (_("Waived"), "shield-check", ""),
    "resolved": (_("Resolved"), "circle-check", "good"),
}

# By value: the words, the icon and the feeling.
EMOTIONS: dict[int, tuple[Promise, str, str]] = {
    -2: (_("Very bad"), "angry", "low"),
    -1: (_("Bad"), "frown", "low"),
    0: (_("Neutral"), "meh", ""),
    1: (_("Good"), "smile", "high"),
    2: (_("Very good"), "laugh", "high"),
}

CHANNELS: dict[str, tuple[Promise, str]] = {
    "web": (_("Web"), "globe"),
    "app": (_("App"), "smartphone"),
    "email": (_("Email"), "mail"),
    "phone": (_("Phone"), "phone"),
    "sms": (_("Text message"), "message-square-text"),
    "chat": (_("Chat"), "messages-square"),
    "mail": (_("Post"), "mailbox"),
    "fax": (_("Fax"), "printer"),
    "in_person": (_("In person"), "handshake"),
    "store": (_("Store"), "store"),
    "event": (_("Event"), "calendar-days"),
    "social": (_("Social media"), "share-2"),
    "ads": (_("Advertising"), "megaphone"),
    "search": (_("Search"), "search"),
    "print": (_("Print"), "newspaper"),
    "video": (_("Video"), "video"),
    "partner": (_("Partner"), "users"),
    "other": (_("Other channel"), "shapes"),
}


@lru_cache(maxsize=4096)
def initials(name: str, *, at_most: int = 2) -> str:
    """Return the letters that stand for a name: of "Canada Revenue Agency", three at most, they are "CRA"."""
    words = re.findall(r"[^\W_]+", name.partition("@")[0])
    words = [word for word in words if word.lower() not in _SMALL_WORDS] or words
    if len(words) > at_most == 2:
        words = [words[0], words[-1]]
    return "".join(word[0] for word in words[:at_most]).upper() or "?"


@register.simple_tag
@remembered("ui/badge.html")
def badge(text: object, *, tone: str = "", icon: str = "", title: str = "") -> dict[str, object]:
    """A small fact. `tone`: "", "good", "warn", "bad", "info", "accent" or "plain"."""
    return {"text": text, "tone": tone, "icon": icon, "title": title}


@register.simple_tag
@remembered("ui/badge.html")
def severity(level: str | int) -> dict[str, object]:
    """How bad a flag is: "critical", "high", "medium", "low", or 4 to 1."""
    code = _SEVERITY_BY_NUMBER[level] if isinstance(level, int) else level
    text, icon, tone = SEVERITIES[code]
    return {"text": text, "icon": icon, "tone": tone}


@register.simple_tag
@remembered("ui/badge.html")
def flag_state(state: str) -> dict[str, object]:
    """Where a flag stands: "open", "acknowledged", "snoozed", "waived" or "resolved"."""
    text, icon, tone = FLAG_STATES[state]
    return {"text": text, "icon": icon, "tone": tone}


@register.simple_tag
@remembered("ui/unit.html")
def unit(name: str, index: int, *, url: str = "", short: str = "") -> dict[str, object]:
    """A business unit: its tile and its name. `index` is a stable number of the unit; `short` replaces its initials."""
    return {"name": name, "index": int(index) % COLOURS, "url": url, "short": short or initials(name, at_most=3)}


@register.simple_tag
@remembered("ui/owner.html")
def owner(
    department: str | None,
    unit: str = "",
    index: int = 0,
    *,
    url: str = "",
    short: str = "",
    layout: str = "stack",
    note: str = "",
) -> dict[str, object]:
    """The department that owns something, with its unit; without a department, an unmistakable "Unowned".

    Guests are not told the unit: without it, the name stands alone.
    `index` is a stable number of the unit (colour and pattern), `layout` is "stack" or "line", `note` replaces the
    unit's name in the second place.
    """
    return {
        "department": department,
        "unit": unit,
        "index": int(index or 0) % COLOURS,
        "url": url,
        "short": short or initials(unit or "", at_most=3),
        "layout": layout,
        "note": note or unit if department else note or (gettext("in %(unit)s") % {"unit": unit} if unit else ""),
    }


@register.simple_tag
@remembered("ui/person.html")
def person(
    name: str | None, *, title: str = "", url: str = "", size: str = "", only_avatar: bool = False, away: str = ""
) -> dict[str, object]:
    """A person: letters in a circle, and the name. `away` says why they cannot act ("Left on 3 May")."""
    return {
        "name": name,
        "initials": initials(name) if name else "",
        "tint": crc32(name.encode()) % COLOURS if name else 0,
        "title": title,
        "url": url,
        "size": size,
        "only_avatar": only_avatar,
        "away": away,
    }


@register.simple_tag
@remembered("ui/emotion.html")
def emotion(value: int | None, *, words: bool = False) -> dict[str, object]:
    """How a customer feels, −2 to +2; `words` shows the words too. None says that nobody has looked yet."""
    if value is None:
        return {"text": gettext("Emotion not recorded"), "icon": "circle-dashed", "words": True}
    text, icon, feeling = EMOTIONS[value]
    number = f"{value:+d}".replace("-", "\N{MINUS SIGN}") if value else "0"
    return {"number": number, "text": text, "icon": icon, "feeling": feeling, "words": words}


@register.simple_tag
@remembered("ui/channel.html")
def channel(code: str, *, only_icon: bool = False) -> dict[str, object]:
    """The channel of a touchpoint or story. One that the house does not know is shown as it was written."""
    key = code.strip().lower().replace(" ", "_").replace("-", "_")
    if key in CHANNELS:
        text, icon = CHANNELS[key]
        return {"text": text, "icon": icon, "only_icon": only_icon}
    icon = CHANNELS[_CHANNELS_CALLED[key]][1] if key in _CHANNELS_CALLED else "radio"
    return {"text": code.replace("_", " ") or pgettext("channel", "None"), "icon": icon, "only_icon": only_icon}
