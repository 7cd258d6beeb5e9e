"""How views answer: a page or the part of it that was asked for; after a change, a redirect or a word to the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

CHANGED = "changed"
"""The browser event after which the parts of a page that carry `hx-trigger="changed from:body"` fetch themselves."""


def asks_for(request: HttpRequest) -> str:
    """The id of the element that htmx wants to fill; "" for a whole page, also one that is restored from history."""
    htmx: Any = getattr(request, "htmx", None)
    if not htmx or htmx.history_restore_request:
        return ""
    return str(htmx.target or "")


def page_or_part(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, parts: Mapping[str, str], status: int = 200
) -> HttpResponse:
    """Render `template`, or of `parts` (element id → template) the one that htmx asks for; never kept by a cache."""
    response = render(request, parts.get(asks_for(request), template), dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    patch_cache_control(response, private=True, no_cache=True)
    return response


def done(request: HttpRequest, text: str, *, back: str) -> HttpResponse:
    """Say that it worked: a toast to a page that then fetches what changed, otherwise a message and a way `back`.

    A form field or parameter `next` (an address of this house) wins over `back`.
    """
    if getattr(request, "htmx", False):
        triggers = {"toast": {"text": text, "tone": "good"}, CHANGED: {}}
        return HttpResponse(headers={"HX-Trigger": json.dumps(triggers)})
    messages.success(request, text)
    return redirect(way_back(request, back))


def way_back(request: HttpRequest, back: str) -> str:
    """The address in `next` if it is one of this house, else `back`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else back
