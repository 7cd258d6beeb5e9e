"""A real browser before a real server, with the Content-Security-Policy that people get.

`visit` opens a page at a width, in a theme, as a person; `Visit` tells what a person would hold against it.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.needs import chromium_path

if TYPE_CHECKING:  # this file is read before Django is set up
    from workspace.organisation.models import Person

# Playwright keeps an event loop in this thread, where Django would otherwise refuse every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

expect.set_options(timeout=20_000)  # what holds is seen at once; a busy machine may need more than five seconds for it

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Preloading would add styles, which the page refuses. Only what is wrong comes back.
AXE = """async (rules) => {
    const only = rules && { runOnly: { type: "rule", values: rules } };
    const { violations } = await axe.run({ resultTypes: ["violations"], preload: false, ...only });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # the rules to which it matters whether the page is light or dark
WIDE, NARROW = 1440, 360
THEMES = ("light", "dark")
COLOURS_ALONE = {(WIDE, "dark"), (NARROW, "light")}


@dataclass
class Visit:
    """A page that is open, and what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def faults(self, rules: list[str] | None = None) -> list[str]:
        """Return what axe finds wrong by these rules, or by all it has, one line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found: list[str] = self.page.evaluate(AXE, rules)
        return found

    def overflow(self) -> int:
        """Return by how many pixels the page scrolls sideways."""
        element = "document.documentElement"
        return int(self.page.evaluate(f"{element}.scrollWidth - {element}.clientWidth"))

    def wrong_in_any_look(self) -> list[str]:
        """Return what axe, the width and the console hold against the page, wide and narrow, light and dark.

        Every rule is asked at both widths, those of colours in both themes too.
        """
        found = []
        for width, theme in itertools.product((WIDE, NARROW), THEMES):
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
            self.page.wait_for_function(
                "() => !document.querySelector('.htmx-request')"
                " && document.getAnimations().every((one) => one.playState !== 'running')"
            )  # what others changed is there, and colours have changed
            faults = self.faults(OF_COLOURS if (width, theme) in COLOURS_ALONE else None)
            found += [f"{width} px, {theme}: {fault}" for fault in faults]
            if sideways := self.overflow():
                found.append(f"{width} px, {theme}: scrolls {sideways} px sideways")
        return found + self.complaints

    def tab_to(self, name: str) -> None:
        """Press Tab until what has a name that begins like this has the focus."""
        for _ in range(200):
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText"
                " || document.activeElement.innerText || ''"
            )
            if " ".join(here.split()).startswith(name):
                return
        raise AssertionError(f"{name!r} cannot be reached by keyboard")


Visitor = Callable[..., Visit]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, able to run as root and quiet on the network."""
    return browser_type_launch_args | {"executable_path": chromium_path(), "args": FLAGS}


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Return a function that opens `path`: `visit("/style-guide/", person=ada, width=NARROW, theme="dark")`."""
    from workspace.activity.live.hub import hub

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
    hub.close()  # pages that are gone ask the database for nothing while the next test empties it


def sign_in(context: BrowserContext, person: Person, address: str) -> None:
    """Sign the person in without the form."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def box(what: Locator) -> FloatRect:
    """Return where it lies, once it lies still: a part that fetches itself is replaced between two looks."""
    last = None
    for _look in range(100):
        here = what.bounding_box()
        if here is not None and here == last:
            return here
        last = here
        what.page.wait_for_timeout(50)
    raise AssertionError(f"{what} does not lie still")


# A request that gives way to a newer one is no fault, but htmx reports it like one.
GAVE_WAY = re.compile(r"htmx:(sendAbort|afterRequest)\b")


def _note(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in {"error", "warning"} and not GAVE_WAY.match(message.text):
        visit.complaints.append(f"{message.text} ({message.location['url']}:{message.location['lineNumber']})")
