"""How large a request may be: what is larger than any page takes is refused before it is read.

Django's handler writes the whole body of a request to disk before any view, middleware or upload handler is asked. So
the limit stands in front of it, and an upload of some hundred megabytes costs nobody more than its first bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

MEGABYTE = 1024 * 1024
AROUND = MEGABYTE
"""Bytes that a form may have around the file in it."""


class LimitedBodies:
    """Answers 413 to a request that says it is too large, or turns out to be, and hands the others on.

    The answer is plain text; below an address in `forms`, what the function of that name makes of reason and next step:
    media type and body. It is found when it is needed, for this stands before all apps.
    """

    def __init__(self, application: Application, forms: Mapping[str, str]) -> None:
        self.application, self.forms = application, forms

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer the request. One that names its length is refused unread, any other when it passes the limit."""
        most = settings.MAX_ATTACHMENT_MB * MEGABYTE + AROUND
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif _length(scope) > most:
            await self._refuse(scope, send)
        else:
            counted = _Counted(receive, most)
            await self.application(scope, counted, send)
            if counted.is_too_much:
                await self._refuse(scope, send)

    async def _refuse(self, scope: Message, send: Send) -> None:
        limit = {"limit": settings.MAX_ATTACHMENT_MB}
        reason = _("This is larger than the %(limit)d MB that a file may have, so it was not taken.") % limit
        next_step = _("Make it smaller, or put it where large files are kept and link to it.")
        media_type, body = "text/plain; charset=utf-8", f"{reason} {next_step}\n".encode()
        for start, form in self.forms.items():
            if scope["path"].startswith(start):
                media_type, body = import_string(form)(reason, next_step)
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", b"%d" % len(body)),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"private, no-store"),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Counted:
    """Receives the body and counts it. What is too much looks like a caller who has gone: nothing is answered to it."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.receive, self.left = receive, most

    @property
    def is_too_much(self) -> bool:
        """Whether more came than may come."""
        return self.left < 0

    async def __call__(self) -> Mapping[str, Any]:
        message = await self.receive()
        if message["type"] == "http.request":
            self.left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_much else message


def _length(scope: Message) -> int:
    """The length that the request names; 0 for none, or none that is a number."""
    told = dict(scope["headers"]).get(b"content-length", b"0")
    return int(told) if told.isdigit() and len(told) < 20 else 0
