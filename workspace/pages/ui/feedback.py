"""What the house says back: banner, toast, empty state, skeleton, progress, coverage."""

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from workspace.pages.ui.attributes import stripped

register = template.Library()

_TONE_ICONS = {"": "info", "info": "info", "good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}
_MESSAGE_TONES = {"debug": "", "info": "", "success": "good", "warning": "warn", "error": "bad"}
# Coverage this many points below its target is still "almost there".
_NEAR = 15


@register.simple_block_tag(end_name="endbanner")
def banner(content: str, tone: str = "", *, dismissible: bool = False) -> SafeString:
    """A sentence above the content that stays. `tone`: "", "good", "warn" or "bad"."""
    return render_to_string(
        "ui/banner.html",
        {"content": content, "tone": tone, "icon": _TONE_ICONS[tone], "dismissible": dismissible},
    )


@register.filter
def message_tone(level_tag: str) -> str:
    """Return the tone of a Django message's `level_tag`."""
    return _MESSAGE_TONES.get(level_tag, "")


@register.inclusion_tag("ui/toast.html", takes_context=True)
def toast(context: Context, text: str, *, tone: str = "", undo: str = "") -> dict[str, object]:
    """Short words at the foot of the page that pass; `undo` is the address whose POST undoes what they tell of."""
    return {
        "text": text,
        "tone": tone,
        "icon": _TONE_ICONS[tone] if tone else "",
        "undo": undo,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.simple_block_tag(end_name="endempty")
def empty_state(content: str, title: str, *, text: str = "", icon: str = "inbox", level: int = 2) -> SafeString:
    """Nothing is here: what would be, and the next step, which is the content (buttons). `level` is the heading's."""
    return render_to_string(
        "ui/empty_state.html",
        {"content": stripped(content), "title": title, "text": text, "icon": icon, "level": level},
    )


@register.inclusion_tag("ui/skeleton.html")
def skeleton(lines: int = 3, *, label: str = "") -> dict[str, object]:
    """Grey lines where something is still being fetched."""
    return {"lines": range(lines), "label": label or gettext("Loading…")}


@register.inclusion_tag("ui/progress.html")
def progress(label: str, done: int | None = None, total: int = 100, *, note: str = "") -> dict[str, object]:
    """How far a job is. Without `done`, that it runs. `note` replaces "3 of 9"."""
    return {"label": label, "done": done, "total": total, "note": note, "is_known": done is not None}


@register.inclusion_tag("ui/coverage.html")
def coverage(owned: int, live: int, *, target: int | None = None, label: str = "") -> dict[str, object]:
    """The share of live touchpoints that are owned, in whole percent and never rounded up, with the target's tick."""
    percent = owned * 100 // live if live else 0
    tone = ""
    if target is not None and live:
        tone = "good" if owned * 100 >= target * live else "warn" if percent >= target - _NEAR else "bad"
    return {
        "owned": number_format(owned, force_grouping=True),
        "live": number_format(live, force_grouping=True) if live else "",
        "percent": percent,
        "target": target,
        "tone": tone,
        "label": label or gettext("Coverage"),
    }
