"""A receiver of webhooks on this machine, for tests: it answers as it is told, and keeps what came."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Came:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: int | None

    @property
    def id(self) -> str:
        """What the sender calls it."""
        return self.headers["webhook-id"]

    @property
    def data(self) -> Any:
        """What it says."""
        return json.loads(self.body)["data"]


Answering = Callable[[BaseHTTPRequestHandler, Came], None]
"""Answers a request, and notes the status before: whoever asked may look at once."""


def answer(status: int, *, body: bytes = b"", **headers: str) -> Answering:
    """Answer always so."""

    def act(handler: BaseHTTPRequestHandler, came: Came) -> None:
        came.answered = status
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def hang_up(handler: BaseHTTPRequestHandler, _came: Came) -> None:
    """Drop the connection without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Receiver:
    """The server: `answers` says how it answers now, `came` what has come."""

    port: int
    answers: Answering = field(default_factory=lambda: answer(204))
    came: list[Came] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Came]:
        """What it has answered with 2xx."""
        return [each for each in self.came if each.answered and 200 <= each.answered < 300]

    def hang(self, _handler: BaseHTTPRequestHandler, _came: Came) -> None:
        """Say nothing until the test is over."""
        self.over.wait(30)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Keep it, and answer as is to be answered now."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            came = Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body, None)
            it.came.append(came)
            it.answers(self, came)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    it = Receiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield it
    finally:
        it.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
