"""allauth's forms in the house's words: a label above each field, no placeholder in it."""

from __future__ import annotations

import struct
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from workspace.organisation.commands.letters import RESET, request_letter
from workspace.organisation.models import Person
from workspace.organisation.sign_in import words


class PlainFields(forms.Form):
    """Takes the placeholders away and gives the fields of `labels` their labels."""

    labels: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = ""
        if "password1" in self.fields:
            self.fields["password1"].help_text = " ".join(password_validators_help_texts())
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


ADDRESS = {"autocapitalize": "none", "spellcheck": "false"}
NEW = {"password1": _("New password"), "password2": _("New password, once more")}


class SignInForm(PlainFields, account.LoginForm):
    """E-mail address and password."""

    labels: ClassVar[dict[str, Any]] = {"login": _("Email"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= ADDRESS | {"autocomplete": "username webauthn"}
        self.fields["password" if self.is_bound else "login"].widget.attrs["autofocus"] = True


class ResetForm(PlainFields):
    """The address of who has forgotten the password. Whether anybody has it is not said, and costs no time."""

    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(ADDRESS | {"autocomplete": "username"}))

    def save(self, request: HttpRequest) -> None:
        """Ask for the letter, to whoever has the address and works here."""
        request_letter(RESET, to=Person.objects.filter(email=self.cleaned_data["email"].strip().lower()).first())


class LinkForm(account.UserTokenForm):
    """The link of a letter; good for people who work here."""

    def _get_user(self, uidb36: str) -> Person | None:
        person: Person | None = super()._get_user(uidb36)
        return person if person is not None and person.works_here else None


class ResetByLinkForm(PlainFields, account.ResetPasswordKeyForm):
    """A new password, twice."""

    labels: ClassVar[dict[str, Any]] = NEW


class ChangePasswordForm(PlainFields, account.ChangePasswordForm):
    """The present password, and a new one, twice."""

    labels: ClassVar[dict[str, Any]] = NEW | {"oldpassword": _("Present password")}


class SetPasswordForm(PlainFields, account.SetPasswordForm):
    """A first password, twice."""

    labels: ClassVar[dict[str, Any]] = NEW


class ReauthenticateForm(PlainFields, account.ReauthenticateForm):
    """The password once more."""

    labels: ClassVar[dict[str, Any]] = {"password": _("Password")}


class CodeForm(PlainFields, mfa.AuthenticateForm):
    """A code of the authenticator app, or a recovery code."""

    labels: ClassVar[dict[str, Any]] = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class CodeAgainForm(PlainFields, mfa.ReauthenticateForm):
    """A code once more."""

    labels: ClassVar[dict[str, Any]] = {"code": _("Code")}


class AuthenticatorForm(PlainFields, ActivateTOTPForm):
    """The first code of an authenticator app, which shows that it was set up."""

    labels: ClassVar[dict[str, Any]] = {"code": _("Code that the app shows now")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric"}


UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, struct.error)
"""What the libraries raise over a credential that no browser made."""


class Careful:
    """Takes a credential that cannot be read for one that is wrong."""

    def clean_credential(self) -> Any:
        """What the credential stands for."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except UNREADABLE:
            raise forms.ValidationError(words.ERRORS["incorrect_passkey"]) from None


class PasskeySignInForm(Careful, LoginWebAuthnForm):
    """Any passkey; it says whose it is."""


class PasskeyCodeForm(Careful, AuthenticateWebAuthnForm):
    """A passkey after the password."""


class PasskeyAgainForm(Careful, ReauthenticateWebAuthnForm):
    """A passkey once more."""


class PasskeyForm(PlainFields, AddWebAuthnForm):
    """A new passkey and its name. Each can sign in alone, so each must have asked who holds it."""

    labels: ClassVar[dict[str, Any]] = {"name": _("Name")}
    passwordless = forms.BooleanField(initial=True, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The name and what the browser made."""
        try:
            return dict(super().clean() or {})
        except UNREADABLE:
            raise forms.ValidationError(words.ERRORS["incorrect_passkey"]) from None


class PasskeyNameForm(PlainFields, EditWebAuthnForm):
    """Another name for a passkey."""

    labels: ClassVar[dict[str, Any]] = {"name": _("Name")}
