"""Where one is, and where one can go: page header, breadcrumbs, navigation item, tabs."""

from collections.abc import Sequence

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from workspace.pages.ui.attributes import stripped

register = template.Library()


@register.simple_block_tag(end_name="endheader")
def page_header(content: str, title: str, *, lead: str = "", crumbs: Sequence[tuple[str, str]] = ()) -> SafeString:
    """A page's `<h1>`, the way to it (`crumbs`: pairs of label and address), and its actions, the content."""
    return render_to_string(
        "ui/page_header.html", {"content": stripped(content), "title": title, "lead": lead, "crumbs": crumbs}
    )


@register.inclusion_tag("ui/nav_item.html", takes_context=True)
def nav_item(
    context: Context, label: str, icon: str, route: str, *, count: int = 0, count_label: str = "", key: str = ""
) -> dict[str, object]:
    """A line of the navigation to the route of that name; current where the page lies under it. `key`: its shortcut."""
    url = reverse(route)
    request = context.get("request")
    path = request.path if request else ""
    is_here = path == url or (url != "/" and path.startswith(url))
    return {
        "label": label,
        "icon": icon,
        "url": url,
        "count": count,
        "count_label": count_label,
        "key": key,
        "current": ("page" if path == url else "true") if is_here else "",
    }


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Sequence[dict[str, object]], label: str) -> dict[str, object]:
    """Views of one thing, side by side. An item has `label`, `url`, and may have `current`, `count` and `icon`."""
    return {"items": items, "label": label}


@register.simple_tag
def static_if_there(path: str) -> str:
    """Return the address of a static file, or "" if it was never collected: the page of a failure must not fail."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:
        return ""
