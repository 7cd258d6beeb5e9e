"""What is said after each step, by the names that allauth has for it. What is not listed is not said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Any] = {
    "account/messages/email_confirmed.txt": _("Your address is confirmed."),
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your new password holds from now on."),
    "account/messages/password_set.txt": _("Your password holds from now on."),
    "mfa/messages/recovery_codes_generated.txt": _("Here are new recovery codes. Keep them where you will find them."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app is not asked any more."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("Your passkey is removed."),
}

ERRORS: dict[str, Any] = {
    "email_password_mismatch": _("Email and password do not match a person here."),
    "enter_current_password": _("This is not your present password."),
    "incorrect_code": _("This code is not right, or not any more. Wait for the next one and try again."),
    "incorrect_passkey": _("This passkey does not open Throughline. Try again, or take another way."),
    "incorrect_password": _("This is not your password."),
    "invalid_password_reset": _("This link is not valid any more."),
    "rate_limited": _("That came too often. Wait a few minutes and try again."),
    "same_as_current": _("The new password must differ from the present one."),
    "too_many_login_attempts": _("That failed too often. Wait five minutes and try again."),
}

NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_reset": "password_changed",
    "account/email/password_set": "password_changed",
    "mfa/email/recovery_codes_generated": "recovery_codes_made",
    "mfa/email/totp_activated": "authenticator_added",
    "mfa/email/totp_deactivated": "authenticator_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
}
"""allauth's letters, and the notice that the house sends in their place."""
