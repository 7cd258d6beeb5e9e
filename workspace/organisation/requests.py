"""Who asks: the person behind a request that has come past the sign-in."""

from __future__ import annotations

from django.http import HttpRequest

from workspace.organisation.models import Person


def viewer(request: HttpRequest) -> Person:
    """The person who is signed in. Raises TypeError on a view that is open to everybody."""
    if not isinstance(request.user, Person):
        raise TypeError("nobody is signed in; a view that is open to everybody has no viewer")
    return request.user
