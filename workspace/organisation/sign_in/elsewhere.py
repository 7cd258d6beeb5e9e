"""Signing in at the company's own provider, by OpenID Connect: it says which address somebody has, we say whose it is.

Nothing about it is kept. Whoever signs in this way is looked up by their address each time.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import consume_or_429
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from requests import RequestException

from workspace.organisation.commands import prove_address
from workspace.organisation.models import Person

log = logging.getLogger(__name__)

PROVIDER = "oidc"


class Exchange(OpenIDConnectOAuth2Adapter):
    """What is exchanged with the provider."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to: always the installation's address."""
        return f"{settings.BASE_URL.origin}{reverse('sign_in_elsewhere_back')}"


class Provider(OpenIDConnectProvider):
    """The one provider that the environment names."""

    oauth2_adapter_class = Exchange


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Finds the person whom the provider means. Makes nobody, connects nothing."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: administrators add people."""
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:
        """The provider of the environment. Raises Http404 where there is none."""
        oidc = settings.OIDC
        if oidc is None or provider != PROVIDER:
            raise Http404
        asked = {"server_url": oidc.issuer.rstrip("/"), "oauth_pkce_enabled": True}
        app = SocialApp(
            provider=Provider.id,
            provider_id=PROVIDER,
            name=oidc.name,
            client_id=oidc.client_id,
            secret=oidc.client_secret,
            settings=asked,
        )
        return Provider(request=request, app=app)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the person in whose address the provider has verified. Always raises ImmediateHttpResponse."""
        person = _person_meant(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(_refused(request, sociallogin))
        prove_address(person, actor=person)
        record_authentication(request, person, "socialaccount", provider=PROVIDER)
        login = Login(user=person, email=person.email, redirect_url=sociallogin.get_redirect_url(request))
        raise ImmediateHttpResponse(perform_login(request, login))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Back to the sign-in, with a word. Raises ImmediateHttpResponse."""
        if error == AuthError.CANCELLED:
            messages.info(request, _("You did not sign in at %(name)s.") % {"name": provider.name})
        else:
            log.warning("Signing in at %s failed: %s", provider.name, type(exception).__name__ if exception else error)
            _say_it_failed(request, provider.name)
        raise ImmediateHttpResponse(redirect("account_login"))


@login_not_required
@never_cache
def sign_in_elsewhere(request: HttpRequest) -> HttpResponse:
    """Lead to the provider: by a page, for the policy lets no form lead out of the house.

    It counts as an attempt to sign in, for each makes a session and asks the provider.
    """
    provider = SocialAccountAdapter().get_provider(request, PROVIDER)
    too_often: HttpResponse | None = consume_or_429(request, action="login")
    if too_often is not None:
        return too_often
    try:
        leading = provider.redirect(request, process="login", next_url=get_next_redirect_url(request))
    except (RequestException, OAuth2Error, KeyError, ValueError) as failure:
        log.warning("Signing in at %s cannot begin: %s", provider.name, type(failure).__name__)
        leading = None
    if not isinstance(leading, HttpResponseRedirect):
        _say_it_failed(request, provider.name)
        return redirect("account_login")
    return render(request, "account/elsewhere.html", {"url": leading.url, "name": provider.name})


@login_not_required
@never_cache
def sign_in_elsewhere_back(request: HttpRequest) -> HttpResponse:
    """Where the provider sends people back to, with a code that is worth the answer to who they are."""
    name = SocialAccountAdapter().get_provider(request, PROVIDER).name
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(Exchange(request, PROVIDER))(request)
    except (KeyError, ValueError) as failure:  # an answer that is none
        log.warning("The sign-in elsewhere gave no answer that can be read: %s", type(failure).__name__)
        _say_it_failed(request, name)
        return redirect("account_login")
    return response


def _person_meant(sociallogin: SocialLogin) -> Person | None:
    """The person with the address, if the provider says that it has verified it; some write the word for the value."""
    verified = [each.email for each in sociallogin.email_addresses if each.verified is True or each.verified == "true"]
    return Person.objects.filter(email=verified[0].strip().lower()).first() if verified else None


def _refused(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Say that nobody here has this address, and whom to ask."""
    said = [each.email for each in sociallogin.email_addresses]
    is_known = {"email": said[0] if said else "", "name": sociallogin.account.get_provider().name}
    return render(request, "account/elsewhere_refused.html", is_known, status=403)


def _say_it_failed(request: HttpRequest, name: str) -> None:
    messages.error(request, _("%(name)s did not say who you are. Try again, or ask an administrator.") % {"name": name})
