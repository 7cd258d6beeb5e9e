"""The hub of a process: a thread that follows the log while somebody listens, and tells every open page.

It asks the database each quarter of a second, however many listen, and each message is written once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db import connection

from workspace.activity.live import messages
from workspace.activity.live.bells import Bells
from workspace.activity.live.messages import Batch
from workspace.activity.live.stream import Stream
from workspace.activity.live.tail import AT_ONCE, Tail
from workspace.activity.live.watch import still_welcome
from workspace.activity.queries.fresh import Position

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
BEAT_EVERY = 15.0
WATCH_EVERY = 8.0
"""Seconds between two looks whether everybody who listens still may."""
LINGER = 20.0
"""Seconds that it goes on when nobody listens any more: most come back, from the next page."""
BEGIN_WITHIN = 30.0
"""A stream that was let in and never read, because the browser had gone, is forgotten after so many seconds."""
PAUSE = 2.0
"""Seconds before it asks a database again that did not answer."""

PER_PERSON = 20
PER_PROCESS = 2000


class Full(Exception):
    """So many listen that nobody else can: `for_person` of this person, or of all."""

    def __init__(self, *, for_person: bool) -> None:
        super().__init__()
        self.for_person = for_person


class Hub:
    """Who listens in this process, and the thread that tells them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: set[Stream] = set()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._position: Position | None = None
        self._has_begun = threading.Event()

    def __len__(self) -> int:
        return len(self._streams)

    @property
    def position(self) -> Position | None:
        """How far the log was read; None while nobody listens."""
        return self._position

    def join(self, stream: Stream, *, within: float = 15.0) -> Position:
        """Let a stream listen; from this position on, it hears everything.

        Raises Full, and TimeoutError where the database does not say within some seconds where the log ends.
        """
        with self._lock:
            if len(self._streams) >= PER_PROCESS:
                raise Full(for_person=False)
            persons = Counter(other.listener.person_id for other in self._streams)
            if persons[stream.listener.person_id] >= PER_PERSON:
                raise Full(for_person=True)
            self._streams.add(stream)
            if self._thread is None:
                self._stop, self._has_begun = threading.Event(), threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._stop, self._has_begun), name="live-hub", daemon=True
                )
                self._thread.start()
            has_begun = self._has_begun
        has_begun.wait(within)
        position = self._position
        if position is None:
            self.leave(stream)
            raise TimeoutError
        return position

    def leave(self, stream: Stream) -> None:
        """Forget a stream. It may be gone already."""
        with self._lock:
            self._streams.discard(stream)

    def close(self) -> None:
        """End every stream and the thread, and wait for it: nothing is asked of the database any more."""
        with self._lock:
            thread, self._thread, self._position = self._thread, None, None
            self._stop.set()
            streams, self._streams = self._streams, set()
        for stream in streams:
            stream.end()
        _wake(streams)
        if thread is not None:
            thread.join(5)

    def _run(self, stop: threading.Event, has_begun: threading.Event) -> None:
        """Follow the log until told to stop, or until nobody has listened for a while."""
        try:
            while not stop.is_set():
                try:
                    if self._follow(stop, has_begun):
                        return
                except Exception:  # the database is away, or was put back: everybody starts anew when it answers
                    log.exception("The live stream cannot read the log; it tries again.")
                    self._position = None
                    connection.close()
                    stop.wait(PAUSE)
        finally:
            connection.close()
            with self._lock:
                if self._stop is stop:
                    self._thread, self._position = None, None

    def _follow(self, stop: threading.Event, has_begun: threading.Event) -> bool:
        """Read on and tell; True once nobody listens any more."""
        tail, bells = Tail(), Bells()
        self._position = tail.position
        if has_begun.is_set():  # it was away: nobody knows what was missed
            self._tell_everybody(messages.resync(tail.position))
        has_begun.set()
        beat_at = time.monotonic() + BEAT_EVERY
        watch_at = time.monotonic() + WATCH_EVERY
        heard_at = time.monotonic()
        while not stop.wait(LOOK_EVERY):
            now = time.monotonic()
            while found := tail.read():
                self._position = tail.position
                self._publish(Batch(found, tail.position))
                if len(found) < AT_ONCE:
                    break
            self._ring(bells.read(), tail.position)
            if now >= beat_at:
                self._tell_everybody(messages.beat(tail.position))
                beat_at = now + BEAT_EVERY
            if now >= watch_at:
                self._watch()
                if tail.is_ahead():
                    raise RuntimeError("the log is shorter than it was")
                watch_at = time.monotonic() + WATCH_EVERY
            if self._streams:
                heard_at = now
            elif now - heard_at > LINGER and self._is_done(stop):
                return True
        return True

    def _is_done(self, stop: threading.Event) -> bool:
        """Whether nobody came in the last moment; whoever comes from now on starts a thread anew."""
        with self._lock:
            if self._streams:
                return False
            if self._stop is stop:
                self._thread, self._position = None, None
            return True

    def _publish(self, batch: Batch) -> None:
        instead = messages.resync(batch.position)
        told = []
        for stream in self._listening():
            if message := batch.for_listener(stream.listener):
                stream.put(message, instead=instead)
                told.append(stream)
        _wake(told)

    def _ring(self, people: Collection[int], position: Position) -> None:
        """Tell these people, on whichever page, that they have been notified of something."""
        if not people:
            return
        ring, instead = messages.notified(position), messages.resync(position)
        rung = [stream for stream in self._listening() if stream.listener.person_id in people]
        for stream in rung:
            stream.put(ring, instead=instead)
        _wake(rung)

    def _tell_everybody(self, message: bytes) -> None:
        streams = self._listening()
        for stream in streams:
            stream.put(message, instead=message if b"resync" in message else messages.resync(self._position or _START))
        _wake(streams)

    def _watch(self) -> None:
        """End the streams of those who may not listen any more, and forget those that never began."""
        streams = self._listening()
        begun = [stream for stream in streams if stream.is_begun]  # others begin while this looks
        welcome = still_welcome(begun)
        ended = [stream for stream in begun if stream not in welcome]
        for stream in ended:
            stream.end()
        _wake(ended)
        latest = time.monotonic() - BEGIN_WITHIN
        for stream in streams:
            if not stream.is_begun and stream.joined_at < latest:
                self.leave(stream)

    def _listening(self) -> list[Stream]:
        with self._lock:
            return list(self._streams)


_START = Position()


def _wake(streams: Iterable[Stream]) -> None:
    """Wake these streams: those of one event loop together, which costs one call from thread to thread."""
    by_loop = defaultdict(list)
    for stream in streams:
        by_loop[stream.loop].append(stream)
    for loop, woken in by_loop.items():
        if loop is None:
            _set(woken)
            continue
        try:
            loop.call_soon_threadsafe(_set, woken)
        except RuntimeError:  # the server has stopped
            log.debug("A loop with %d streams is closed.", len(woken))


def _set(streams: Iterable[Stream]) -> None:
    for stream in streams:
        stream.wake()


hub = Hub()
"""The hub of this process."""
