"""Guards: refusals that the database itself makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from workspace.db.engine import is_postgresql


@dataclass(frozen=True, slots=True)
class Guard:
    """A refusal that the database itself makes, on every path: a trigger that raises IntegrityError with `message`.

    `refuses_when` is portable SQL over NEW and OLD. `share_locks` are (table, NEW column) pairs whose rows are locked
    against change while the guard looks (PostgreSQL; on SQLite there is one writer at a time anyway).
    """

    table: str
    name: str
    moment: str
    refuses_when: str
    message: str
    share_locks: tuple[tuple[str, str], ...] = ()

    def create(self, cursor: Any) -> None:
        """Put the trigger in place, replacing an older one."""
        message = self.message.replace("'", "''")
        if is_postgresql():
            locks = "".join(f"PERFORM 1 FROM {t} WHERE id = NEW.{c} FOR SHARE; " for t, c in self.share_locks)
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {locks}"
                f"IF {self.refuses_when} THEN RAISE EXCEPTION '{message}'"
                f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {self.name} BEFORE {self.moment} ON {self.table}"
                f" FOR EACH ROW EXECUTE FUNCTION {self.name}()"
            )
        else:
            self.drop(cursor)
            cursor.execute(
                f"CREATE TRIGGER {self.name} BEFORE {self.moment} ON {self.table} WHEN {self.refuses_when}"
                f" BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )

    def drop(self, cursor: Any) -> None:
        """Take the trigger away."""
        cursor.execute(f"DROP TRIGGER IF EXISTS {self.name}" + (f" ON {self.table}" if is_postgresql() else ""))


def guard_after_migrate(app_label: str, guards: list[Guard]) -> None:
    """Keep these guards in place: taken away before a migrate (SQLite rebuilds tables), put back after it."""

    def tables() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.table_names(cursor))

    def drop(**_: Any) -> None:
        present = tables()
        with connection.cursor() as cursor:
            for guard in guards:
                if guard.table in present:
                    guard.drop(cursor)

    def create(**_: Any) -> None:
        present = tables()
        with connection.cursor() as cursor:
            for guard in guards:
                if guard.table in present:
                    guard.create(cursor)

    config = apps.get_app_config(app_label)
    pre_migrate.connect(drop, sender=config, weak=False, dispatch_uid=f"drop guards of {app_label}")
    post_migrate.connect(create, sender=config, weak=False, dispatch_uid=f"create guards of {app_label}")
