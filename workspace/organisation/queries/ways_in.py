"""How a person gets in, as they see it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from workspace import clock
from workspace.organisation.models import Person

BROWSERS = ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip
"""What stands in a browser's name for itself, and what people call it; the first that fits, for they borrow names."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaysIn:
    """All ways in. `codes_left` is None where there are no recovery codes."""

    has_password: bool
    authenticator_since: datetime | None
    passkeys: list[Passkey]
    codes_left: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the person is signed in."""

    id: int
    browser: str
    address: str
    since: datetime
    is_here: bool


def ways_in_of(person: Person) -> WaysIn:
    """The ways in of a person: 1 statement."""
    held = list(Authenticator.objects.filter(user=person).order_by("created_at", "id"))
    apps = [each for each in held if each.type == Authenticator.Type.TOTP]
    codes = [each for each in held if each.type == Authenticator.Type.RECOVERY_CODES]
    return WaysIn(
        has_password=person.has_usable_password(),
        authenticator_since=apps[0].created_at if apps else None,
        passkeys=[
            Passkey(each.pk, each.wrap().name, each.created_at, each.last_used_at)
            for each in held
            if each.type == Authenticator.Type.WEBAUTHN
        ],
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
    )


def places_of(person: Person, *, here: str) -> list[Place]:
    """Where the person is signed in, the place with the session key `here` first: 1 statement, which writes nothing."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    noted = UserSession.objects.filter(user=person, session_key__in=alive).order_by("-created_at")
    places = [
        Place(each.pk, _browser(each.user_agent), each.ip, each.created_at, each.session_key == here) for each in noted
    ]
    return sorted(places, key=lambda place: not place.is_here)


def _browser(agent: str) -> str:
    """The browser and the system that it names itself after."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown browser")
