"""A mail server of the tests' own: it takes letters over SMTP, or refuses, hangs up or falls silent, as it is told."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any


@dataclass
class MailServer:
    """Where it listens, what it took, and what it answers to whom."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    """The answer to RCPT TO for an address, such as "550 no such user"."""
    hangs_up: bool = False

    def to(self, address: str) -> list[EmailMessage]:
        """The letters that this address got."""
        return [letter for letter in self.taken if letter["To"] == address]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that runs as long as the block."""
    server = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if server.hangs_up:
                return
            self.say("220 here")
            while line := self.rfile.readline():
                command = line.decode().strip()
                verb = command[:4].upper()
                if verb == "RCPT":
                    address = command.partition("<")[2].partition(">")[0]
                    self.say(server.refuses.get(address, "250 fine"))
                elif verb == "DATA":
                    self.say("354 go on")
                    text = b"".join(iter(self.rfile.readline, b".\r\n"))
                    letter: Any = email.message_from_bytes(text, policy=default)
                    server.taken.append(letter)
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 goodbye")
                    return
                else:
                    self.say("250 fine")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as listening:
        server.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
