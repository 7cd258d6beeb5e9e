"""An installation with open pages: it hears of what a job does, stops within seconds, and is found again."""

from __future__ import annotations

import http.client
import time
import urllib.parse
from pathlib import Path

import pytest

from tests.faults.installation import SignedIn, ask, installation
from tests.workspace.processes import manage, up

pytestmark = pytest.mark.xdist_group("up")

PASSWORD = "known to every reader of this test"
FOUND = f"""
from workspace.organisation.commands import create_person, create_unit
create_person("ada@example.com", name="Ada", role="administrator", password="{PASSWORD}", actor=None)
answer = create_unit("Retail", actor=None).pk
"""


def open_stream(person: SignedIn, port: int) -> http.client.HTTPResponse:
    """The stream of somebody's home page."""
    with person.opener.open(f"{person.address}/", timeout=30) as page:
        sealed = page.read().decode().split('data-live="')[1].split('"')[0]
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.cookies)
    connection.request("GET", f"/live/?for={urllib.parse.quote(sealed)}", headers={"Cookie": cookies})
    answer = connection.getresponse()
    assert answer.status == 200
    return answer


def test_open_pages_hear_of_other_processes_and_keep_nobody_from_stopping(tmp_path: Path) -> None:
    with installation(tmp_path) as env:
        unit = ask(env, FOUND)
        with up(env) as house:
            person = SignedIn(house.port, "ada@example.com", PASSWORD)
            pages = [open_stream(person, house.port) for _ in range(3)]
            file = tmp_path / "org.csv"
            file.write_text("business_unit,department_code,department\nRetail,SHOPS,Shops\n")
            done = manage("import_csv", "org", str(file), env=env)
            assert done.returncode == 0, done.stdout + done.stderr
            for page in pages:
                while b'"topic":"all"' not in (line := page.readline()):
                    assert line, f"the stream ended before it told of unit {unit}"
            began = time.monotonic()
            house.process.terminate()
            house.process.wait(timeout=20)
            assert time.monotonic() - began < 5
            assert "Cancel" not in house.said(), "nothing had to be broken off"
            assert all(page.read().endswith(b"\n") for page in pages), "each stream ended in good order"
