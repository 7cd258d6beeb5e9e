"""How soon a change is heard by open pages: many streams, over HTTP, from a real server, while changes are made."""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

PER_SECOND, SECONDS = 2, 20
PER_PERSON = 10
AT_ONCE = 50
"""Streams that are opened together."""
WITHIN = 10.0
"""Seconds that a message may take; what comes later counts as lost."""


@dataclass
class Heard:
    """When each event was committed, and when each stream heard of it: seconds of one clock."""

    committed: dict[int, float] = field(default_factory=dict)
    arrived: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def figures(self, streams: int) -> dict[str, Any]:
        """Share delivered in percent, and milliseconds from commit to arrival."""
        took = sorted(
            1000 * (moment - began)
            for event_id, began in self.committed.items()
            for moment in self.arrived[event_id]
            if moment - began <= WITHIN
        )
        at = {f"p{share}": round(took[min(len(took) * share // 100, len(took) - 1)]) for share in (50, 95, 99) if took}
        return {
            "streams": streams,
            "events": len(self.committed),
            "delivered": round(100 * len(took) / max(len(self.committed) * streams, 1), 2),
            **at,
        }


def measure_live(streams: int, processes: int) -> dict[str, Any]:
    """100 pages of ten people, say, hear two changes a second for 20 seconds."""
    port = _free_port()
    options = f"--port {port} --workers {processes} --lifespan off --no-access-log --log-level critical"
    command = [sys.executable, "-m", "uvicorn", "workspace.asgi:application", *options.split()]
    server = subprocess.Popen([*command, "--timeout-graceful-shutdown", "2"], stdout=sys.stderr)
    try:
        _wait_for(port)
        heard, size = asyncio.run(_listen_and_write(port, _seals(streams), server.pid))
    finally:
        began = time.perf_counter()
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    return heard.figures(streams) | {"processes": processes, "mb": size, "stop_s": time.perf_counter() - began}


def _seals(streams: int) -> list[tuple[str, str]]:
    """A session and the sealed topics of a page for each stream."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from journeys.models import Journey
    from workspace.activity.topics import seal
    from workspace.organisation.models import Person

    journey = Journey.objects.order_by("id")[0]
    made = []
    for person in Person.objects.active().order_by("id")[: -(-streams // PER_PERSON)]:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "workspace.organisation.backends.WorksHereBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        key = str(session.session_key)
        topics = seal([f"journey:{journey.pk}"], person_id=person.pk, session_key=key, position=None)
        made += [(key, topics)] * PER_PERSON
    return made[:streams]


async def _listen_and_write(port: int, seals: list[tuple[str, str]], pid: int) -> tuple[Heard, float]:
    heard = Heard()
    greeted = asyncio.Semaphore(0)
    listening = []
    for place in range(0, len(seals), AT_ONCE):  # browsers that come back wait for different times
        some = seals[place : place + AT_ONCE]
        listening += [asyncio.create_task(_listen(port, *one, heard, greeted)) for one in some]
        for _ in some:
            async with asyncio.timeout(60):
                await greeted.acquire()
    await asyncio.to_thread(_write, heard)
    await asyncio.sleep(3)
    size = _megabytes(pid)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    return heard, size


async def _listen(port: int, session: str, topics: str, heard: Heard, greeted: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET /live/?for={quote(topics)} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}\r\n\r\n".encode()
    )
    try:
        status = await reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"A stream was refused: {status.decode().strip()}")
        while line := await reader.readline():
            if line == b"event: hello\n":
                greeted.release()
            elif line.startswith(b"data: {"):
                heard.arrived[json.loads(line[6:])["id"]].append(time.time())
    finally:
        writer.close()


def _write(heard: Heard) -> None:
    """Change a touchpoint of the journey twice a second."""
    from django.db import connection
    from django.db.models import Max

    from journeys.commands import change_touchpoint
    from journeys.models import Journey, Touchpoint
    from workspace.activity.models import Event

    touchpoint = Touchpoint.objects.filter(stage__journey=Journey.objects.order_by("id")[0]).order_by("id")[0]
    began = time.monotonic()
    for number in range(PER_SECOND * SECONDS):
        time.sleep(max(began + number / PER_SECOND - time.monotonic(), 0))
        before = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
        change_touchpoint(touchpoint, name=f"Meeting {number}", actor=None)
        done = time.time()
        changes = Event.objects.filter(id__gt=before, kind="touchpoint.changed")
        heard.committed |= dict.fromkeys(changes.values_list("id", flat=True), done)
    connection.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The server does not answer.")


def _megabytes(pid: int) -> float:
    """How large the server and its processes are in memory together; 0 where the system does not say."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if pid in (int(folder.name), parent):
                pages += int((folder / "statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
