"""What the house says when a command refuses."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from workspace.errors import Refusal

NOT_USED = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "usb",
)


class HeadersMiddleware:
    """Turns off what no page uses of a browser, and keeps pages out of caches that several people share."""

    policy = ", ".join(f"{feature}=()" for feature in NOT_USED)

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.policy)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response


class RefusalMiddleware:
    """Turns a Refusal into the page of its status, with its reason and next step; for htmx, into these words alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; other exceptions go on."""
        if not isinstance(exception, Refusal):
            return None
        template = "ui/refusal_note.html" if getattr(request, "htmx", False) else f"{exception.status}.html"
        words = {"reason": exception.reason, "next_step": exception.next_step}
        return render(request, template, words, status=exception.status)
