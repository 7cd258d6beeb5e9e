"""Ways in, as a browser goes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from django.core import mail
from django.test import Client

from tests.pages.reading import text_of
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event

PASSWORD = "seven-green-kettles-sing"
ANOTHER = "eight-blue-lanterns-hum"


def enter(client: Client, email: str = "mia@example.com", password: str = PASSWORD, **more: Any) -> Any:
    """The answer to an e-mail address and a password; `more` goes with the form, or as META in capitals."""
    meta = {key: more.pop(key) for key in list(more) if key.isupper()}
    return client.post("/sign-in/", {"login": email, "password": password, **more}, **meta)


def who_is_in(client: Client) -> int | None:
    """The id of who is signed in, as the next page sees it."""
    answer = client.get("/account/")
    return answer.wsgi_request.user.pk if answer.status_code == 200 else None


def confirm_it_is_me(client: Client, password: str = PASSWORD) -> None:
    """Answer the question that comes before something sensitive."""
    assert client.post("/account/again/", {"password": password, "next": "/account/"}).status_code == 302


def code_now(secret: str, *, step: int = 0) -> str:
    """What an authenticator app shows (RFC 6238), `step` half-minutes from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step), hashlib.sha1).digest()
    place = digest[-1] & 15
    return str((struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6).zfill(6)


def set_up_authenticator(client: Client) -> tuple[str, list[str]]:
    """Set up an app as the person who is signed in: its secret, and the recovery codes that came with it."""
    confirm_it_is_me(client)
    page = client.get("/account/authenticator/").content.decode()
    secret = re.search(r'account-secret">([A-Z2-7]+)<', page)
    assert secret is not None
    answer = client.post("/account/authenticator/", {"code": code_now(secret[1])})
    assert answer.headers["Location"] == "/account/recovery-codes/"
    return secret[1], re.findall(r"<code>(\d{8})</code>", client.get("/account/recovery-codes/").content.decode())


def letters() -> list[Any]:
    """What is in the mail after the worker has been at it."""
    work_on_waiting()
    return mail.outbox


def link_in(letter: Any) -> str:
    """The path of the one link in a letter; it is the installation's own."""
    links = re.findall(r"https?://\S+/account/\S+", letter.body)
    assert len(links) == 1, letter.body
    address = re.fullmatch(r"http://localhost:8000(/\S+)", links[0])
    assert address is not None, links
    return address[1]


def kinds() -> list[str]:
    """The kinds of all events, oldest first."""
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


__all__ = [
    "ANOTHER", "PASSWORD", "code_now", "confirm_it_is_me", "enter", "kinds", "letters", "link_in",
    "set_up_authenticator", "text_of", "who_is_in",
]  # fmt: skip
