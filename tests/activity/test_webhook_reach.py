"""What webhooks never reach: nothing inside, by no name, address or redirect, unless the setting names it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.activity.receiver import receiver
from tests.cast import Cast
from workspace import env
from workspace.activity import posting
from workspace.activity.posting import Refused
from workspace.activity.rules.reaching import address_of, is_open
from workspace.errors import RuleBroken
from workspace.organisation import commands

INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2001:0:7f00:1::",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("text", INSIDE)
def test_no_internal_address_is_open(text: str) -> None:
    address = address_of(text)
    assert address is not None
    assert not is_open(address, env.Reach())


@pytest.mark.parametrize("text", OUTSIDE)
def test_the_internet_is_open(text: str) -> None:
    address = address_of(text)
    assert address is not None
    assert is_open(address, env.Reach())


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "https://", "hooks.example.com", "https:///in",
        "https://user:word@hooks.example.com/", "https://hooks.example.com/#part", "https://127.0.0.1/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.7:8443/in", "https://hooks.example.com:99999/",
        "https://a\r\nb.example.com/", "https://\u2100.example.com:80 /", "https://hooks example.com/", "https://\\evil/",
        "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/", "https://localhost/",
        "https://intranet/in", "https://-.example.com/",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_reached_is_refused_when_it_is_given(cast: Cast, url: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        commands.make_webhook(cast.member, name="Bad", url=url, actor=cast.member)
    assert refused.value.reason
    assert refused.value.next_step


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "LOCALHOST."])
def test_a_name_that_leads_inside_is_refused_when_it_is_used(host: str) -> None:
    with receiver() as inside:
        told = posting.post(f"https://{host}:{inside.port}/", b"{}", {})
        assert inside.came == []
    assert told.status is None
    assert told.error
    assert host != "localhost" or "internal address" in told.error


def test_the_connection_goes_where_the_check_looked_whatever_the_name_says_later(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is asked once: what it answers a moment later reaches nobody."""
    asked = []

    def rebinding(host: str, port: int, *_args: Any, **_more: Any) -> list[Any]:
        asked.append(host)
        text = "203.0.113.77" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port))]

    with receiver() as inside:
        settings.WEBHOOKS_MAY_REACH = env.reach("NOT_SET")
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        with pytest.raises(Refused):
            posting.addresses_of("rebinding.example.com", inside.port)  # 203.0.113.0/24 is for documentation
        with pytest.raises(Refused):
            posting.addresses_of("rebinding.example.com", inside.port)
        asked.clear()
        connected: list[Any] = []

        def connect(address: Any, *_args: Any, **_more: Any) -> Any:
            connected.append(address)
            raise ConnectionRefusedError("nobody there")

        monkeypatch.setattr(posting, "is_open", lambda address, _reach: str(address) == "203.0.113.77")
        monkeypatch.setattr("httpcore._backends.sync.socket.create_connection", connect)
        told = posting.post("https://rebinding.example.com/in", b"{}", {})
        assert inside.came == []
    assert asked == ["rebinding.example.com"]
    assert connected == [("203.0.113.77", 443)]
    assert "nobody there" in told.error


def test_one_internal_address_among_others_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 443)) for text in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: both)
    with pytest.raises(Refused):
        posting.addresses_of("both.example.com", 443)


def test_what_the_setting_names_is_reached_without_tls(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOKS_MAY_REACH", "127.0.0.0/8, localhost")
    settings.WEBHOOKS_MAY_REACH = env.reach("WEBHOOKS_MAY_REACH")
    with receiver() as inside:
        for host in ("127.0.0.1", "localhost"):
            assert posting.post(f"http://{host}:{inside.port}/in?a=b", b"{}", {"webhook-id": "1"}).has_arrived
        assert [(came.path, came.headers["host"].partition(":")[0]) for came in inside.came] == [
            ("/in?a=b", "127.0.0.1"),
            ("/in?a=b", "localhost"),
        ]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "http://hooks", "hooks/8", "a b", "10.0.0.300"])
def test_a_setting_that_names_neither_network_nor_host_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("WEBHOOKS_MAY_REACH", value)
    with pytest.raises(env.WrongSetting):
        env.reach("WEBHOOKS_MAY_REACH")
