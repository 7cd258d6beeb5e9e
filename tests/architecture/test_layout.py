"""The house is built as the design says, and nobody has to remember it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from importlinter.cli import lint_imports

from journeys.guards import OWNERSHIP_GUARDS
from sprints.guards import FROZEN
from workspace.activity.guards import APPEND_ONLY
from workspace.db import Guard

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("workspace", "journeys", "sprints", "api")
WRITES = {
    "save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete",
    "acreate", "aupdate", "adelete", "asave",
}  # fmt: skip
# Writes that are no rows of models: `dict.update`, the `delete` that refuses, signing in.
WRITERS_BESIDE_COMMANDS = {
    "workspace/organisation/management": "signing in is Django's",
    "workspace/demo": "the demo plays commands",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and "/static/" not in name:
                yield name, ast.parse(path.read_text(), name)


def is_model_write(call: ast.Call) -> bool:
    """Whether a call looks like a write through the ORM: `….objects….update(…)`, `thing.save(…)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    if call.func.attr in ("save", "delete", "asave", "adelete", "bulk_create", "bulk_update"):
        return True
    return any(isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(call.func.value))


def test_apps_know_only_what_lies_below_them() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_only_commands_write() -> None:
    writers = []
    for name, tree in sources():
        if "/commands/" in name and "/management/" not in name:
            continue
        if any(name.startswith(prefix) for prefix in WRITERS_BESIDE_COMMANDS):
            continue
        writers += [
            f"{name}:{node.lineno}" for node in ast.walk(tree) if isinstance(node, ast.Call) and is_model_write(node)
        ]
    assert writers == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Flag.objects.filter(pk=1).update(state='open')", True),
        ("Flag.objects.create(state='open')", True),
        ("flag.save(update_fields=['state'])", True),
        ("flag.delete()", True),
        ("rows.bulk_create([])", True),
        ("context.update(flags=1)", False),
        ("Flag.objects.filter(pk=1).exists()", False),
        ("router.create('x')", False),
    ],
)
def test_the_search_for_writers_finds_them(line: str, found: bool) -> None:
    (statement,) = ast.parse(line).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    assert is_model_write(statement.value) is found


def test_every_public_command_takes_its_actor_by_name() -> None:
    """`verb_noun(obj, *, …, actor)`: whoever reads a call sees who acts."""
    without = []
    for name, tree in sources():
        if (
            "/commands/" not in name
            or "/management/" in name
            or not name.startswith(("journeys", "sprints", "workspace/organisation"))
        ):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if any(arg.arg == "actor" for arg in [*node.args.posonlyargs, *node.args.args]) and any(
                isinstance(decorator, ast.Attribute) and decorator.attr == "command"
                for decorator in node.decorator_list
            ):
                without.append(f"{name}:{node.name}")
    assert without == []


def test_models_know_no_commands_and_rules_know_no_database() -> None:
    wrong = []
    for name, tree in sources():
        if "/rules/" not in name:
            continue
        for node in ast.walk(tree):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if module.startswith("django.db") or ".models" in module or f"{module}.".startswith("workspace.db."):
                wrong.append(f"{name}: {module}")
    assert wrong == []


def test_whatever_a_rule_says_to_people_can_be_translated() -> None:
    """The words of a decision come out of gettext: no plain text is passed to `no`, a refusal, a title or a reason."""
    plain = []
    for name, tree in sources():
        if "/rules/" not in name and "/commands/" not in name and "/catalogue/" not in name:
            continue
        if "/management/" in name:
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in ("no", "NotAllowed", "RuleBroken", "StaleWrite", "Unknown"):
                said = [*node.args, *(word.value for word in node.keywords if word.arg == "next_step")]
            elif called == "ScanRule":
                said = [word.value for word in node.keywords if word.arg in ("title", "why")]
            else:
                continue
            plain += [f"{name}:{node.lineno}" for value in said if is_plain_text(value)]
    assert plain == []


def is_plain_text(value: ast.expr) -> bool:
    if isinstance(value, ast.JoinedStr):
        return True
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value != ""


# --- Guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("guard", [*OWNERSHIP_GUARDS, *FROZEN, APPEND_ONLY], ids=lambda guard: guard.name)
def test_every_guard_stands_in_the_database_on_a_table_that_is_there(guard: Guard) -> None:
    columns: set[str] = set()
    for model in apps.get_models():
        if model._meta.db_table == guard.table:
            columns = {str(field.column) for field in model._meta.concrete_fields}
    assert columns, f"no model has the table {guard.table}"
    watched = guard.moment.partition(" OF ")[2]
    assert {column.strip() for column in watched.split(",") if column} <= columns
    assert {column for _table, column in guard.share_locks} <= columns
    tables = {model._meta.db_table for model in apps.get_models()}
    assert {table for table, _column in guard.share_locks} <= tables
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert guard.name in {name for (name,) in cursor.fetchall()}
