"""What the person behind a request means for it: their time zone, and that a session ends with the job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone


class PersonMiddleware:
    """Shows times in the person's own zone, and signs out whoever has left.

    The sign-in backend already refuses the session of somebody who does not work here any more; here the browser
    forgets it too. Nothing is written. Views that are open to everybody are left alone: they ask the database nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; afterwards the installation's time zone holds again."""
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if getattr(request, "has_left", False):
            response.delete_cookie(
                settings.SESSION_COOKIE_NAME, path=settings.SESSION_COOKIE_PATH, domain=settings.SESSION_COOKIE_DOMAIN
            )
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Look who it is, on views that ask for a sign-in."""
        if not getattr(view, "login_required", True):
            return
        if not request.user.is_authenticated:
            request.has_left = SESSION_KEY in request.session  # type: ignore[attr-defined]
        elif request.user.time_zone:
            timezone.activate(ZoneInfo(request.user.time_zone))
