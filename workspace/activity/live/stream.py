"""One open page: the messages that wait for it, and how they are handed to the server that sends them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from workspace.activity.live.messages import Listener

WAITING = 64
"""So many messages wait for a slow reader; then they give way to one that says: fetch everything again."""
LOOKS_EVERY = 5.0
"""Seconds after which a stream that heard nothing looks for itself; beats come more rarely."""


class Stream:
    """The queue of one open page. The hub puts messages in, from its thread; the server takes them out."""

    def __init__(self, listener: Listener, *, session_key: str, session_hash: str) -> None:
        self.listener = listener
        self.session_key = session_key
        self.session_hash = session_hash
        self.joined_at = time.monotonic()
        self.is_begun = False
        self.is_over = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._ready: asyncio.Event | threading.Event = threading.Event()
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()

    def put(self, message: bytes, *, instead: bytes) -> None:
        """Let a message wait; where too many do, `instead` takes the place of all."""
        with self._lock:
            if len(self._waiting) >= WAITING:
                self._waiting.clear()
                message = instead
            self._waiting.append(message)

    def end(self) -> None:
        """Let it end once what waits was sent. The browser comes back, and is asked anew what it may hear."""
        self.is_over = True

    def wake(self) -> None:
        """Tell whoever reads that there is something; in the thread of its loop, where it has one."""
        self._ready.set()

    def _take(self) -> bytes:
        with self._lock:
            taken = b"".join(self._waiting)
            self._waiting.clear()
        return taken

    async def read_async(self, leave: Callable[[Stream], None]) -> AsyncIterator[bytes]:
        """What is to be sent, until it is over; for a server with an event loop."""
        # The thread of the request would hold its connection to the database as long as the page is open.
        await sync_to_async(close_old_connections)()
        ready = self._ready = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.is_begun = True
        try:
            while True:
                ready.clear()
                if taken := self._take():
                    yield taken
                elif self.is_over:
                    return
                else:
                    await ready.wait()
        finally:
            leave(self)

    def read(self, leave: Callable[[Stream], None]) -> Iterator[bytes]:
        """The same for a server with a thread per request, as Django's own for development."""
        close_old_connections()
        self.is_begun = True
        try:
            while True:
                self._ready.clear()
                if taken := self._take():
                    yield taken
                elif self.is_over:
                    return
                else:
                    assert isinstance(self._ready, threading.Event)
                    self._ready.wait(LOOKS_EVERY)
        finally:
            leave(self)
