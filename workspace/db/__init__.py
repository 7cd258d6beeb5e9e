"""All that is particular to a database engine. PostgreSQL is the reference, SQLite the embedded mode."""

import workspace.db.moments  # noqa: F401 - it waits for connections
from workspace.db.bulk import analyze, insert_rows, leave_temporary, make_temporary, plan_for_bulk
from workspace.db.engine import is_postgresql
from workspace.db.guards import Guard, guard_after_migrate
from workspace.db.locks import lock, lock_row, lock_rows, try_lock
from workspace.db.ready import Open, Ready, filled, filled_with, leaves_open
from workspace.db.statements import Sql, compiled, count_all, execute, places, table, write, wrote_all
from workspace.db.text import ByteOrderedField, Folded, folded
from workspace.db.transactions import Turns, command, one_moment
from workspace.db.values import FEW, among, json_normal, json_object, listed, one_of, rows_as_table, typed_place

__all__ = [
    "FEW",
    "ByteOrderedField",
    "Folded",
    "Guard",
    "Open",
    "Ready",
    "Sql",
    "Turns",
    "among",
    "analyze",
    "command",
    "compiled",
    "count_all",
    "execute",
    "filled",
    "filled_with",
    "folded",
    "guard_after_migrate",
    "insert_rows",
    "is_postgresql",
    "json_normal",
    "json_object",
    "leave_temporary",
    "leaves_open",
    "listed",
    "lock",
    "lock_row",
    "lock_rows",
    "make_temporary",
    "one_moment",
    "one_of",
    "places",
    "plan_for_bulk",
    "rows_as_table",
    "table",
    "try_lock",
    "typed_place",
    "write",
    "wrote_all",
]
