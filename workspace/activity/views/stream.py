"""The live stream of a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workspace.activity.live import messages
from workspace.activity.live.hub import Full, hub
from workspace.activity.live.messages import Batch, Listener
from workspace.activity.live.stream import Stream
from workspace.activity.queries.fresh import Fresh, Position, committed_after, recorded_since
from workspace.activity.topics import NotYours, Wish, may_hear, unseal
from workspace.errors import NotAllowed

CONTENT_TYPE = "text/event-stream; charset=utf-8"
CAUGHT_UP = 100
"""Whoever missed more events than this fetches everything again."""
LOOK_BACK = timedelta(seconds=0.5)
"""How long before its page was made an event may have been recorded that was committed after it."""


@require_safe
def stream(request: HttpRequest) -> HttpResponseBase:
    """What happens in the topics that `for` names, as server-sent events; HEAD says whether they would come.

    `Last-Event-ID`, or `last`, is the place that the page has seen; what was missed since is sent first. At most 3
    statements besides those about session and person, and 1 for each topic of a guest. 403 for topics that are not,
    or no longer, the viewer's; 503 when too many listen.
    """
    listener, wish = _who(request)
    stream = Stream(
        listener,
        session_key=str(request.session.session_key),
        session_hash=request.session.get(HASH_SESSION_KEY, ""),
    )
    # Of a pool, each waiting request would hold a connection, and the hub would wait for one of them: after a restart,
    # when everybody comes back at once, for ever.
    close_old_connections()
    try:
        position = hub.join(stream)
    except Full as full:
        return _later(60 if full.for_person else 20)
    except TimeoutError:
        return _later(10)
    if request.method == "HEAD":
        hub.leave(stream)
        return HttpResponse(content_type=CONTENT_TYPE)
    try:
        first = _first(request, wish, listener, position)
    except BaseException:
        hub.leave(stream)
        raise
    stream.put(first, instead=first)
    pieces: Any = stream.read_async(hub.leave) if isinstance(request, ASGIRequest) else stream.read(hub.leave)
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _who(request: HttpRequest) -> tuple[Listener, Wish]:
    """Who listens to what. Raises NotAllowed."""
    person: Any = request.user
    try:
        wish = unseal(request.GET.get("for", ""), person_id=person.pk, session_key=str(request.session.session_key))
    except NotYours:
        raise NotAllowed(
            _("This page was made for somebody else, for another session, or long ago."),
            next_step=_("Reload the page."),
        ) from None
    topics = frozenset(topic for topic in wish.topics if may_hear(person, topic))
    if not topics:
        raise NotAllowed(
            _("Nothing of what this page listens to is open to you any more."), next_step=_("Reload the page.")
        )
    return Listener(person.pk, person.is_guest, topics), wish


def _first(request: HttpRequest, wish: Wish, listener: Listener, position: Position) -> bytes:
    """The opening, and what the page has missed. What is sent twice does no harm: pages only fetch what they show."""
    last = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    seen = Position.read(last) if last else wish.position
    missed: Iterable[Fresh]
    if seen is not None:
        missed = found = committed_after(seen, at_most=CAUGHT_UP + 1)
    elif last:
        return messages.opening(position) + messages.resync(position)
    else:
        made_at = datetime.fromtimestamp(wish.made_at, UTC) - LOOK_BACK
        missed = found = recorded_since(made_at, at_most=CAUGHT_UP + 1)
    if len(found) > CAUGHT_UP:
        return messages.opening(position) + messages.resync(position)
    # The events that a bounded reader left out come after these, so the place is that of the hub.
    return messages.opening(position) + Batch(list(missed), position).for_listener(listener)


def _later(seconds: int) -> HttpResponse:
    response = HttpResponse(_("Too many pages are open."), status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(seconds)
    return response
