"""Each change to people, roles and rules leaves an event; each known vulnerability stops `make check`."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from journeys import commands as journeys
from workspace.organisation import commands as organisation

ROOT = Path(settings.BASE_DIR)
WITHOUT_EVENT = {
    "end_sessions_of_leavers": "the deactivation or leaving date that it follows was told",
    "answer_once": "what it answers tells of itself",
    "note_use": "that the token was made is told, and each thing that it does",
    "try_webhook": "changes nothing; its receiver alone is told",
    "unless_changed": "changes nothing itself",
    "prove_address": "the invitation, reset or change that it belongs to is told",
}


def calls_by_function(*folders: str) -> dict[str, set[str]]:
    """What each function of these folders calls, by plain name."""
    calls: dict[str, set[str]] = {}
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef):
                    found = calls.setdefault(node.name, set())
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.Call):
                            name = getattr(inner.func, "id", getattr(inner.func, "attr", ""))
                            found.add(name)
    return calls


CALLS = calls_by_function("workspace/organisation/commands", "journeys/commands")


def records(name: str, seen: frozenset[str] = frozenset()) -> bool:
    if name in ("record", "record_subjects"):
        return True
    return name not in seen and any(records(called, seen | {name}) for called in CALLS.get(name, ()))


@pytest.mark.parametrize("name", sorted({*organisation.__all__, "set_rule_settings", "approve_outside_owner"}))
def test_every_change_of_people_roles_and_rules_is_told(name: str) -> None:
    assert callable(getattr(organisation, name, None) or getattr(journeys, name))
    assert records(name) is not (name in WITHOUT_EVENT)


def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "requirements" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found and could not be audited: c (1)"}


@pytest.mark.parametrize(
    ("listed", "status", "said"),
    [
        ([GOOD], 0, "1 audited, no vulnerability is known."),
        ([GOOD, UNKNOWN], 0, "1 of 2 were not audited"),
        ([GOOD, BAD, UNKNOWN], 1, "b 2 is vulnerable: CVE-1, fixed in 3."),
    ],
)
def test_what_was_not_looked_up_is_neither_good_nor_bad(capsys: Any, listed: Any, status: int, said: str) -> None:
    assert audit().judge(listed) == status
    assert said in capsys.readouterr().out
