"""Sentences that were written for a page, where they are told without markup."""

from __future__ import annotations

from html import unescape

from django.utils.html import strip_tags


def plain_text(markup: str) -> str:
    """The words of escaped HTML as people read them: without the tags, with "&" and "<" where a name has them."""
    return unescape(strip_tags(markup))
