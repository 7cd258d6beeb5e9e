"""Things to press: icon, button, menu, dialog, tooltip, key hint."""

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from workspace.pages.ui.attributes import attributes

register = template.Library()


@register.simple_tag
def icon(name: str, *, size: int = 16, label: str = "") -> SafeString:
    """Return a lucide icon as inline SVG: decoration, unless `label` says what it means. Raises for an unknown name."""
    return _svg(name, size, str(label))


@lru_cache(maxsize=1024)
def _svg(name: str, size: int, label: str) -> SafeString:
    meaning = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return mark_safe(lucide(name, size=size, **{"class": "icon", **meaning}))  # noqa: S308 - drawn by the package, attributes escaped by it


@register.inclusion_tag("ui/button.html")
def button(
    label: str,
    *,
    kind: str = "",
    icon: str = "",
    href: str = "",
    type: str = "submit",  # noqa: A002 - what HTML calls it
    size: str = "",
    disabled: bool = False,
    **extra: object,
) -> dict[str, object]:
    """A button, or a link that looks like one where `href` is given.

    `kind`: "" (plain), "primary", "quiet" or "danger". `size`: "", "small" or "full". Further arguments become
    attributes (`hx_post=…`, `name=…`, `data_opens=…`).
    """
    return {
        "label": label,
        "kind": kind,
        "icon": icon,
        "href": href,
        "type": type,
        "size": size,
        "disabled": disabled,
        "extra": attributes(extra),
    }


@register.inclusion_tag("ui/icon_button.html")
def icon_button(
    icon: str,
    label: str,
    *,
    kind: str = "quiet",
    href: str = "",
    type: str = "button",  # noqa: A002 - what HTML calls it
    size: str = "",
    tip: str = "below",
    **extra: object,
) -> dict[str, object]:
    """A button that shows an icon alone; `label` is its name and its tooltip. `tip`: "above", "below", "end" or ""."""
    return {
        "label": label,
        "kind": kind,
        "icon": icon,
        "href": href,
        "type": type,
        "size": size,
        "tip": tip,
        "extra": attributes(extra),
    }


@register.inclusion_tag("ui/post_button.html", takes_context=True)
def post_button(
    context: Context,
    action: str,
    label: str,
    *,
    kind: str = "",
    icon: str = "",
    size: str = "",
    name: str = "",
    value: object = "",
    said: str = "",
    **extra: object,
) -> dict[str, object]:
    """A form of one button that POSTs to `action`, with `name=value` if given; works without a script.

    `said` is what a screen reader says in the place of a label that many rows share.

    Further arguments become attributes of the form (`hx_post=…`, `hx_target=…`).
    """
    return {
        "csrf_token": context.get("csrf_token", ""),
        "action": action,
        "label": label,
        "kind": kind,
        "icon": icon,
        "size": size,
        "name": name,
        "value": value,
        "said": said,
        "extra": attributes(extra),
    }


@register.simple_block_tag(end_name="endmenu")
def menu(
    content: str, label: str, *, icon: str = "", kind: str = "", align: str = "end", only_icon: bool = False
) -> SafeString:
    """A button that discloses a list; the content is `<li>`s of links, buttons or one-button forms."""
    return render_to_string(
        "ui/menu.html",
        {"content": content, "label": label, "icon": icon, "kind": kind, "align": align, "only_icon": only_icon},
    )


@register.simple_block_tag(end_name="enddialog")
def dialog(content: str, name: str, title: str, *, size: str = "", open_now: bool = False) -> SafeString:
    """A modal dialog. `data-opens="<name>"` on any element opens it; `open_now` does so as soon as it arrives."""
    return render_to_string(
        "ui/dialog.html", {"content": content, "id": name, "title": title, "size": size, "open_now": open_now}
    )


@register.simple_block_tag(end_name="endtooltip")
def tooltip(content: str, text: str, name: str, *, side: str = "above") -> SafeString:
    """Words that appear on hover and focus. The content must be focusable and carry `aria-describedby="<name>"`."""
    return render_to_string("ui/tooltip.html", {"content": content, "text": text, "id": name, "side": side})


@register.simple_tag
def keys(combination: str) -> SafeString:
    """Return "g h" or "Ctrl K" as key caps."""
    caps = format_html_join("", "<kbd>{}</kbd>", ((key,) for key in combination.split()))
    return format_html('<span class="keys">{}</span>', caps)
