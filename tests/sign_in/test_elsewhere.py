"""The company's own sign-in, by OpenID Connect: the whole ceremony, with a provider that is really there."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client

from tests.cast import Cast
from tests.sign_in.provider import TinyProvider
from tests.sign_in.ways import PASSWORD, code_now, enter, set_up_authenticator, text_of, who_is_in
from workspace import clock, env
from workspace.organisation.commands import deactivate_person, set_leaving_date
from workspace.organisation.models import Person

MIA = {"email": "mia@example.com", "email_verified": True, "name": "Somebody Else"}
BACK = "/sign-in/elsewhere/back/"


@pytest.fixture
def provider(settings: Any) -> Iterator[TinyProvider]:
    with TinyProvider(claims=MIA) as provider:
        settings.OIDC = env.OidcProvider("Larkmoor", provider.issuer, provider.client_id, provider.client_secret)
        yield provider


def begin(client: Client, **form: str) -> str:
    """Press the button: where the page leads to."""
    page = client.post("/sign-in/elsewhere/", form)
    assert page.status_code == 200, text_of(page)
    links = re.findall(r'(?:content="0;url=|href=")(http[^"]+)"', page.content.decode())
    assert len(set(links)) == 1
    return unescape(links[0])


def visit_provider(url: str) -> str:
    """Go to the provider as a browser does: the address that it sends back to."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.status == 302
    return str(answer.headers["Location"])


def come_back(client: Client, address: str) -> Any:
    assert address.startswith(f"http://localhost:8000{BACK}?"), address
    return client.get(address.removeprefix("http://localhost:8000"))


def sign_in_elsewhere(client: Client, **form: str) -> Any:
    return come_back(client, visit_provider(begin(client, **form)))


def test_the_person_with_the_address_gets_in(cast: Cast, provider: TinyProvider, client: Client) -> None:
    assert "Sign in with Larkmoor" in text_of(client.get("/sign-in/"))
    assert sign_in_elsewhere(client, next="/journeys/").headers["Location"] == "/journeys/"
    assert who_is_in(client) == cast.member.pk
    assert provider.asked == [
        "/.well-known/openid-configuration", "/authorize", "/.well-known/openid-configuration", "/token", "/userinfo",
    ]  # fmt: skip
    cast.member.refresh_from_db()
    assert cast.member.name == "Mia Member", "the provider changes nobody"


def test_nothing_about_it_is_kept_but_that_the_address_is_proven(
    cast: Cast, provider: TinyProvider, client: Client, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_in_elsewhere(client)
    assert who_is_in(client) == cast.member.pk
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert EmailAddress.objects.get(user=cast.member).verified


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@example.com", "email_verified": True},
        {"email": "mia@example.com", "email_verified": False},
        {"email": "mia@example.com", "email_verified": "false"},
        {"email": "mia@example.com"},
        {"email_verified": True},
        {"email": "not an address", "email_verified": True},
        {"email": "mіa@example.com", "email_verified": True},  # a Cyrillic і
    ],
)
def test_whoever_is_not_known_or_not_verified_is_refused_and_told_whom_to_ask(
    cast: Cast, provider: TinyProvider, client: Client, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = sign_in_elsewhere(client)
    assert answer.status_code == 403
    assert "Ask an administrator of this workspace" in text_of(answer)
    assert who_is_in(client) is None
    assert not Person.objects.filter(email="stranger@example.com").exists()


@pytest.mark.parametrize(
    "claims", [{"email": "MIA@Example.com", "email_verified": True}, MIA | {"email_verified": "true"}]
)
def test_case_and_spelling_of_providers_do_not_matter(
    cast: Cast, provider: TinyProvider, client: Client, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    sign_in_elsewhere(client)
    assert who_is_in(client) == cast.member.pk


@pytest.mark.parametrize("how", ["deactivated", "left"])
def test_whoever_does_not_work_here_stays_out(cast: Cast, provider: TinyProvider, client: Client, how: str) -> None:
    if how == "deactivated":
        deactivate_person(cast.member, actor=cast.administrator)
    else:
        set_leaving_date(cast.member, on=clock.today(), actor=cast.administrator)
    answer = sign_in_elsewhere(client)
    assert answer.headers["Location"] == "/sign-in/"
    assert "You cannot sign in here any more" in text_of(client.get("/sign-in/"))
    assert who_is_in(client) is None


def test_the_second_step_is_asked_all_the_same(mia: Person, provider: TinyProvider, client: Client) -> None:
    enter(client)
    secret, _codes = set_up_authenticator(client)
    other = Client()
    assert sign_in_elsewhere(other).headers["Location"] == "/sign-in/code/"
    assert who_is_in(other) is None
    other.post("/sign-in/code/", {"code": code_now(secret, step=1)})
    assert who_is_in(other) == mia.pk


def test_an_answer_that_was_not_asked_for_is_worth_nothing(cast: Cast, provider: TinyProvider, client: Client) -> None:
    """Login CSRF: somebody else's code, or state, in my browser."""
    address = visit_provider(begin(Client()))
    assert come_back(client, address).headers["Location"] == "/sign-in/"
    assert who_is_in(client) is None


def test_an_answer_works_once(cast: Cast, provider: TinyProvider, client: Client) -> None:
    address = visit_provider(begin(client))
    come_back(client, address)
    client.post("/sign-out/")
    come_back(client, address)
    assert who_is_in(client) is None


@pytest.mark.parametrize(
    "spoilt",
    [
        {"token": {"aud": "another application"}},
        {"token": {"iss": "https://evil.example"}},
        {"token": {"exp": 1}},
        {"back": {"error": "server_error", "state": "x"}},
        {"back": {"code": "made up", "state": "x"}},
        {"back": {"state": "x"}},
    ],
)
def test_a_wrong_answer_lets_nobody_in(
    cast: Cast, provider: TinyProvider, client: Client, spoilt: dict[str, Any]
) -> None:
    provider.spoilt = spoilt
    assert sign_in_elsewhere(client).headers["Location"] == "/sign-in/"
    assert "Larkmoor did not say who you are" in text_of(client.get("/sign-in/"))
    assert who_is_in(client) is None


def test_a_wrong_secret_lets_nobody_in(
    cast: Cast, provider: TinyProvider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    provider.client_secret = "another"
    assert sign_in_elsewhere(client).headers["Location"] == "/sign-in/"
    assert who_is_in(client) is None
    assert "a secret between the two" not in caplog.text


def test_changing_ones_mind_is_no_fault(cast: Cast, provider: TinyProvider, client: Client) -> None:
    url = begin(client)
    state = parse_qs(urlsplit(url).query)["state"][0]
    assert client.get(BACK, {"error": "access_denied", "state": state}).headers["Location"] == "/sign-in/"
    assert "You did not sign in at Larkmoor." in text_of(client.get("/sign-in/"))


def test_a_provider_that_is_away_is_said(cast: Cast, client: Client, settings: Any) -> None:
    settings.OIDC = env.OidcProvider("Larkmoor", "http://127.0.0.1:9", "throughline", "secret")
    assert client.post("/sign-in/elsewhere/").headers["Location"] == "/sign-in/"
    assert "Larkmoor did not say who you are" in text_of(client.get("/sign-in/"))


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_led_out_of_the_house(cast: Cast, provider: TinyProvider, client: Client, evil: str) -> None:
    assert sign_in_elsewhere(client, next=evil).headers["Location"] == "/"


@pytest.mark.parametrize("host", ["localhost:31337", "127.0.0.1"])
def test_the_provider_sends_back_to_the_installation_whatever_the_request_says(
    cast: Cast, provider: TinyProvider, host: str
) -> None:
    url = begin(Client(HTTP_HOST=host))
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [f"http://localhost:8000{BACK}"]


def test_whoever_is_in_as_somebody_else_becomes_who_they_are(
    cast: Cast, mia: Person, provider: TinyProvider, client: Client
) -> None:
    client.force_login(cast.executive)
    before = client.session.session_key
    sign_in_elsewhere(client)
    assert who_is_in(client) == mia.pk
    assert client.session.session_key != before


def test_beginning_too_often_from_one_place_is_slowed_down(cast: Cast, provider: TinyProvider) -> None:
    """Each beginning makes a session, and asks the provider: strangers may not have as many of them as they like."""
    away, home = "203.0.113.9", "198.51.100.7"
    asked = [Client(REMOTE_ADDR=away).post("/sign-in/elsewhere/") for _ in range(32)]
    assert [answer.status_code for answer in asked] == [200] * 30 + [429] * 2
    assert "That came too often" in text_of(asked[-1])
    assert Session.objects.count() == 30
    assert Client(REMOTE_ADDR=home).post("/sign-in/elsewhere/").status_code == 200


def test_without_a_provider_there_is_no_such_way(mia: Person, client: Client) -> None:
    assert "Sign in with" not in text_of(client.get("/sign-in/")).replace("Sign in with a passkey", "")
    assert client.post("/sign-in/elsewhere/").status_code == 404
    assert client.get(BACK).status_code == 404
    assert enter(client, password=PASSWORD).status_code == 302


# --- What the environment says ---------------------------------------------------------------------------------------

RIGHT = {
    "OIDC_ISSUER": "https://login.example.com/realms/house",
    "OIDC_CLIENT_ID": "line",
    "OIDC_CLIENT_SECRET": "hush",
}


def read(monkeypatch: pytest.MonkeyPatch, **changes: str) -> env.OidcProvider | None:
    for name in (*RIGHT, "OIDC_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    return env.oidc("OIDC")


def test_the_environment_names_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None
    found = read(monkeypatch, **RIGHT)
    assert found == env.OidcProvider("login.example.com", RIGHT["OIDC_ISSUER"], "line", "hush")
    named = read(monkeypatch, **RIGHT, OIDC_NAME="Larkmoor")
    assert named is not None
    assert named.name == "Larkmoor"
    assert read(monkeypatch, **RIGHT | {"OIDC_ISSUER": "http://localhost:9000"}) is not None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET is not set"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID is not set"),
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER is not set"),
        ({"OIDC_ISSUER": "http://login.example.com"}, "OIDC_ISSUER is 'http://login.example.com'"),
        ({"OIDC_ISSUER": "login.example.com"}, "OIDC_ISSUER is 'login.example.com'"),
        ({"OIDC_ISSUER": "https://ann:hush@login.example.com"}, "OIDC_ISSUER is "),
    ],
)
def test_what_cannot_be_used_is_named_and_no_secret_told(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], told: str
) -> None:
    with pytest.raises(env.WrongSetting) as wrong:
        read(monkeypatch, **RIGHT | changes)
    assert told in str(wrong.value)
    assert "hush" not in str(wrong.value)
