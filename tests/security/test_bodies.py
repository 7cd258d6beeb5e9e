"""A request that is larger than any page takes is refused before it is read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from workspace.asgi import application
from workspace.bodies import LimitedBodies

MEGABYTE = 1024 * 1024


class Caller:
    """Sends a body piece by piece, counts what is taken of it, and keeps the answer."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.sent = 0
        self.is_over = False
        self.answered: list[Mapping[str, Any]] = []

    async def receive(self) -> Mapping[str, Any]:
        if self.is_over:
            await asyncio.Event().wait()  # until the answer is there: nothing more comes
        piece = next(self.pieces, b"")
        self.sent += len(piece)
        self.is_over = not piece
        return {"type": "http.request", "body": piece, "more_body": not self.is_over}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.answered.append(message)

    def call(self, path: str, *, length: int | str | None = None) -> int:
        """Call the application that the server runs; the status of the answer, 0 for none."""
        headers = [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": b"", "headers": headers, "scheme": "http", "server": ("localhost", 8000),
        }  # fmt: skip
        with ThreadPoolExecutor(1) as thread:  # where no loop runs: the browser of other tests keeps one in this thread
            thread.submit(asyncio.run, application(scope, self.receive, self.send)).result()
        return int(self.answered[0]["status"]) if self.answered else 0

    @property
    def words(self) -> str:
        return b"".join(message.get("body", b"") for message in self.answered).decode()


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * 64 * 1024


def test_the_server_runs_the_application_behind_the_limit():
    assert isinstance(application, LimitedBodies)


def test_two_hundred_megabytes_are_refused_unread():
    caller = Caller(endless())
    assert caller.call("/healthz", length=200 * MEGABYTE) == 413
    assert caller.sent == 0
    assert "25 MB" in caller.words
    assert "Make it smaller" in caller.words


def test_a_body_that_does_not_say_how_long_it_is_is_read_no_further_than_the_limit(settings: Any):
    settings.MAX_ATTACHMENT_MB = 1
    caller = Caller(endless())
    assert caller.call("/healthz") == 413
    assert caller.sent <= 2 * MEGABYTE + 64 * 1024
    lying = Caller(endless())
    assert lying.call("/healthz", length=10) == 413
    assert lying.sent <= 2 * MEGABYTE + 64 * 1024


@pytest.mark.parametrize("length", [200 * MEGABYTE, None])
def test_programs_are_told_in_the_form_that_they_read(settings: Any, length: int | None):
    settings.MAX_ATTACHMENT_MB = 1
    caller = Caller(endless())
    assert caller.call("/api/v1/attachments/", length=length) == 413
    assert (b"content-type", b"application/problem+json") in caller.answered[0]["headers"]
    told = json.loads(caller.words)
    assert (told["type"], told["status"]) == ("/api/v1/problems/too-large/", 413)
    assert "1 MB" in told["detail"]
    assert told["next_step"]


@pytest.mark.parametrize("length", [None, 3, "many", "-5", "9" * 40])
def test_other_requests_go_on(length: Any):
    caller = Caller(iter([b"abc"]))
    assert caller.call("/healthz", length=length) == 200
    assert caller.sent == 3
