"""Signing in and out, and one's own account."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.access.ways import EVERYBODY, GUESTS, INSIDERS, Way
from tests.caching import empty_cache
from tests.cast import Cast
from workspace.organisation.commands import set_password

SIGNED_IN = (*INSIDERS, *GUESTS)


def ways(cast: Cast) -> list[Way]:
    """The executive has a password, an authenticator app, and a session elsewhere; the others have nothing yet.

    What is sensitive asks once more: it leads to that question (302) whoever has something to answer it with.
    """
    empty_cache()  # limits of earlier tests
    set_password(cast.executive, password="seven-green-kettles-sing", actor=None)
    Authenticator.objects.create(user=cast.executive, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    away = UserSession.objects.create(user=cast.executive, session_key="away", ip="198.51.100.7", user_agent="")
    Session.objects.create(session_key="away", session_data="", expire_date=timezone.now() + timedelta(days=1))
    led_on, unknown = dict.fromkeys(SIGNED_IN, 302), dict.fromkeys(EVERYBODY, 404)
    return [
        *_open("account_login", "/sign-in/", 200, 422, answers=led_on),
        *_open("mfa_authenticate", "/sign-in/code/", 302, 302),
        Way("mfa_login_webauthn", "/sign-in/passkey/", "POST", EVERYBODY, done=200, answers=led_on, is_recorded=False),
        Way("sign_in_elsewhere", "/sign-in/elsewhere/", "POST", EVERYBODY, answers=unknown),
        Way("sign_in_elsewhere_back", "/sign-in/elsewhere/back/", by=EVERYBODY, answers=unknown),
        Way("account_logout", "/sign-out/", "POST", EVERYBODY, is_recorded=False),
        *_open("account_reset_password", "/account/password/reset/", 200, 422),
        Way("account_reset_password_done", "/account/password/reset/sent/", by=EVERYBODY),
        *_open("account_reset_password_from_key", "/account/password/reset/1-made-up/", 410, 410),
        Way("account_email_verification_sent", "/account/address/", by=EVERYBODY),
        *_open("account_confirm_email", "/account/address/made-up/", 200, 404),
        Way("account", "/account/", by=SIGNED_IN),
        Way("sessions", "/account/sessions/", by=SIGNED_IN),
        Way("end_session", f"/account/sessions/{away.pk}/end/", "POST", ("executive",), answers=_but("executive", 404)),
        Way("end_other_sessions", "/account/sessions/end-others/", "POST", SIGNED_IN, answers=_but("executive", 302)),
        # Whoever has no password is led to choosing a first one, and the other way round.
        *_own("account_change_password", "/account/password/", (302, 302), executive=(200, 422)),
        *_own("account_set_password", "/account/password/first/", (200, 422), executive=(302, 302)),
        *_own("mfa_activate_totp", "/account/authenticator/", (200, 422)),
        *_own("mfa_deactivate_totp", "/account/authenticator/remove/", (404, 404)),
        *_own("mfa_add_webauthn", "/account/passkeys/add/", (200, 422)),
        *_own("mfa_edit_webauthn", "/account/passkeys/1/name/", (404, 404)),
        *_own("mfa_remove_webauthn", "/account/passkeys/1/remove/", (404, 404)),
        _own("mfa_view_recovery_codes", "/account/recovery-codes/", (404, 405))[0],
        _own("mfa_generate_recovery_codes", "/account/recovery-codes/make/", (405, 422))[1],
        # Whoever has nothing to answer with cannot be asked.
        *_own("account_reauthenticate", "/account/again/", (403, 403), executive=(200, 422)),
        *_own("mfa_reauthenticate", "/account/again/code/", (403, 403), executive=(200, 422)),
        *_own("mfa_reauthenticate_webauthn", "/account/again/passkey/", (403, 403)),
    ]


def _open(route: str, path: str, shown: int, sent: int, answers: dict[str, int] | None = None) -> list[Way]:
    """A form for everybody, sent empty."""
    told = answers or {}
    return [
        Way(route, path, "GET", EVERYBODY, done=shown, answers=told),
        Way(route, path, "POST", EVERYBODY, done=sent, answers=told, is_recorded=False),
    ]


def _own(route: str, path: str, others: tuple[int, int], executive: tuple[int, int] = (302, 302)) -> list[Way]:
    """A form of one's own, sent empty: the answers to GET and POST."""
    return [
        Way(route, path, method, SIGNED_IN, answers=_but("executive", other) | {"executive": theirs}, is_recorded=False)
        for method, other, theirs in zip(("GET", "POST"), others, executive, strict=True)
    ]


def _but(kind: str, status: int) -> dict[str, int]:
    """The same answer for all who are signed in, but one."""
    return {other: status for other in SIGNED_IN if other != kind}
