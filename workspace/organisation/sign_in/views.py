"""The pages of signing in: allauth's views with the house's templates and manners."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from workspace.organisation.models import Person


class Corrected:
    """A form that comes back with something to put right answers 422, as everywhere in the house."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """The page again, with what is wrong."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignIn(Corrected, account.LoginView):
    """E-mail and password; while nobody is there yet, how to make the first administrator."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether anybody is there, and who else may say who somebody is."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"is_first_run": not Person.objects.exists(), "oidc": settings.OIDC}


class PasskeySignIn(webauthn.LoginWebAuthnView):
    """Two requests: an empty one is answered with the challenge, one with a credential signs in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Both are POSTs, for even the challenge has to be remembered."""
        if "credential" in request.POST:
            response: HttpResponse = super().post(request, *args, **kwargs)
            return response
        return JsonResponse(auth.begin_authentication(user=None))

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Back to the sign-in. Whose passkey it was, or was not, is not said."""
        messages.error(self.request, _("This passkey does not open Throughline. Try another way."))
        return redirect("account_login")


class Code(mfa.AuthenticateView):
    """What is asked after the password: a code, or a passkey."""

    template_name = "account/code.html"

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """The page again, with what is wrong."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the code, or begin again from the sign-in."""
        if "cancel" in request.POST:
            clear_login(request)
            return redirect("account_login")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


# --- Password and address --------------------------------------------------------------------------------------------


class ResetPassword(Corrected, account.PasswordResetView):
    """Asks for the address."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether mail is sent at all."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sends_mail": settings.EMAIL is not None}


class ResetPasswordByLink(Corrected, account.PasswordResetFromKeyView):
    """The new password; then one signs in with it."""

    success_url = reverse_lazy("account_login")

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """A link that is used up or too old answers 410."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        if context.get("token_fail"):
            response.status_code = 410
        return response


class ChangePassword(Corrected, account.PasswordChangeView):
    """The present password and a new one."""

    success_url = reverse_lazy("account")


class SetPassword(Corrected, account.PasswordSetView):
    """A first password, for people who have signed in otherwise."""

    success_url = reverse_lazy("account")


class ConfirmAddress(account.ConfirmEmailView):
    """The link of a letter; opening it changes nothing, the button does."""

    def logout_other_user(self, confirmation: Any) -> None:
        """Nobody is signed out: that an address is somebody's has nothing to do with who else sits here."""

    def get_redirect_url(self) -> str:
        """To the sign-in, which leads on whoever is in already."""
        return str(reverse_lazy("account_login"))


# --- Once more, before something sensitive ---------------------------------------------------------------------------


class Reauthenticate(Corrected, account.ReauthenticateView):
    """The password once more."""


class ReauthenticateByCode(Corrected, mfa.ReauthenticateView):
    """A code once more."""

    template_name = "account/reauthenticate_code.html"


class ReauthenticateByPasskey(webauthn.ReauthenticateWebAuthnView):
    """A passkey once more."""

    template_name = "account/reauthenticate_passkey.html"

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """The same page, with a word."""
        messages.error(self.request, _("This passkey is none of yours here. Try another way."))
        return redirect(self.request.get_full_path())


# --- Second factor and passkeys --------------------------------------------------------------------------------------


class AddAuthenticator(Corrected, totp.ActivateTOTPView):
    """A picture to scan and the first code."""

    template_name = "account/authenticator.html"

    def get_success_url(self) -> str:
        """To the recovery codes, if these are the first."""
        return str(reverse_lazy("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account"))


class RemoveAuthenticator(totp.DeactivateTOTPView):
    """Asks whether."""

    template_name = "account/authenticator_remove.html"
    success_url = reverse_lazy("account")


class AddPasskey(Corrected, webauthn.AddWebAuthnView):
    """A name, then the browser asks."""

    template_name = "account/passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for one that can sign in alone."""
        context: dict[str, Any] = super(webauthn.AddWebAuthnView, self).get_context_data(**kwargs)
        return context | {"options": auth.begin_registration(self.request.user, passwordless=True)}

    def get_success_url(self) -> str:
        """To the recovery codes, if these are the first."""
        return str(reverse_lazy("mfa_view_recovery_codes" if self.did_generate_recovery_codes else "account"))


class NamePasskey(Corrected, webauthn.EditWebAuthnView):
    """Another name."""

    template_name = "account/passkey_name.html"
    success_url = reverse_lazy("account")


class RemovePasskey(webauthn.RemoveWebAuthnView):
    """Asks whether."""

    template_name = "account/passkey_remove.html"
    success_url = reverse_lazy("account")
