"""Every right of the house is declared, and the table in the documentation is that of the rules."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest
from django.conf import settings

from workspace.organisation.management.commands.roles import PAGE, with_rights
from workspace.organisation.rules.rights import KINDS, areas

ROOT = Path(settings.BASE_DIR)


def test_every_predicate_of_a_right_is_declared() -> None:
    declared = {right.predicate for area in areas() for right in area.rights}
    missing = []
    for package in ("workspace", "journeys", "sprints", "api"):
        for path in sorted((ROOT / package).rglob("rules/*.py")):
            module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            names = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
            missing += [
                f"{module}.{name}: add right(_(…), {name}, …) to rules/declared.py of its app"
                for name in names
                if name.startswith("may_") and getattr(importlib.import_module(module), name) not in declared
            ]
    assert missing == []


def test_the_page_of_roles_is_that_of_the_rules() -> None:
    page = PAGE.read_text()
    assert with_rights(page) == page, "a rule has changed: run manage.py roles --write"


def given(words: str) -> set[str]:
    (right,) = [right for area in areas() for right in area.rights if str(right.words) == words]
    return {str(kind) for kind, standing in KINDS if right.is_given_to(standing)}


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("claim it for the department", {"lead", "deputy", "head of the unit"}),
        ("decide one of several claims", {"executive"}),
        ("share a journey with guests, until a day",
         {"lead", "deputy", "lead elsewhere", "head of the unit", "head elsewhere", "executive", "administrator",
          "accountable person"}),
        ("name somebody’s delegate", {"administrator", "the person themselves"}),
        ("invite an executive or administrator", {"administrator"}),
        ("give themselves another role", set()),
        ("step down to member", {"administrator"}),
        ("create a team",
         {"lead", "deputy", "lead elsewhere", "head of the unit", "head elsewhere", "executive", "administrator"}),
        ("set up a team in which they are a member", {"administrator"}),
        ("create, change, move and delete the stories of a team in which they are not", {"administrator"}),
        ("enter and remove the absences of the person", {"administrator", "the person themselves"}),
    ],
)  # fmt: skip
def test_the_table_says_what_the_house_has_agreed_on(words: str, kinds: set[str]) -> None:
    assert given(words) == kinds


def test_guests_may_do_nothing() -> None:
    guest = KINDS[0][1]
    assert [str(right.words) for area in areas() for right in area.rights if right.is_given_to(guest)] == []


def test_a_deputy_has_the_rights_of_a_lead() -> None:
    lead, deputy = (standing for words, standing in KINDS if str(words) in ("lead", "deputy"))
    assert lead == deputy
