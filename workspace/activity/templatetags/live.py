"""`{% load live %}`: what a page listens to."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workspace.activity.live.hub import hub
from workspace.activity.topics import ALL, HOUSE, seal

register = template.Library()


@register.simple_tag(takes_context=True)
def live_topics(context: Context, *topics: Any, only: str = "", every: float = 1) -> SafeString | str:
    """Attributes of the body that let the page hear of `topics`: things, scopes, "house" or "all". No statement.

    `only`: nouns that the page shows, with spaces between; what happens to others does not make it fetch itself again.
    `every`: seconds between two times that it does. Guests hear of scopes alone.
    """
    request: HttpRequest | None = context.get("request")
    person: Any = getattr(request, "user", None)
    if request is None or person is None or not person.is_authenticated:
        return ""
    named = [_topic(topic) for topic in topics if topic]
    wanted = [topic for topic in named if not (person.is_guest and topic in (ALL, HOUSE))]
    session_key = request.session.session_key
    if not wanted or not session_key:
        return ""
    sealed = seal(wanted, person_id=person.pk, session_key=session_key, position=hub.position)
    attributes = format_html(' data-live="{}" data-live-at="{}"', sealed, reverse("activity:live"))
    if only:
        attributes += format_html(' data-live-only="{}"', only)
    if every != 1:
        attributes += format_html(' data-live-every="{}"', every)
    return attributes


def _topic(thing: Any) -> str:
    """The topic of a thing: its scope, or that of its own id."""
    if isinstance(thing, str):
        return thing
    return str(getattr(thing, "scope", "") or f"{thing.NOUN}:{thing.pk}")
