"""Addresses of signing in and of one's own account.

Those that lead to a view of allauth have the name that allauth knows them by. What is not here does not exist: nobody
signs up, and addresses are changed by administrators.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspace.organisation.sign_in import account, elsewhere, views

View = Callable[..., HttpResponseBase]
form: Callable[[View], View] = require_http_methods(["GET", "HEAD", "POST"])


def opened(view: Any) -> Any:
    """A view for everybody, whether they have signed in or not."""
    return login_not_required(view)


urlpatterns = [
    path("sign-in/", form(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", opened(form(views.Code.as_view())), name="mfa_authenticate"),
    path("sign-in/passkey/", opened(require_POST(views.PasskeySignIn.as_view())), name="mfa_login_webauthn"),
    path("sign-in/elsewhere/", opened(require_POST(elsewhere.sign_in_elsewhere)), name="sign_in_elsewhere"),
    path(
        "sign-in/elsewhere/back/", opened(require_safe(elsewhere.sign_in_elsewhere_back)), name="sign_in_elsewhere_back"
    ),
    path("sign-out/", opened(require_POST(allauth.logout)), name="account_logout"),
    # By mail
    path("account/password/reset/", form(views.ResetPassword.as_view()), name="account_reset_password"),
    path("account/password/reset/sent/", require_safe(allauth.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        form(views.ResetPasswordByLink.as_view()),
        name="account_reset_password_from_key",
    ),
    path(
        "account/address/",
        opened(require_safe(allauth.email_verification_sent)),
        name="account_email_verification_sent",
    ),
    re_path(r"^account/address/(?P<key>[-:\w]+)/$", form(views.ConfirmAddress.as_view()), name="account_confirm_email"),
    # One's own
    path("account/", require_safe(account.account), name="account"),
    path("account/password/", form(views.ChangePassword.as_view()), name="account_change_password"),
    path(
        "account/password/first/",
        reauthentication_required(form(views.SetPassword.as_view())),
        name="account_set_password",
    ),
    path("account/authenticator/", form(views.AddAuthenticator.as_view()), name="mfa_activate_totp"),
    path("account/authenticator/remove/", form(views.RemoveAuthenticator.as_view()), name="mfa_deactivate_totp"),
    path("account/passkeys/add/", form(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name/", form(views.NamePasskey.as_view()), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", form(views.RemovePasskey.as_view()), name="mfa_remove_webauthn"),
    path("account/recovery-codes/", require_safe(account.recovery_codes), name="mfa_view_recovery_codes"),
    path("account/recovery-codes/make/", require_POST(account.make_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/sessions/", require_safe(account.sessions), name="sessions"),
    path("account/sessions/<int:session_id>/end/", require_POST(account.end_one), name="end_session"),
    path("account/sessions/end-others/", require_POST(account.end_others), name="end_other_sessions"),
    # Once more, before something sensitive
    path("account/again/", form(views.Reauthenticate.as_view()), name="account_reauthenticate"),
    path("account/again/code/", form(views.ReauthenticateByCode.as_view()), name="mfa_reauthenticate"),
    path("account/again/passkey/", form(views.ReauthenticateByPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
]
