"""Reading a page as a person does: its text without the markup, and what it costs to make."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from workspace.organisation.models import Person


def text_of(response: Any) -> str:
    """The words of the page's main part, with single spaces."""
    page = response.content.decode()
    main = re.search(r"<main.*</main>", page, re.DOTALL)
    words = re.sub(r"<(script|style|select)\b.*?</\1>|<[^>]+>", " ", main[0] if main else page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(words)).replace(" ,", ",").replace(" .", ".").strip()


def statements(client: Client, path: str) -> int:
    """How many SQL statements a GET takes, session and person included."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return len(captured)


def home(client: Client, person: Person, query: str = "") -> Any:
    """The answer to a person who comes home."""
    client.force_login(person)
    return client.get(f"/{query}")
