"""Keeps a few processes running until it is told to stop: the engine of `manage.py up`."""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1
"""Seconds between two looks at the children."""
SECONDS_TO_STOP = 4.0
"""How long children may take to stop before they are killed."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds before a child that ended is started again: the pause doubles while it goes on ending at once."""
STEADY_AFTER = 30.0
"""Seconds after which a child counts as running well, so that the next pause is short again."""


@dataclass
class Child:
    """A part that should be running, as `workspace.pages.child` names it."""

    part: str
    arguments: Sequence[str] = ()
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE


@dataclass
class Supervisor:
    """Starts the children, starts those again that end, and stops them all on SIGINT, SIGTERM or SIGHUP."""

    children: list[Child]
    environment: dict[str, str]
    _told_to_stop: bool = False
    _pipe: tuple[int, int] = field(default_factory=os.pipe)  # neither end is inherited unless passed on

    def run(self, *, started: Callable[[], None]) -> None:
        """Run until told to stop, calling `started` once the children have been started for the first time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            self._look()
            started()
            while not self._told_to_stop:
                self._look()
                time.sleep(LOOK_EVERY)
        finally:
            self._stop_all()

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True

    def _look(self) -> None:
        """Start the children that should be running and are not."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.start_at:
                    self._start(child)
            elif child.process.poll() is not None:
                self._plan_restart(child, child.process, now)

    def _start(self, child: Child) -> None:
        reading_end = self._pipe[0]
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(
            [sys.executable, "-m", "workspace.pages.child", child.part, "--parent", str(reading_end), *child.arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[reading_end, *child.pass_fds],
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, and a child's own children can be found
        )
        log.info("%s runs as process %d", child.part, child.process.pid)

    def _plan_restart(self, child: Child, ended: subprocess.Popen[bytes], now: float) -> None:
        _kill_group(ended)  # what a killed child left running
        if now - child.started_at > STEADY_AFTER:
            child.pause = FIRST_PAUSE
        log.warning("%s %s; starting it again in %.1f s", child.part, _how_it_ended(ended.returncode), child.pause)
        child.process, child.start_at = None, now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _stop_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        while any(process.poll() is None for process in running) and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY / 2)
        for process in running:
            _kill_group(process)
            process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the child and of what it started itself."""
    # Nobody is left; macOS says the second of a group that is ending.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _how_it_ended(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
