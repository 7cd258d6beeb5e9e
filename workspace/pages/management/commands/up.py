"""`manage.py up`: web, worker and beat, in one command."""

import errno
import fcntl
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from workspace.pages.supervisor import Child, Supervisor


class Command(BaseCommand):
    """Starts everything and keeps it running."""

    help = (
        "Run Throughline: web, worker and beat in one. What ends by itself is started again; Ctrl-C stops all.\n\n"
        "Example:\n  manage.py up --port 9000"
    )
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the lines of the help text as they are."""
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--port", type=_port, default=8000, help="the port to listen on (default: %(default)s)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen on (default: %(default)s); 0.0.0.0 for all"
        )
        parser.add_argument("--announce", type=Path, metavar="FILE", help="print this file once the first page answers")
        parser.add_argument("--check", action="store_true", help="only say whether it could start, and start nothing")

    def handle(self, **options: Any) -> None:
        """Check what must be free and ready, then run until stopped."""
        host, port = options["host"], options["port"]
        address = settings.BASE_URL.origin if os.environ.get("BASE_URL", "").strip() else f"http://localhost:{port}"
        lock = _only_one(settings.DATA_DIR / "up.lock", address)
        listening = _listen(host, port)
        if options["check"]:
            return
        _refuse_unmigrated()
        _collect_static_files()

        with lock, listening:
            web = Child("web", ["--socket", str(listening.fileno())], pass_fds=[listening.fileno()])
            supervisor = Supervisor(
                children=[web, Child("worker"), Child("beat")], environment={**os.environ, "BASE_URL": address}
            )
            self.stderr.write(f"Starting web, worker and beat; data in {settings.DATA_DIR}. Ctrl-C stops them.")
            first_page = f"http://{_reachable_from_here(host)}:{port}/"
            waiting = threading.Thread(
                target=self._announce, args=(first_page, address, options["announce"]), daemon=True
            )
            supervisor.run(started=waiting.start)
            self.stderr.write("Stopped.")

    def _announce(self, first_page: str, address: str, file: Path | None) -> None:
        """Wait until the first page answers, then say where to go."""
        while not _answers(first_page):
            time.sleep(0.1)
        text = f"\nThroughline is ready: {address}\n"
        if file is not None and file.exists():
            text += f"\n{file.read_text().strip()}\n"
        self.stdout.write(text)
        self.stdout.flush()


def _port(text: str) -> int:
    """Return the port the text names."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError(text)
    return int(text)


_port.__name__ = "port"


def _only_one(file: Path, address: str) -> TextIO:
    """Hold the data folder's lock for as long as the returned file is open. Raises CommandError if another holds it."""
    held = file.open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        raise CommandError(
            f"Throughline already runs from {file.parent} ({held.read().strip()}). Stop it first, "
            "or name another folder with DATA_DIR."
        ) from None
    held.truncate(0)
    held.write(f"process {os.getpid()}, {address}")
    held.flush()
    return held


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises CommandError if the port or the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is taken by another program. Choose another one: "
                f"make demo PORT={port + 1}, or manage.py up --port {port + 1}"
            ) from None
        raise CommandError(f"Cannot listen on {host} port {port}: {failure.strerror}.") from None


def _reachable_from_here(host: str) -> str:
    """Return a host for addresses that reaches what listens on this one, from this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _refuse_unmigrated() -> None:
    """Raise CommandError if the database cannot be reached, or its tables are not those of this version."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as failure:
        raise CommandError(f"The database cannot be used: {str(failure).strip()}") from None
    finally:
        connections.close_all()
    if waiting:
        raise CommandError(
            f"The database waits for {len(waiting)} migration(s), the first is {waiting[0][0]}. "
            "Run: .venv/bin/python manage.py migrate"
        )


def _collect_static_files() -> None:
    """Put the static files of this version in place; takes well under a second. One process at a time does it."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    folder = os.open(settings.STATIC_ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        call_command("collectstatic", interactive=False, verbosity=0)
    finally:
        os.close(folder)


def _answers(page: str) -> bool:
    """Whether the page answers with anything but a server's fault; a redirect is an answer."""
    try:
        with urllib.request.build_opener(_NoRedirect).open(page, timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_request: Any, **_more: Any) -> None:
        return None
