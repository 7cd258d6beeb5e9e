"""What every answer tells the browser, whoever asks and whatever for."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from tests.access.ways import Visitor, enter, modules, ways_of
from tests.cast import Cast
from tests.workspace.processes import environment
from tests.workspace.test_settings import LONG_ENOUGH, settings_of

pytestmark = pytest.mark.django_db


class Inline(HTMLParser):
    """Finds what a strict policy would stop: inline scripts, styles and handlers, and addresses that run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (
            tag == "script" and "src" not in names and names.get("type") not in ("application/json", "importmap")
        ):
            self.found.append(f"<{tag}>")
        for name, value in names.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name) or name.startswith("hx-on"):
                self.found.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction") and (value or "").strip().lower().startswith(
                ("javascript:", "data:", "vbscript:")
            ):
                self.found.append(f"<{tag} {name}={value!r}>")


def inline_in(page: str) -> list[str]:
    parser = Inline()
    parser.feed(page)
    return parser.found


def faults_of(answer: Any) -> list[str]:
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    faults = [name for name in ("default-src", "base-uri", "object-src", "frame-ancestors") if name not in policy]
    if headers.get("Content-Disposition", "").startswith("attachment"):
        faults = [] if "default-src 'none'" in policy else ["a download that could run"]
    faults += [word for word in ("unsafe-inline", "unsafe-eval", "*", "data:") if word in policy.split("img-src")[0]]
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("sniffing")
    # Not even the house itself is told where somebody came from whom a link let in.
    is_secret = answer.request["PATH_INFO"].startswith(("/invitations/", "/approvals/"))
    if headers.get("Referrer-Policy") != ("strict-origin" if is_secret else "same-origin"):
        faults.append("referrer")
    if headers.get("X-Frame-Options") != "DENY":
        faults.append("frames")
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        faults.append("permissions")
    if not {"private", "no-store", "no-cache"} & set(headers.get("Cache-Control", "").replace(",", "").split()):
        faults.append("caches")
    if headers.get("Content-Type", "").startswith("text/html"):
        faults += inline_in(answer.getvalue().decode())
    return faults


@pytest.mark.parametrize("kind", ["administrator", "guest", "anonymous"])
@pytest.mark.parametrize("area", modules())
def test_every_page_is_strict(client: Client, cast: Cast, area: str, kind: str) -> None:
    listed = [way for way in ways_of(area, cast) if way.is_safe]
    enter(client, cast, kind)
    visitor = Visitor(client)
    wrong = {way.path: faults for way in listed if (faults := faults_of(visitor.go(way.path, way.method, way.data)))}
    assert wrong == {}


@pytest.mark.parametrize("path", ["/nothing/", "/admin/", "/admin/organisation/person/", "/healthz"])
def test_so_are_pages_that_are_not_there_and_the_records(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    faults = faults_of(client.get(path))
    assert [fault for fault in faults if not (path.startswith("/admin/") and fault.startswith("<"))] == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<script src='a.js'></script><script type='application/json'>{}</script><p>onclick=1</p>", 0),
        ("<p style='x'><a href='JavaScript:1'><b onclick='x'><style></style><script>1</script>", 5),
    ],
)
def test_the_search_for_inline_code_finds_it(page: str, found: int) -> None:
    assert len(inline_in(page)) == found


# --- Hosts, bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example", "evil\n.x"])
def test_another_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/sign-in/", HTTP_HOST=host).status_code == 400
    assert client.get("/healthz", HTTP_HOST=host).status_code == 400


def test_what_a_proxy_was_told_of_the_host_is_not_believed(client: Client, cast: Cast, mailoutbox: Any) -> None:
    forwarded: Any = {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_SERVER": "evil.example"}
    assert b"evil" not in client.get("/sign-in/", **forwarded).content
    client.post("/account/password/reset/", {"email": cast.member.email}, **forwarded)
    assert all("evil" not in message.body for message in mailoutbox)


def test_a_body_that_is_too_large_or_has_too_many_fields_is_refused(client: Client, db: None) -> None:
    large = {"login": "x" * 3_000_000, "password": "x"}
    assert client.post("/sign-in/", large).status_code in (400, 413)
    assert client.post("/sign-in/", {f"f{n}": "x" for n in range(2000)}).status_code == 400


# --- In production ---------------------------------------------------------------------------------------------------


def test_behind_https_cookies_are_secure_and_browsers_remember_it(tmp_path: Any) -> None:
    env = environment(tmp_path, BASE_URL="https://throughline.example.com", SECRET_KEY=LONG_ENOUGH)
    told = settings_of(
        env, "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT",
        "ALLOWED_HOSTS", "USE_X_FORWARDED_HOST", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    )  # fmt: skip
    assert told["SESSION_COOKIE_SECURE"] is told["CSRF_COOKIE_SECURE"] is told["SECURE_SSL_REDIRECT"] is True
    assert told["SESSION_COOKIE_HTTPONLY"] is True
    assert told["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert told["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert told["USE_X_FORWARDED_HOST"] is False
    assert told["ALLOWED_HOSTS"] == ["throughline.example.com", "localhost", "127.0.0.1", "[::1]"]
