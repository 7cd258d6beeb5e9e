"""Who asks: the person behind a request that has come past the sign-in."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from workspace.activity.queries.history import Reader
from workspace.errors import Unknown
from workspace.organisation.models import Person


def viewer(request: HttpRequest) -> Person:
    """The person who is signed in. Raises TypeError on a view that is open to everybody."""
    if not isinstance(request.user, Person):
        raise TypeError("nobody is signed in; a view that is open to everybody has no viewer")
    return request.user


def insider(request: HttpRequest) -> Person:
    """The viewer, if they work here. Raises Unknown for a guest: for them there is no such page."""
    person = viewer(request)
    if person.is_guest:
        raise Unknown(
            _("This page is for people of the house."), next_step=_("Ask whoever invited you to share a journey.")
        )
    return person


def reader(request: HttpRequest) -> Reader:
    """As whom the viewer reads a history."""
    person = viewer(request)
    return Reader(person.pk, reads_all=person.is_staff)


def client_address(request: HttpRequest) -> str:
    """The address that the request comes from, as far as it can be trusted.

    Each of the proxies that stand in front (`TRUSTED_PROXIES`) appends to X-Forwarded-For whom it was called by. What
    stands before these entries is the caller's own claim, and is not believed.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    told = _without_port(named[-proxies]) if 0 < proxies <= len(named) else ""
    return next((address for address in (told, peer) if _is_address(address)), "0.0.0.0")  # noqa: S104 - names nobody


def _without_port(text: str) -> str:
    """The address in `198.51.100.7:4444` and `[2001:db8::1]:443`, as some proxies write it."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
