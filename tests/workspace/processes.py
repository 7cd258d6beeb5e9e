"""Running the product as people do: as processes of its own, with an environment of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "EMAIL_URL", "DATA_DIR", "DEBUG", "TIME_ZONE")


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Return an environment for a new installation that knows nothing of the one under test."""
    inherited = {name: value for name, value in os.environ.items() if name not in OF_THE_SUITE}
    return {**inherited, "DATA_DIR": str(data_dir), **settings}


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py to its end."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def eventually(holds: Callable[[], bool], *, within: float, what: str) -> None:
    """Wait until it holds; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {within:g} s: {what}")
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether the process lives; one that ended and that nobody collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


@dataclass
class House:
    """A running `manage.py up`."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path

    def said(self) -> str:
        """Return all that it printed."""
        return self.output.read_text()

    def running(self) -> dict[str, int]:
        """Return the latest process of each part."""
        return {part: int(pid) for part, pid in re.findall(r"(\w+) runs as process (\d+)", self.said())}

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a page; 0 if nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()
        except OSError:
            return 0, ""


@contextmanager
def up(env: dict[str, str], *arguments: str) -> Iterator[House]:
    """Run `manage.py up` until the block ends; it begins when the first page answered."""
    port = free_port()
    output = Path(env["DATA_DIR"]) / f"up-{port}.log"
    command = [sys.executable, "manage.py", "up", "--port", str(port), *arguments]
    with output.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    house = House(process, port, output)
    try:
        eventually(lambda: "is ready" in house.said() or process.poll() is not None, within=60, what="the first page")
        assert process.poll() is None, house.said()
        yield house
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
