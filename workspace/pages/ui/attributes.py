"""What a template passes through to a piece: attributes of its element, and the content of a block."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe


def attributes(values: dict[str, object]) -> SafeString:
    """Return `values` as HTML attributes: `hx_post` becomes `hx-post`; None, False and "" are left out."""
    kept = [(name.replace("_", "-"), value) for name, value in values.items() if value not in (None, False, "")]
    return format_html_join("", ' {}="{}"', ((name, "" if value is True else value) for name, value in kept))


def stripped(content: str) -> SafeString:
    """Return the content of a block, which the template engine has escaped already, without the space around it."""
    return mark_safe(content.strip())  # noqa: S308 - rendered by a template just now
