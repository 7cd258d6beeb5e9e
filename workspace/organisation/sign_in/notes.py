"""Hears from allauth and axes what became of somebody's ways in, and has it recorded."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in

from workspace.organisation import events
from workspace.organisation.commands import note_sign_in, note_way_in
from workspace.organisation.models import Person
from workspace.organisation.sign_in.lock_out import note_lock_out

ADDED = {
    Authenticator.Type.TOTP: events.AUTHENTICATOR_ADDED,
    Authenticator.Type.WEBAUTHN: events.PASSKEY_ADDED,
    Authenticator.Type.RECOVERY_CODES: events.RECOVERY_CODES_MADE,
}
REMOVED = {
    Authenticator.Type.TOTP: events.AUTHENTICATOR_REMOVED,
    Authenticator.Type.WEBAUTHN: events.PASSKEY_REMOVED,
}


def listen() -> None:
    """Begin to listen, once, when the app is ready."""
    signals.authenticator_added.connect(_note_added, dispatch_uid="note an added way in")
    signals.authenticator_reset.connect(_note_added, dispatch_uid="note a renewed way in")
    signals.authenticator_removed.connect(_note_removed, dispatch_uid="note a removed way in")
    user_logged_in.connect(_note_sign_in, dispatch_uid="note a sign-in")
    user_locked_out.connect(note_lock_out, dispatch_uid="note a lock-out")


def _note_sign_in(*, user: Person, **_signal: Any) -> None:
    note_sign_in(user, actor=user)


def _note_added(*, user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    note_way_in(user, kind=ADDED[authenticator.type], actor=user)


def _note_removed(*, user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    """Recovery codes go with the last way in that they could stand in for; that says itself."""
    if authenticator.type in REMOVED:
        note_way_in(user, kind=REMOVED[authenticator.type], actor=user)
