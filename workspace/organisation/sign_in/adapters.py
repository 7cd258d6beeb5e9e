"""Where allauth asks the house: who gets in, where a link leads, who sends mail, who writes."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from workspace import clock
from workspace.organisation import commands
from workspace.organisation.commands.letters import CONFIRM, request_letter
from workspace.organisation.models import Person
from workspace.organisation.requests import client_address
from workspace.organisation.sign_in import words
from workspace.organisation.sign_in.pictures import qr_code

BEGUN_AS = "sign_in_begun_as"
"""Where the session of somebody who is half in keeps what they were when they began."""


class AccountAdapter(DefaultAccountAdapter):
    """Only people who work here get in, by whichever way; nobody signs up."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | words.ERRORS

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: administrators add people."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: every page answers as a page."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a page may lead on to `url`: an address of this house, without scheme and host."""
        return bool(url) and str(url).startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the request comes from."""
        return client_address(request)

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any,
                    message: str | None = None, **kwargs: Any) -> None:  # fmt: skip
        """Say it in the house's words, or not at all."""
        text = message or words.MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, text)

    # --- Who gets in --------------------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: axes counts, per address and origin, where allauth would let anybody lock out anybody."""

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Whether it is the person's password. Failures count as failures to sign in."""
        return authenticate(context.request, email=user.email, password=password) == user

    def pre_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse | None:
        """Turn away who does not work here before they are asked for anything more, and note who was let this far."""
        request.session[BEGUN_AS] = _as_they_are(user)
        return None if user.works_here else self.respond_user_inactive(request, user)

    def login(self, request: HttpRequest, user: Person) -> None:
        """Let the person in.

        Raises ImmediateHttpResponse, back to the sign-in, for one who does not work here, or whose password or address
        has changed since the first step: whoever knew only the former one may be the reason.
        """
        begun_as = str(request.session.pop(BEGUN_AS, ""))
        if not user.works_here:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        if not constant_time_compare(begun_as, _as_they_are(user)):
            clear_login(request)
            messages.error(request, _("Your sign-in has changed in the meantime. Begin again."))
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Back to the sign-in. Only the person hears why: they have just proved to be it."""
        clear_login(request)
        messages.error(request, _("You cannot sign in here any more. Ask an administrator."))
        return redirect("account_login")

    # --- Who writes, who sends ----------------------------------------------------------------------------------------

    def set_password(self, user: Person, password: str) -> None:
        """Write the password by the house's command. Whoever is not signed in has come by a link."""
        request = context.request
        is_signed_in = request.user == user
        key = request.session.session_key or "" if is_signed_in else ""
        commands.set_password(user, password=password, but=key, by_link=not is_signed_in, actor=user)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Ask for the letter that confirms an address."""
        request_letter(CONFIRM, to=emailconfirmation.email_address.user)

    def send_notification_mail(self, template_prefix: str, user: Person, *args: Any, **kwargs: Any) -> None:
        """Ask for a notice, where mail is configured."""
        if settings.ACCOUNT_EMAIL_NOTIFICATIONS:
            request_letter(words.NOTICES[template_prefix], to=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Never directly: the worker sends letters. Raises NotImplementedError."""
        raise NotImplementedError(template_prefix)


def _as_they_are(person: Person) -> str:
    """What changes with the person's password and with their address; it tells neither."""
    return salted_hmac(BEGUN_AS, f"{person.get_session_auth_hash()}:{person.email}", algorithm="sha256").hexdigest()


class MfaAdapter(DefaultMFAAdapter):
    """Passkeys belong to the address of the installation, whatever a request called it."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": words.ERRORS["incorrect_code"]
    }

    def get_totp_issuer(self) -> str:
        """The name that authenticator apps show."""
        return f"Throughline ({settings.BASE_URL.host})"

    def build_totp_svg(self, url: str) -> str:
        """The picture that authenticator apps read."""
        return qr_code(url, label=_("A picture for your authenticator app"))

    def generate_authenticator_name(self, user: Person, type: str) -> str:  # noqa: A002 - allauth's word
        """A first name for a passkey."""
        return _("Passkey of %(day)s") % {"day": date_format(clock.today())}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The installation."""
        return {"id": settings.BASE_URL.host, "name": "Throughline"}
