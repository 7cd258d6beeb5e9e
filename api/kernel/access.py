"""As whom a request acts, and how far: by a token, or by the session of a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from workspace.errors import NotAllowed
from workspace.organisation.commands import note_use
from workspace.organisation.models import Person, Token
from workspace.organisation.queries.tokens import is_use_to_be_noted, token_with

SCOPES = list(Token.Scope.values)


@dataclass(frozen=True, slots=True)
class Access:
    """How far a request may go: its scope, and what it is limited to, by noun; no limits means everything."""

    scope: str
    token_id: int | None = None
    limits: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def reaches(self, scope: str) -> bool:
        """Whether it may do what asks for this scope."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def check_reaches(self, scope: str) -> None:
        """Raise NotAllowed where it may not do what asks for this scope."""
        if not self.reaches(scope):
            raise NotAllowed(
                _("This token has the scope “%(held)s”, and this asks for “%(asked)s”.")
                % {"held": self.scope, "asked": scope},
                next_step=_("Make a token with that scope on your account page."),
            )


BROWSER = Access("admin")
"""Whoever is signed in on a page may do over HTTP what they may do there."""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer tl_…`: 1 statement, 1 more for a token with limits, and 1 more each ten minutes."""

    def authenticate(self, request: Request) -> tuple[Person, Access] | None:
        """The person and how far the token reaches; None where no token was sent. Raises AuthenticationFailed."""
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        if kind.lower() != "bearer":
            raise AuthenticationFailed(_("“%(kind)s” is no way to sign in here: send “Bearer”.") % {"kind": kind[:20]})
        opened = token_with(secret.strip())
        if opened is None:
            raise AuthenticationFailed(
                _("This token opens nothing: it is unknown, revoked or past its end, or its person has left.")
            )
        token = opened.token
        if is_use_to_be_noted(token):
            note_use(token)
        return token.person, Access(token.scope, token.pk, opened.limits)

    def authenticate_header(self, request: Request) -> str:
        """What a caller is told who has not said who it is."""
        return 'Bearer realm="Throughline"'


class BrowserAuthentication(SessionAuthentication):
    """The session of a page, with its protection against forged requests."""

    def authenticate(self, request: Request) -> tuple[Person, Access] | None:
        """The person who is signed in; None for nobody."""
        found: Any = super().authenticate(request)
        return None if found is None else (found[0], BROWSER)


class ReachesScope(BasePermission):
    """Whether the token reaches what the view asks for: `scope_of()` of the view says it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether somebody is signed in; raises NotAllowed for a scope that is too small."""
        if not isinstance(request.user, Person):
            return False
        if not hasattr(view, str(request.method).lower()):
            return True  # the method is not taken, and that is what is to be said
        access_of(request).check_reaches(view.scope_of())
        return True


def access_of(request: Request) -> Access:
    """How far a request goes that has come past the sign-in."""
    return request.auth if isinstance(request.auth, Access) else BROWSER


def person_of(request: Request) -> Person:
    """As whom a request acts that has come past the sign-in. Raises TypeError where nobody is signed in."""
    if not isinstance(request.user, Person):
        raise TypeError("nobody is signed in; a view that is open to everybody has no person")
    return request.user
