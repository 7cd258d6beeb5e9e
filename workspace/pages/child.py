"""One process of `manage.py up`: `python -m workspace.pages.child web|worker|beat --parent FD [--socket FD]`.

It ends when its parent does, however that ended. `--parent` is the reading end of a pipe whose other end the parent
alone holds: the system closes it together with the parent, on Linux and macOS alike, even after `kill -9`.
"""

import argparse
import logging
import os
import signal
import socket
import threading
import time
import warnings
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from celery.exceptions import SecurityWarning
from celery.signals import worker_shutting_down
from celery.worker import state
from django.conf import settings
from uvicorn.supervisors import Multiprocess

from workspace.celery import app as celery_app

SECONDS_TO_FINISH = 3
"""How long a process may go on with what it has begun once it is told to stop. Streams and jobs are resumed later."""


def end_with_parent(pipe: int) -> None:
    """Stop this process, and all that it started, once the other end of the pipe is closed."""

    def watch() -> NoReturn:
        os.read(pipe, 1)  # nothing is ever written: it returns when the parent is gone
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SECONDS_TO_FINISH)
        os.killpg(0, signal.SIGKILL)
        raise AssertionError("unreachable")

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class Server(uvicorn.Server):
    """Ends the live streams as soon as it is told to stop: pages come back by themselves, and nobody waits for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        from workspace.activity.live.hub import hub  # Django is set up by now

        threading.Thread(target=hub.close, name="live-close", daemon=True).start()
        super().handle_exit(sig, frame)


def serve(listening: socket.socket) -> None:
    """Answer HTTP on the socket. It belongs to the parent, so a restart refuses no connection: it lets them wait."""
    config = uvicorn.Config(
        "workspace.asgi:application",
        workers=settings.WEB_CONCURRENCY,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # whom to believe is said by TRUSTED_PROXIES
        timeout_graceful_shutdown=SECONDS_TO_FINISH - 1,
    )
    if settings.WEB_CONCURRENCY > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        Server(config).run(sockets=[listening])


def work() -> None:
    """Do jobs: in threads on SQLite, which has one writer at a time anyway, else in processes."""
    if settings.DATABASE_URL is None:
        pool = "threads"
        worker_shutting_down.connect(_leave_once_idle)
    else:
        pool = "prefork"
    # Celery warns those who run it as root, because messages could be pickles. Ours are JSON and nothing else.
    warnings.simplefilter("ignore", SecurityWarning)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    celery_app.start(["--quiet", "worker", "--pool", pool, *quiet])


def _leave_once_idle(**_signal: Any) -> None:
    """End as soon as nothing is being worked on. Celery alone would take up to four seconds to look at its orders."""

    def leave() -> NoReturn:
        latest = time.monotonic() + SECONDS_TO_FINISH
        while state.active_requests and time.monotonic() < latest:
            time.sleep(0.05)
        logging.shutdown()
        os._exit(0)

    threading.Thread(target=leave, name="leave-once-idle", daemon=True).start()


def keep_time() -> None:
    """Start what the clock starts."""
    celery_app.start(["--quiet", "beat", "--pidfile="])


def main() -> None:
    """Run the part that the command line names."""
    parser = argparse.ArgumentParser(description="One process of manage.py up, which starts it.")
    parser.add_argument("part", choices=["web", "worker", "beat"])
    parser.add_argument("--parent", type=int, required=True, help="the reading end of the parent's pipe")
    parser.add_argument("--socket", type=int, help="the listening socket (web)")
    options = parser.parse_args()
    end_with_parent(options.parent)
    if options.part == "web":
        serve(socket.socket(fileno=options.socket))
    elif options.part == "worker":
        work()
    else:
        keep_time()


if __name__ == "__main__":
    main()
