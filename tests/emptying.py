"""How the database of a test process is emptied after a test that commits: only what was written is deleted.

Django empties all tables by TRUNCATE, which on PostgreSQL makes new files for each of them, and then founds what
`migrate` founds anew. Deleting the few rows of a test takes a hundredth of that, and waits for nobody who still reads.
"""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

FOUNDED_BY_MIGRATE = ("django_content_type", "auth_permission")


def empty_sparingly() -> None:
    """Let every test that commits empty its tables like this."""
    TransactionTestCase._fixture_teardown = lambda self: empty_tables()  # type: ignore[attr-defined]


def empty_tables() -> None:
    """Delete every row, but for what `migrate` founds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in _tables()))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")


@cache
def _tables() -> tuple[str, ...]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    names = {model._meta.db_table for model in models if not model._meta.proxy} - set(FOUNDED_BY_MIGRATE)
    return tuple(sorted(names))
