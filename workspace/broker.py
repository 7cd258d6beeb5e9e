"""The doorbell of the embedded mode: Kombu's broker of files, whose messages are whole as soon as they are seen.

Kombu opens a message under its name and then writes it, so that a reader who looks in between takes an empty file. Here
each file gets its name when it is complete, and a reader lets go of what cannot be read: the message is a bell alone.
"""

from __future__ import annotations

import fcntl
import logging
import uuid
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """A channel that never shows half a file."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        try:
            _write_whole(Path(self.data_folder_out) / name, dumps(payload))
        except OSError as error:
            raise ChannelError(f"Cannot add the message {name} to {self.data_folder_out}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except ValueError:  # the disk was full, or the power went; the file is gone now
                log.warning("A message in %s could not be read, and was thrown away.", self.data_folder_in)

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str) -> None:
        table = self._exchange_file(exchange)  # type: ignore[attr-defined]
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "begin").open("w") as held:  # two that begin it at once would forget one another
            fcntl.flock(held, fcntl.LOCK_EX)
            if not _is_whole(table):
                _write_whole(table, "[]")
        super()._queue_bind(exchange, routing_key or "", pattern, queue)


class Transport(filesystem.Transport):
    """The transport with such channels."""

    Channel = Channel


def _write_whole(path: Path, text: str) -> None:
    """Write a file beside its place, and move it there then: whoever looks sees none, or all of it.

    Raises OSError where the disk refuses.
    """
    unfinished = path.with_name(f"{uuid.uuid4()}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def _is_whole(table: Path) -> bool:
    try:
        loads(table.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return True
