"""How views answer: a page or the part of it that was asked for; after a change, a redirect or a word to the page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

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


def done(request: HttpRequest, text: str, *, back: str, undo: str = "") -> HttpResponse:
    """Say that it worked: a toast to a page that then fetches what changed, otherwise a message and a way `back`.

    A form field or parameter `next` (an address of this house) wins over `back`. `undo` is the address that a POST
    undoes it at; the toast offers it.
    """
    if getattr(request, "htmx", False):
        toast = {"text": text, "tone": "good"} | ({"undo": undo} if undo else {})
        return HttpResponse(headers={"HX-Trigger": json.dumps({"toast": toast, CHANGED: {}})})
    messages.success(request, text)
    return redirect(way_back(request, back))


def undo_address(events: Sequence[int]) -> str:
    """Where the newest of these events is undone; "" where nothing was recorded."""
    return reverse("undo_this", args=[events[-1]]) if events else ""


def done_undoably(request: HttpRequest, text: str, events: Sequence[int], *, back: str) -> HttpResponse:
    """Say that it worked, and offer to undo the newest of the events that it recorded."""
    return done(request, text, back=back, undo=undo_address(events))


def way_back(request: HttpRequest, back: str) -> str:
    """The address in `next` if it is one of this house, else `back`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else back


class Download(StreamingHttpResponse):
    """A file to keep, sent piece by piece; the pieces are made in the thread of the request, also behind uvicorn."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, without holding all of them at once."""
        pieces: Iterator[bytes] = iter(self)

        def following() -> bytes | None:
            return next(pieces, None)

        while (piece := await sync_to_async(following)()) is not None:
            yield piece


def download(name: str, content_type: str, chunks: Iterable[bytes]) -> Download:
    """Answer with a file called `name` that a browser saves, never shows or runs, and that no cache keeps.

    `name` may hold anything; only its last part is used. Work on the database goes on while `chunks` is read, so read
    permissions before.
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip() or "download"
    disposition = content_disposition_header(as_attachment=True, filename=plain)
    response = Download(chunks, content_type=content_type)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    patch_cache_control(response, private=True, no_store=True)
    return response
