"""Programs that call the API."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client


class Program:
    """A program with a token; each call gives the answer, whose `data` is its JSON."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client()
        self.sent = {"Authorization": f"Bearer {secret}"} if secret else {}

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Call an address below /api/v1/."""
        content = body if isinstance(body, bytes | str) else b"" if body is None else json.dumps(body)
        address = path if path.startswith("/") else f"/api/v1/{path}"
        answer: Any = self.client.generic(
            method, address, content, "application/json", headers=self.sent | (headers or {})
        )
        answer.data = json.loads(answer.content) if answer.content else None
        return answer

    def get(self, path: str, **headers: str) -> Any:
        """Read. Headers are named with `_` for `-`."""
        return self.call("GET", path, headers=_named(headers))

    def file(self, path: str, **headers: str) -> Any:
        """Fetch a file, which may come in pieces: the answer, to be read with `getvalue()`."""
        return self.client.get(path if path.startswith("/") else f"/api/v1/{path}", headers=self.sent | _named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Do something."""
        return self.call("POST", path, {} if body is None else body, _named(headers))

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change some fields."""
        return self.call("PATCH", path, body, _named(headers))


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: Any, status: int, code: str) -> Any:
    """What the answer says is wrong; fails unless it is this problem."""
    told = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), told
    assert told["type"] == f"/api/v1/problems/{code}/", told
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told
