"""Nothing that lets somebody in stands in a log or on a page of a fault."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.cast import Cast
from workspace.logs import WithoutSecrets
from workspace.urls import urlpatterns as of_the_house

PASSWORD = "hush-hush-and-horse-battery"


def fall(request: HttpRequest) -> HttpResponse:
    """A view with a fault, and secrets in its hands."""
    password = request.POST["password"]
    raise ZeroDivisionError("a fault of the house" if password else "")


urlpatterns = [path("fall/", fall, name="fall"), *of_the_house]


@pytest.fixture
def told(caplog: Any) -> Any:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(WithoutSecrets())
    return caplog


def test_a_sign_in_that_fails_leaves_neither_password_nor_cookie_in_the_logs(client: Client, cast: Cast, told: Any):
    for login in (cast.member.email, "nobody@example.com"):
        answer = client.post("/sign-in/", {"login": login, "password": PASSWORD})
        assert PASSWORD.encode() not in answer.content
    cookies = [morsel.value for morsel in client.cookies.values() if len(morsel.value) > 10]
    assert not [secret for secret in (PASSWORD, *cookies) if secret in told.text]


@pytest.mark.django_db
@pytest.mark.urls("tests.security.test_secrets")
def test_a_fault_shows_and_logs_no_secret(cast: Cast, told: Any):
    client = Client(raise_request_exception=False)
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    session = client.cookies["sessionid"].value
    answer = client.post("/fall/", {"password": PASSWORD}, HTTP_AUTHORIZATION="Bearer very-secret-token")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "a fault of the house" in told.text
    for secret in (PASSWORD, session, "very-secret-token"):
        assert secret not in told.text
        assert secret not in page
    assert "ZeroDivisionError" not in page


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Internal Server Error: /invitations/aB3-secret_x/", "Internal Server Error: /invitations/…/"),
        ("Gone: /approvals/aB3-secret_x/file/", "Gone: /approvals/…/file/"),
        ("GET /account/password/reset/3f-c9ab1x/ failed", "GET /account/password/reset/…/ failed"),
        ("/account/address/MQ:1x:sig/", "/account/address/…/"),
        ("/organisation/people/7/", "/organisation/people/7/"),
    ],
)
def test_secrets_in_addresses_are_cut_out_of_every_line(said: str, kept: str):
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s", (said,), None)
    handlers = [handler for handler in logging.getLogger().handlers if handler.filters]
    assert any(isinstance(one, WithoutSecrets) for handler in handlers for one in handler.filters)
    WithoutSecrets().filter(record)
    assert record.getMessage() == kept
