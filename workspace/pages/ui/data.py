"""Showing many: rows, table columns, pagination, timeline, stat tile."""

from collections.abc import Iterable

from django import template
from django.core.paginator import Page
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from workspace.pages.ui.attributes import stripped
from workspace.pages.ui.forms import query_with

register = template.Library()


@register.simple_block_tag(end_name="endrow")
def row(content: str, title: str, *, url: str = "", icon: str = "", note: str = "") -> SafeString:
    """One line of a `<ul class="rows">`: title (a link over the whole row), note; the content stands at the end."""
    return render_to_string(
        "ui/row.html", {"content": stripped(content), "title": title, "url": url, "icon": icon, "note": note}
    )


@register.simple_block_tag(end_name="endtable")
def table(content: str, caption: str, *, show_caption: bool = False, cards: bool = True) -> SafeString:
    """A table whose content is `<thead>` and `<tbody>`. With `cards`, each row is a card on a narrow screen.

    A row's heading is `<th scope="row">`; each `<td>` carries `data-label`, which is what the card shows beside it.
    """
    return render_to_string(
        "ui/table.html", {"content": content, "caption": caption, "show_caption": show_caption, "cards": cards}
    )


@register.inclusion_tag("ui/column.html", takes_context=True)
def column(context: Context, label: str, *, sort: str = "", number: bool = False) -> dict[str, object]:
    """A column's head. `sort` names the key that the view sorts by; the address says `?sort=key` or `?sort=-key`."""
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(current, "none") if sort else ""
    turned = f"-{sort}" if direction == "ascending" else sort
    return {
        "label": label,
        "number": number,
        "direction": direction,
        "url": query_with(context, sort=turned, page=None) if sort else "",
    }


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[object], *, target: str = "") -> dict[str, object]:
    """Where one is in a list, and the way to its other pages (`?page=2`). `target` fetches into that element."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "target": target,
        "steps": [
            {"number": number, "url": query_with(context, page=number) if isinstance(number, int) else ""}
            for number in numbers
        ],
        "previous_url": query_with(context, page=page.previous_page_number()) if page.has_previous() else "",
        "next_url": query_with(context, page=page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Iterable[dict[str, object]], *, label: str = "") -> dict[str, object]:
    """What happened, in the order given. An event has `sentence`, `at`, and may have `icon`, `tone` and `note`."""
    return {"events": events, "label": label}


@register.inclusion_tag("ui/stat.html")
def stat(
    label: str, value: object, *, change: str = "", tone: str = "", note: str = "", url: str = ""
) -> dict[str, object]:
    """A number that matters, for a `<div class="tiles">`. `change` is signed ("+4 points"); `tone` judges it."""
    sign = str(change)[:1]
    arrow = "trending-up" if sign == "+" else "trending-down" if sign in {"-", "\N{MINUS SIGN}"} else "minus"
    return {"label": label, "value": value, "change": change, "tone": tone, "note": note, "url": url, "arrow": arrow}
