"""Posting to an address that somebody else chose: never inside the house, never for long, never reading much.

The name is resolved once, every address that it has is checked, and the connection goes to exactly these: what the name
says a moment later changes nothing. Redirects are not followed, proxies of the environment are not used.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from workspace.activity.rules.reaching import address_of, is_listed, is_open

if TYPE_CHECKING:  # it brings a command line of its own, which every process that starts would read
    import httpx

SECONDS = 10.0
"""So long a connection, or one reading or writing, may take."""
TOTAL_SECONDS = 20.0
"""So long all of it may take, however slowly a receiver drips."""
READ_AT_MOST = 64 * 1024
KEPT_AT_MOST = 1000

SENT = {"Content-Type": "application/json", "User-Agent": "Throughline", "Accept-Encoding": "identity"}
PATIENCE = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)


_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?!\d+\.?\Z|0x[0-9a-f]*\.?\Z){_LABEL}\.?", re.IGNORECASE)
"""The name of a host, as it stands in ASCII. One that ends in a number is an address that is written in an odd way."""


class Refused(Exception):
    """The address is one that is never reached."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: the status and the beginning of what was answered, or why there is none."""

    status: int | None
    error: str
    response: str
    duration: int
    """In milliseconds."""

    @property
    def has_arrived(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


def check_url(url: str) -> httpx.URL:
    """The address, if it can be one of a webhook as far as can be seen without asking for its name. Raises Refused."""
    import httpx

    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode()
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused(_("This is no address: %(why)s") % {"why": error}) from None
    if parsed.scheme not in ("http", "https") or not host or parsed.userinfo or parsed.fragment:
        raise Refused(_("An address has the form https://host/path, without a password and without “#”."))
    if address_of(host) is None and not _NAME.fullmatch(host):
        raise Refused(_("“%(host)s” is no name of a host on the internet.") % {"host": host})
    if not 0 < _port_of(parsed) < 2**16:
        raise Refused(_("%(port)s is no port.") % {"port": parsed.port})
    listed = is_listed(host, settings.WEBHOOKS_MAY_REACH)
    if "." not in host.rstrip(".") and address_of(host) is None and not listed:
        raise Refused(_("%(host)s is an internal address.") % {"host": host})
    if parsed.scheme == "http" and not listed:
        raise Refused(_("An address begins with https://."))
    address = address_of(host)
    if address is not None and not listed and not is_open(address, settings.WEBHOOKS_MAY_REACH):
        raise Refused(_("%(host)s is an internal address.") % {"host": host})
    return parsed


def addresses_of(host: str, port: int) -> list[str]:
    """Every address of the host, checked. Raises Refused where one is internal, OSError where there is none."""
    reach = settings.WEBHOOKS_MAY_REACH
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = list(dict.fromkeys(str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])))
    for text in texts:
        address = address_of(text)
        if not is_listed(host, reach) and (address is None or not is_open(address, reach)):
            raise Refused(_("%(host)s leads to %(address)s, an internal address.") % {"host": host, "address": text})
    return texts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post the body, and say what came of it; whatever the receiver does, within about twenty seconds."""
    began = time.monotonic()
    status, error, response = None, "", b""
    told = [(name.encode(), value.encode()) for name, value in {**SENT, **headers}.items()]
    try:
        parsed = check_url(url)
        addresses = addresses_of(parsed.raw_host.decode(), _port_of(parsed))
        backend = _Backend(addresses, deadline=began + TOTAL_SECONDS)  # also where the name took long
        with httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool:
            target = httpcore.URL(
                scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path
            )
            with pool.stream("POST", target, headers=told, content=body, extensions=PATIENCE) as answer:
                status = answer.status
                response = _beginning(answer.iter_stream())
    except Refused as refusal:
        error = str(refusal)
    except (*FAILURES, OSError, UnicodeError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    if status is not None and not 200 <= status < 300:
        error = _("Answered with %(status)d.") % {"status": status}
    return Answer(status, error[:300], _text(response), round((time.monotonic() - began) * 1000))


def _port_of(url: httpx.URL) -> int:
    standard = 443 if url.scheme == "https" else 80
    return standard if url.port is None else url.port


def _beginning(chunks: Iterable[bytes]) -> bytes:
    """What was answered, up to a limit. One who answered and then stumbles has answered."""
    read = b""
    try:
        for chunk in chunks:
            read += chunk
            if len(read) >= READ_AT_MOST:
                break
    except FAILURES:
        pass
    return read


def _text(response: bytes) -> str:
    text = response[: KEPT_AT_MOST * 4].decode("utf-8", "replace")
    return "".join(one if one.isprintable() or one in "\n\t" else "�" for one in text)[:KEPT_AT_MOST]


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted: those of certifi, or of `SSL_CERT_FILE`."""
    import httpx

    return httpx.create_ssl_context()


class _Stream(httpcore.NetworkStream):
    """A connection none of whose steps goes beyond the deadline of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[float | None], float]) -> None:
        self._stream, self._left = stream, left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, whatever name is asked for."""

    def __init__(self, addresses: Sequence[str], deadline: float) -> None:
        self._addresses, self._deadline = addresses, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, self._left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._left)
        raise failure

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"not over within {TOTAL_SECONDS:g} s")
        return min(left, timeout or left)
