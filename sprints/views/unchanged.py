"""Whether a page is still what the browser has: its ETag over person, rights, what happened, day and build."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language

from workspace import clock
from workspace.answers import asks_for
from workspace.organisation.models import Person

_MADE_OF = ("templates", "sprints", "workspace/pages", "workspace/static")


@cache
def build() -> str:
    """What this process makes pages of: a short text that another version of the product does not share."""
    root = Path(settings.BASE_DIR)
    files = sorted(path for part in _MADE_OF for path in (root / part).rglob("*.*") if path.suffix != ".pyc")
    listed = "".join(f"{path.name}{path.stat().st_mtime_ns}{path.stat().st_size}" for path in files)
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def etag_of(request: HttpRequest, person: Person, *marks: object) -> str:
    """The ETag of this address for this person; "" where the page has something to say once."""
    if "messages" in request.COOKIES or settings.DEBUG:
        return ""
    day = timezone.localdate(clock.now())
    # Forms on a kept page carry a token that goes with this cookie.
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    asked = (secret, request.get_full_path(), asks_for(request), get_language())
    return quote_etag(
        hashlib.sha256(repr((person.pk, person.version, asked, day, build(), marks)).encode()).hexdigest()[:32]
    )


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    """The answer 304 if the browser has this very page."""
    if not etag or not ({etag, f"W/{etag}"} & set(parse_etags(request.headers.get("If-None-Match", "")))):
        return None
    return with_etag(HttpResponseNotModified(), etag)


def with_etag(response: HttpResponse, etag: str) -> HttpResponse:
    """Mark the response, which no cache but the browser's own keeps, and that one asks first."""
    if etag:
        response.headers["ETag"] = etag
    patch_vary_headers(response, ["HX-Request", "HX-Target", "Cookie"])
    patch_cache_control(response, private=True, no_cache=True)
    return response
