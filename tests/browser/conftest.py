"""A real browser before a real server, with the Content-Security-Policy that people get.

`visit` opens a page at a width, in a theme, as a person; `Visit` tells what a person would hold against it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from tests.needs import chromium_path

if TYPE_CHECKING:  # this file is read before Django is set up
    from workspace.organisation.models import Person

# Playwright keeps an event loop in this thread, where Django would otherwise refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = 1440, 360
THEMES = ("light", "dark")


@dataclass
class Visit:
    """A page that is open, and what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """Return what axe finds wrong, one line each."""
        found = Axe().run(self.page).response["violations"]
        return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]

    def overflow(self) -> int:
        """Return by how many pixels the page scrolls sideways."""
        element = "document.documentElement"
        return int(self.page.evaluate(f"{element}.scrollWidth - {element}.clientWidth"))


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, able to run as root and quiet on the network."""
    return browser_type_launch_args | {"executable_path": chromium_path(), "args": FLAGS}


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Return a function that opens `path`: `visit("/style-guide/", person=ada, width=NARROW, theme="dark")`."""
    contexts: list[BrowserContext] = []

    def open_page(
        path: str, *, person: Person | None = None, width: int = WIDE, theme: str = "light", **more: Any
    ) -> Visit:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        if person is not None:
            sign_in(context, person, live_server.url)
        visit = Visit(context.new_page())
        visit.page.on("console", lambda message: _note(visit, message))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.goto(path)
        return visit

    yield open_page
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, person: Person, address: str) -> None:
    """Sign the person in without the form."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def _note(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"}:
        visit.complaints.append(message.text)
